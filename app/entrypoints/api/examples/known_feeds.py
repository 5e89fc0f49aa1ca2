"""How it goes with every feed."""

from typing import Any

from app.entrypoints.api.examples.events import RECEIPT

FEEDS: dict[str, Any] = {
    "feeds": [
        {
            "feed": "acme/status",
            "partner": "acme",
            "name": "status",
            "configured": True,
            "last_message_at": "2026-03-11T08:58:12Z",
            "silent_after_minutes": 180,
            "lag_p50_s": 240,
            "lag_p90_s": 1260,
            "recorded": 1804,
            "refused": 2,
            "conflict": 0,
            "kept_aside": 2,
            "waiting": 12,
            "findings": 1,
        },
        {
            "feed": "standard, from ABFL",
            "partner": "standard",
            "sender": "ABFL",
            "configured": False,
            "last_message_at": "2026-03-10T23:30:00Z",
            "lag_p50_s": 3600,
            "lag_p90_s": 5400,
            "recorded": 14,
            "refused": 0,
            "conflict": 0,
            "kept_aside": 0,
            "waiting": 0,
            "findings": 0,
        },
    ],
    "findings": [
        {
            "finding_id": "5d5d6b3f1f8b2c7a0a3c1e1b9c4d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
            "partner": "acme",
            "feed": "status",
            "code": "NEW_CODE",
            "detail": "AT7-01, X9: in 3 of 20 messages now, in 0 of 100 before; first shown by "
            + RECEIPT["delivery_id"],
            "at": "2026-03-11T08:59:00Z",
        }
    ],
}
