"""What is answered to messages."""

from typing import Any

from app.entrypoints.api.examples.names import ORDERED, SHIPPED

RECEIPT: dict[str, Any] = {
    "name": "request body",
    "delivery_id": "7dfc9101452231e59b83cf7f7953699998dfd7f297ef6ab18dfe45b5b3645f71",
    "messages": [
        {
            "kind": "tollgate.fact.order.v1",
            "message_id": "so-20117/1",
            "outcome": "recorded",
            "fact_ids": [ORDERED],
        },
        {
            "kind": "tollgate.fact.warehouse_shipment.v1",
            "message_id": "ws-20117/1",
            "outcome": "recorded",
            "fact_ids": [SHIPPED],
        },
    ],
}
KEPT_RECEIPT: dict[str, Any] = {
    "name": "request body",
    "delivery_id": "ad3bbf60b0f29bbb42c6b17b7e5ad0f8f4d4b5dd4e6a1b4b6b0b9e3c3a3b7e0c",
    "messages": [
        {
            "kind": "unknown",
            "message_id": "",
            "outcome": "refused",
            "faults": [
                {
                    "code": "FORMAT_NOT_READ",
                    "detail": "it begins with 'SHIPMENT'; read is X12 (ISA)",
                    "place": {
                        "file": "request body",
                        "line": None,
                        "column": None,
                        "byte_offset": 0,
                        "field": "",
                    },
                    "refused": True,
                }
            ],
        }
    ],
}
ACKNOWLEDGEMENT = (
    "ISA*00*          *00*          *ZZ*TOLLGATE       *ZZ*ACME           "
    "*260311*1620*U*00401*500000001*0*P*>~\n"
    "GS*FA*TOLLGATE*ACME*20260311*1620*1*X*004010~\n"
    "ST*997*0001~\n"
    "AK1*QM*7~\n"
    "AK2*214*0001~\n"
    "AK5*A~\n"
    "AK9*A*1*1*1~\n"
    "SE*6*0001~\n"
    "GE*1*1~\n"
    "IEA*1*500000001~\n"
)
