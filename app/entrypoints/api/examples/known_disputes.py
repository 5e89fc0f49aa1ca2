"""What customers dispute, and what was granted."""

from typing import Any

DISPUTES: dict[str, Any] = {
    "disputes": [
        {
            "dispute": "D-17",
            "unit": "shipment:NS10405",
            "customer": "NORTHWIND",
            "line": "detention/DT-1",
            "reason": "accessorial_not_ordered",
            "text": "the truck was early",
            "state": "resolved",
            "outcome": "credited",
            "open": False,
            "amount": {"amount": "60.00", "currency": "USD"},
            "granted": {"amount": "40.00", "currency": "USD"},
            "granted_by": "J. Doe",
            "authority": "billing_manager",
            "opened_at": "2026-03-10T09:00:00-06:00",
            "answered_at": "2026-03-11T10:00:00-06:00",
            "resolved_at": "2026-03-12T09:00:00-06:00",
            "age_days": 2,
            "to_answer_s": 90000,
            "to_resolve_s": 172800,
        }
    ],
    "open": 0,
    "credited": 1,
    "rejected": 0,
    "withdrawn": 0,
    "sums": [
        {
            "claimed": {"amount": "60.00", "currency": "USD"},
            "claimed_open": {"amount": "0.00", "currency": "USD"},
            "granted": {"amount": "40.00", "currency": "USD"},
        }
    ],
    "to_answer_p50_s": 90000,
    "to_answer_p90_s": 90000,
    "to_resolve_p50_s": 172800,
    "to_resolve_p90_s": 172800,
}
