"""What is known about one unit."""

from typing import Any

from app.entrypoints.api.examples.names import DECISION_ID, ORDERED, RELEASE_ID, SHIPPED

UNIT: dict[str, Any] = {
    "unit": "order:SO20117",
    "facts": [
        {
            "fact_id": SHIPPED,
            "tenant": "main",
            "actor": "api",
            "source": {"system": "wms", "instance": "memphis", "message_id": "ws-20117/1"},
            "classifier": "actual",
            "quality": "api",
            "occurred_at": "2026-03-10T15:20:00-06:00",
            "recorded_at": "2026-03-10T15:30:00-06:00",
            "references": [
                {"kind": "warehouse_shipment", "value": "WS-20117"},
                {"kind": "order", "value": "SO-20117"},
            ],
            "said": {
                "entity": "warehouse_shipment",
                "warehouse_shipment": "WS-20117",
                "order": "SO-20117",
                "status": "shipped",
                "shipped_on": "2026-03-10",
                "cartons": "0",
                "pallets": "2",
                "lines": [
                    {
                        "line": "1",
                        "item": "LAMP-4",
                        "ordered": "2",
                        "shipped": "2",
                        "unit": "pallet",
                        "disposition": "complete",
                    }
                ],
            },
        },
        {
            "fact_id": ORDERED,
            "tenant": "main",
            "actor": "api",
            "source": {"system": "oms", "instance": "halcyon", "message_id": "so-20117/1"},
            "classifier": "actual",
            "quality": "api",
            "occurred_at": "2026-03-09T08:00:00-06:00",
            "recorded_at": "2026-03-09T08:00:00-06:00",
            "references": [
                {"kind": "order", "value": "SO-20117"},
                {"kind": "customer_po", "value": "PO-881"},
            ],
            "said": {
                "entity": "order",
                "order": "SO-20117",
                "customer": "HALCYON",
                "customer_po": "PO-881",
                "status": "open",
                "lines": [{"line": "1", "item": "LAMP-4", "ordered": "2", "unit": "pallet"}],
            },
        },
    ],
    "doubts": [],
    "decision_id": DECISION_ID,
    "release_id": RELEASE_ID,
}
