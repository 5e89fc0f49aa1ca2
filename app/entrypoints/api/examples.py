"""Examples for the OpenAPI document: a warehouse order of HALCYON, from its events to its release."""

from typing import Any

EVENTS: list[dict[str, Any]] = [
    {
        "specversion": "1.0",
        "id": "so-20117/1",
        "source": "/oms/halcyon",
        "type": "tollgate.fact.order.v1",
        "time": "2026-03-09T08:00:00-06:00",
        "datacontenttype": "application/json",
        "data": {
            "classifier": "actual",
            "occurred_at": "2026-03-09T08:00:00-06:00",
            "order": {
                "order": "SO-20117",
                "customer": "HALCYON",
                "customer_po": "PO-881",
                "status": "open",
                "lines": [{"line": "1", "item": "LAMP-4", "ordered": "6", "unit": "case"}],
            },
        },
    },
    {
        "specversion": "1.0",
        "id": "ws-20117/1",
        "source": "/wms/memphis",
        "type": "tollgate.fact.warehouse_shipment.v1",
        "time": "2026-03-10T15:30:00-06:00",
        "datacontenttype": "application/json",
        "data": {
            "classifier": "actual",
            "occurred_at": "2026-03-10T15:20:00-06:00",
            "warehouse_shipment": {
                "warehouse_shipment": "WS-20117",
                "order": "SO-20117",
                "status": "shipped",
                "shipped_on": "2026-03-10",
                "cartons": "6",
                "pallets": "1",
                "lines": [
                    {
                        "line": "1",
                        "item": "LAMP-4",
                        "ordered": "6",
                        "shipped": "6",
                        "unit": "case",
                        "disposition": "complete",
                    }
                ],
            },
        },
    },
]
X12 = "\n".join(
    (
        "ISA*00*          *00*          *ZZ*ACME           *ZZ*TOLLGATE       "
        "*260311*1015*U*00401*000000007*0*P*>~",
        "GS*QM*ACME*TOLLGATE*20260311*1015*7*X*004010~",
        "ST*214*0001~",
        "B10*PRO77*75027674*ACME~",
        "L11*BOL9*BM~",
        "LX*1~",
        "AT7*D1*NS***20260310*0930*LT~",
        "MS1*MADISON*WI*US~",
        "AT8*G*L*1200~",
        "SE*8*0001~",
        "GE*1*7~",
        "IEA*1*000000007~",
    )
)
QUESTION = {"reference": "SO-20117"}
PARAMETERS = {"decision_id": "0" * 64, "reference": "SO-20117"}
RECEIPT: dict[str, Any] = {}
DECISION: dict[str, Any] = {}
TRACE: dict[str, Any] = {}
RELEASE: dict[str, Any] = {}
UNIT: dict[str, Any] = {}
WRONG: dict[int, dict[str, Any]] = {}
