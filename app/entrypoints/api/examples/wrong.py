"""What is told of something wrong beside its title, by status."""

from typing import Any

from app.entrypoints.api.examples.events import RECEIPT

WRONG: dict[int, dict[str, Any]] = {
    415: {
        "mistakes": [
            {
                "where": "Content-Type",
                "what": "image/png is not read here",
                "allowed": "application/json",
            }
        ]
    },
    422: {
        "mistakes": [
            {
                "where": "$[1].data.order.weight.value",
                "what": "EVENT_WRONG: weight is -3; it must be 0 or more",
            }
        ],
        "delivery_id": RECEIPT["delivery_id"],
    },
}
"""What a problem tells beside its title, by status."""
