"""A release, and what became of its invoice."""

from typing import Any

from app.entrypoints.api.examples.names import DECISION_ID, RELEASE_ID
from app.entrypoints.api.examples.sent import CLAIM

RELEASE: dict[str, Any] = {
    "release_id": RELEASE_ID,
    "unit": "order:SO20117",
    "decision_id": DECISION_ID,
    "customer": "HALCYON",
    "kind": "final",
    "currency": "USD",
    "amount_minor": 1485,
    "expires_at": None,
    "claimed_at": "2026-03-11T09:00:00Z",
    "actor": "api",
    "correlation_id": "so-20117",
    "asked_decision_id": DECISION_ID,
    "invoice_number": "INV-2026-0311",
}
RELEASE_KNOWN: dict[str, Any] = {
    "release": RELEASE,
    "token": CLAIM["token"],
    "state": "posted",
    "invoice_number": "INV-2026-0311",
    "system": "tryton",
    "amount_due": {"amount": "14.85", "currency": "USD"},
}
