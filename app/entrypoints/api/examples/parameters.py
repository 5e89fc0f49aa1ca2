"""What paths, queries and headers of the examples say, by name."""

from app.entrypoints.api.examples.names import DECISION_ID, RELEASE_ID

PARAMETERS = {
    "decision_id": DECISION_ID,
    "reference": "SO-20117",
    "partner": "bluewave",
    "feed": "events",
    "X-Correlation-Id": "invoice-run-2026-03",
    "seq": 1,
    "state": "dead",
    "destination": "acme/erp",
    "after": 0,
    "release_id": RELEASE_ID,
    "delivery_id": "7dfc9101452231e59b83cf7f7953699998dfd7f297ef6ab18dfe45b5b3645f71",
    "flow": "ship_to_invoice",
    "customer": "NORTHWIND",
    "open": True,
    "code": "VALUE_UNREADABLE",
    "since": "2026-03-05T12:00:00Z",
    "limit": 20,
    "by": "day",
    "because": "the o in the date is a zero",
}
