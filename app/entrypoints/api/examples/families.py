"""The invoices of one unit: provisional, then a supplemental and a credit."""

from typing import Any

FAMILY: dict[str, Any] = {
    "unit": "shipment:NS10434",
    "customer": "NORTHWIND",
    "state": "billed",
    "balance": {"amount": "990.80", "currency": "USD"},
    "documents": [
        {
            "place": 1,
            "document": {
                "reference": "c0ddd8e0fb706ed7374be203c7559ab95169efcfb351921c0ce649d9367526f9",
                "kind": "provisional",
                "lines": [
                    {
                        "key": "linehaul",
                        "code": "linehaul",
                        "description": "Linehaul",
                        "quantity": "62",
                        "unit": "cwt",
                        "rate": "34.90",
                        "amount": {"amount": "649.14", "currency": "USD"},
                        "clause": "Schedule B, item 100",
                    },
                    {
                        "key": "fuel_surcharge",
                        "code": "fuel_surcharge",
                        "description": "Fuel surcharge",
                        "quantity": "649.14",
                        "unit": "of linehaul",
                        "rate": "28.0",
                        "amount": {"amount": "181.76", "currency": "USD"},
                        "clause": "Schedule B, item 200",
                    },
                ],
                "total": {"amount": "830.90", "currency": "USD"},
                "claimed_at": "2026-03-06T09:00:00Z",
                "decision_id": "dde6e9f0cef7d1512105da51627ce282f71dc27371ee7ccdde070e2f07c999bd",
                "waived": ["POD_MISSING"],
                "on_expiry": "escalate",
                "expires_at": "2026-03-20T09:00:00Z",
                "settled": "trued up",
            },
            "state": "posted",
            "invoice_number": "INV-30434-1",
            "system": "demo-billing",
        },
        {
            "place": 2,
            "document": {
                "reference": "00c2f8de97788d5215809a5948e9722aa93e30fef508adc0feb030bd7198114f",
                "kind": "supplemental",
                "lines": [
                    {
                        "key": "detention/DT-10434",
                        "code": "detention",
                        "description": "Detention",
                        "quantity": "4",
                        "unit": "15 min",
                        "rate": "53.30",
                        "amount": {"amount": "213.20", "currency": "USD"},
                        "clause": "Schedule B, item 500",
                    }
                ],
                "total": {"amount": "213.20", "currency": "USD"},
                "claimed_at": "2026-03-10T19:00:00Z",
                "decision_id": "dc707cb896d79c392e598d2093a2beb8fc18edb8952cd0319ce2a4e5f01a495c",
                "adjusts": "c0ddd8e0fb706ed7374be203c7559ab95169efcfb351921c0ce649d9367526f9",
            },
            "state": "posted",
            "invoice_number": "INV-30434-2",
            "system": "demo-billing",
        },
        {
            "place": 3,
            "document": {
                "reference": "eeee741311460acffa4c54b7cf8df80f0fdc31e0f291a09b83bf3c50e72a736a",
                "kind": "credit",
                "lines": [
                    {
                        "key": "detention/dispute D-434",
                        "code": "detention",
                        "description": "Credit agreed in dispute D-434",
                        "quantity": "1",
                        "unit": "credit",
                        "rate": "-53.30",
                        "amount": {"amount": "-53.30", "currency": "USD"},
                        "clause": "Schedule B, item 500",
                    }
                ],
                "total": {"amount": "-53.30", "currency": "USD"},
                "claimed_at": "2026-03-12T17:00:00Z",
                "decision_id": "1c914cece8023e0fd678bdc455d399c239bbe4aef8c4758e8e6e8f277ad62c33",
                "adjusts": "c0ddd8e0fb706ed7374be203c7559ab95169efcfb351921c0ce649d9367526f9",
            },
            "state": "posted",
            "invoice_number": "INV-30434-3",
            "system": "demo-billing",
        },
    ],
    "decision_id": "b065e1ac12c2f2640dad309000e5e6fd35ec5a8f6e690e8a7155238ce7ff7e1a",
    "verdict": "billed",
    "next_moves": ["supplemental", "credit", "rebill"],
}
