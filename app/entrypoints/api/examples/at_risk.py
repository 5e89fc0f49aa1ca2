"""What has to be billed by when."""

from app.entrypoints.api.examples.names import DECISION_ID

AT_RISK: dict[str, object] = {
    "on": "2026-03-11",
    "by": "day",
    "rows": [
        {
            "period": "2026-06-08",
            "over": False,
            "runs": "right",
            "customer": "HALCYON",
            "owner": "billing",
            "lines": 1,
            "value": {"amount": "14.85", "currency": "USD"},
        }
    ],
    "totals": [
        {
            "of": "right, to come",
            "lines": 1,
            "value": {"amount": "14.85", "currency": "USD"},
        }
    ],
    "risks": [
        {
            "last_day": "2026-06-08",
            "runs": "right",
            "unit": "order:SO20117",
            "line": "handling out",
            "customer": "HALCYON",
            "value": {"amount": "14.85", "currency": "USD"},
            "owner": "billing",
            "source": "Agreement, section 4: 90 days from the service (2026-03-10)",
            "decision_id": DECISION_ID,
        }
    ],
    "without_clock": [],
}
