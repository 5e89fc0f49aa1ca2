"""What goes out to other systems."""

from typing import Any

SENDING: dict[str, Any] = {
    "outbox_seq": 4711,
    "destination": "acme/erp",
    "subject": "order:SO20117",
    "next_at": "2026-03-11T09:05:00Z",
    "seq": 1,
    "state": "waiting",
    "attempts": 0,
    "last_error": "it answered 422: the customer HALCYON is not known",
    "reference": "",
    "sent_at": None,
    "event_id": "3c1d1f1b6e3a5f0a0d3b8f4b0f0f5c8f4a5b6e9d9b0f8b0e7c9d2f1a6b3e4d5c",
    "type": "release.claimed",
    "customer": "HALCYON",
    "correlation_id": "so-20117",
    "created_at": "2026-03-11T09:00:00Z",
}
SENDINGS: dict[str, Any] = {
    "destinations": [
        {
            "destination": "acme/erp",
            "configured": True,
            "waiting": 12,
            "sent": 1804,
            "dead": 1,
            "failures": 0,
        }
    ],
    "sendings": [{**SENDING, "state": "dead", "attempts": 3}],
}
