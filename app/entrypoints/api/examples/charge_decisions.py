"""A decision, why, and what would end a hold; traces are cut short."""

from typing import Any

from app.entrypoints.api.examples.names import DECISION_ID, ORDERED, SHIPPED

DECISION: dict[str, Any] = {
    "decision_id": DECISION_ID,
    "tenant": "main",
    "unit": "order:SO20117",
    "customer": "HALCYON",
    "verdict": "release",
    "total": {"amount": "14.85", "currency": "USD"},
    "held_total": None,
    "lines": [
        {
            "key": "handling_out",
            "charge": {
                "code": "handling_out",
                "description": "Handling out, per order line",
                "quantity": "1",
                "unit": "order line",
                "rate": "1.85",
                "amount": {"amount": "1.85", "currency": "USD"},
                "formula": "1 x 1.85 = 1.85",
                "inputs": [
                    {
                        "name": "line 1 LAMP-4",
                        "value": "2 pallet shipped",
                        "fact_ids": [SHIPPED, ORDERED],
                    },
                    {
                        "name": "rate date",
                        "value": "2026-03-10 (ship confirm)",
                        "fact_ids": [SHIPPED],
                    },
                ],
                "rows": [
                    {
                        "table": "tables/handling.csv",
                        "line": 2,
                        "row": "1",
                        "effective_from": "2026-01-01",
                        "known_from": "2025-11-17",
                    }
                ],
                "card": "Halcyon warehouse 2026",
                "method": "per_unit_1",
                "unrounded": "1.85",
                "rounding": "half_up_1",
                "clause": "Annex 2, line 1",
            },
            "billed": True,
        },
        {
            "key": "pallet_out",
            "charge": {
                "code": "pallet_out",
                "description": "Pallet out",
                "quantity": "2",
                "unit": "pallet",
                "rate": "6.50",
                "amount": {"amount": "13.00", "currency": "USD"},
                "formula": "2 x 6.50 = 13.00",
                "inputs": [
                    {"name": "pallets of WS-20117", "value": "2", "fact_ids": [SHIPPED]},
                    {
                        "name": "rate date",
                        "value": "2026-03-10 (ship confirm)",
                        "fact_ids": [SHIPPED],
                    },
                ],
                "rows": [
                    {
                        "table": "tables/handling.csv",
                        "line": 5,
                        "row": "4",
                        "effective_from": "2026-01-01",
                        "known_from": "2025-11-17",
                    }
                ],
                "card": "Halcyon warehouse 2026",
                "method": "per_unit_1",
                "unrounded": "13",
                "rounding": "half_up_1",
                "clause": "Annex 2, line 4",
            },
            "billed": True,
        },
    ],
    "holds": [],
    "permitted_by": ["REL-3"],
    "dossier": DECISION_ID,
}
TRACE: dict[str, Any] = {
    "decision_id": DECISION_ID,
    "dossier": DECISION_ID,
    "unit": "order:SO20117",
    "policy_at": "2026-03-10T15:30:00-06:00",
    "editions": {
        "authority": "616b85a45f5402dc9d3bb81403476ed7232bf81c120e7898544e99e1b65a1b9b",
        "card": "d43f88355c717ea9df39a30a205d76ab0546767d5c514525c42e22d6a4cbebb5",
        "contract": "24a1ceee456ddde050d4d28975ed38e36cfeb7a91ffb3c1fa17327e79e9d620b",
        "rules": "7cca515030f42947acad362eab89e49515bf0e8ecf93dc59b03e61a441b44762",
    },
    "methods": [
        "authority_1",
        "correlation_1",
        "half_up_1",
        "largest_remainder_1",
        "verdict_1",
        "view_1",
        "per_unit_1",
    ],
    "facts": [
        {
            "fact_id": SHIPPED,
            "entity": "warehouse_shipment",
            "source": "wms memphis, message ws-20117/1",
            "classifier": "actual",
            "occurred_at": "2026-03-10T15:20:00-06:00",
            "linked": "named: order::SO20117",
        },
        {
            "fact_id": ORDERED,
            "entity": "order",
            "source": "oms halcyon, message so-20117/1",
            "classifier": "actual",
            "occurred_at": "2026-03-09T08:00:00-06:00",
            "linked": "named: order::SO20117",
        },
    ],
    "attributes": [
        {"name": "customer", "counts": {"value": "HALCYON", "system": "oms", "fact_id": ORDERED}}
    ],
    "rules": [
        {
            "rule_id": "SHP-1",
            "kind": "require",
            "written_at": "rules/standard/warehouse.yaml:7",
            "fired": False,
            "applies": [
                {"condition": "unit kind is order", "saw": "order", "truth": "true"},
                {"condition": "cancelled is no", "saw": "no", "truth": "true"},
            ],
            "patterns": [
                {
                    "pattern": "ship confirmed is yes",
                    "items": [
                        {
                            "item": "unit:",
                            "conditions": [
                                {
                                    "condition": "ship confirmed is yes",
                                    "saw": "yes",
                                    "truth": "true",
                                    "fact_ids": [SHIPPED],
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}
DELIVERY: dict[str, Any] = {
    "says": "the carrier confirms that it is delivered",
    "ends": "DELIVERY_NOT_CONFIRMED",
    "owner": "carrier desk",
    "ask": "carrier desk",
    "system": "carrier",
    "due_at": "2026-03-05T14:05:00-06:00",
    "assumes": "on 2026-03-04",
}
UNLOCKING: dict[str, Any] = {
    "decision_id": DECISION["decision_id"],
    "sets": [
        {
            "steps": [
                DELIVERY,
                {
                    "says": "a signed POD without exceptions is received and accepted",
                    "ends": "POD_MISSING",
                    "owner": "carrier desk",
                    "ask": "carrier desk",
                    "system": "dms",
                    "due_at": "2026-03-06T14:05:00-06:00",
                },
            ],
            "due_at": "2026-03-05T14:05:00-06:00",
            "unlocks": {"amount": "355.61", "currency": "USD"},
        }
    ],
    "provisional": [
        {
            "steps": [DELIVERY],
            "due_at": "2026-03-05T14:05:00-06:00",
            "unlocks": {"amount": "355.61", "currency": "USD"},
        }
    ],
    "tried": 4,
}
