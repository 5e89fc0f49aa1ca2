"""Examples of what is sent: a warehouse order of HALCYON, and a carrier's status."""

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
                "lines": [{"line": "1", "item": "LAMP-4", "ordered": "2", "unit": "pallet"}],
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
                "cartons": "0",
            },
        },
    },
]
X12 = (
    "ISA*00*          *00*          *ZZ*ACME           *ZZ*TOLLGATE       "
    "*260311*1015*U*00401*000000007*0*P*>~\n"
    "GS*QM*ACME*TOLLGATE*20260311*1015*7*X*004010~\n"
    "ST*214*0001~\n"
    "B10*PRO77*75027674*ACME~\n"
    "L11*BOL9*BM~\n"
    "LX*1~\n"
    "AT7*D1*NS***20260310*0930*LT~\n"
    "MS1*MADISON*WI*US~\n"
    "AT8*G*L*1200~\n"
    "SE*8*0001~\n"
    "GE*1*7~\n"
    "IEA*1*000000007~\n"
)
QUESTION = {"reference": "SO-20117"}
RETRY = {"because": "Acme has the customer in its books since this morning"}
CLAIM = {
    "token": "c63074db0626af0d9be1cabdf30e89e1ff2508c9901bb2c615a31bb19c303eed"
    ".15bf7cbef5487cead8a0cf52fe8afecc"
}
INVOICE = {"number": "INV-2026-0311", "system": "tryton"}
