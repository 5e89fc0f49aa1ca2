"""How far a unit has come."""

from typing import Any

from app.entrypoints.api.examples.names import DECISION_ID, RELEASE_ID, SHIPPED

_DECIDED: dict[str, Any] = {
    "kind": "decision",
    "id": DECISION_ID,
    "at": "2026-03-10T21:30:05Z",
    "by": "worker",
    "says": "release 14.85 USD",
    "correlation_id": "so-20117",
}
FLOWS: dict[str, Any] = {
    "unit": "order:SO20117",
    "customer": "HALCYON",
    "correlation_ids": ["so-20117"],
    "flows": [
        {
            "flow": "ship_to_invoice",
            "partner": "acme",
            "feed": "status",
            "code": "VALUE_UNREADABLE",
            "since": "2026-03-05T12:00:00Z",
            "limit": 20,
            "because": "the o in the date is a zero",
            "subject": "order:SO20117",
            "stages": [
                {
                    "name": "shipped",
                    "state": "done",
                    "at": "2026-03-10T15:20:00-06:00",
                    "acts": [
                        {
                            "kind": "fact",
                            "id": SHIPPED,
                            "at": "2026-03-10T15:20:00-06:00",
                            "by": "wms memphis, message ws-20117/1",
                            "says": "warehouse shipment WS-20117, order SO-20117, status shipped",
                            "correlation_id": "so-20117",
                        }
                    ],
                },
                {"name": "rated", "state": "done", "at": _DECIDED["at"], "acts": [_DECIDED]},
                {"name": "decided", "state": "done", "at": _DECIDED["at"], "acts": [_DECIDED]},
                {
                    "name": "released",
                    "state": "done",
                    "at": "2026-03-11T09:00:00Z",
                    "acts": [
                        {
                            "kind": "release",
                            "id": RELEASE_ID,
                            "at": "2026-03-11T09:00:00Z",
                            "by": "api",
                            "says": f"final, under decision {DECISION_ID}",
                            "correlation_id": "so-20117",
                        }
                    ],
                },
                {
                    "name": "invoiced",
                    "state": "waiting",
                    "waits_for": "the number of its invoice",
                    "owner": "billing",
                    "since": "2026-03-11T09:00:00Z",
                },
                {"name": "paid", "state": "ahead"},
            ],
        }
    ],
}
