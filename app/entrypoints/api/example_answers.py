"""Examples of what is answered to the examples of what is sent; traces are cut short."""

from typing import Any

from app.entrypoints.api.examples import CLAIM

DECISION_ID = "c63074db0626af0d9be1cabdf30e89e1ff2508c9901bb2c615a31bb19c303eed"
ORDERED = "e242c01dcaaac0ee7e64d4f8b8c13fd208c96ea03783afc2a12c5ec52511bf51"
SHIPPED = "b71829f41af3fc33831e6fc2bdcb526c2d0a61320406d3e16b049d50e6a9cdf1"
RELEASE_ID = "e55bdb02607a84a94561444c69720b012055ec4fb2113e62764b132894e46964"
PARAMETERS = {
    "decision_id": DECISION_ID,
    "reference": "SO-20117",
    "partner": "bluewave",
    "feed": "events",
    "X-Correlation-Id": "invoice-run-2026-03",
    "seq": 1,
    "state": "dead",
    "destination": "acme/erp",
    "after": 0,
    "release_id": RELEASE_ID,
    "delivery_id": "7dfc9101452231e59b83cf7f7953699998dfd7f297ef6ab18dfe45b5b3645f71",
    "flow": "ship_to_invoice",
    "customer": "NORTHWIND",
    "open": True,
    "code": "VALUE_UNREADABLE",
    "since": "2026-03-05T12:00:00Z",
    "limit": 20,
    "by": "day",
    "because": "the o in the date is a zero",
}
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
_DECIDED: dict[str, Any] = {
    "kind": "decision",
    "id": DECISION_ID,
    "at": "2026-03-10T21:30:05Z",
    "by": "worker",
    "says": "release 14.85 USD",
    "correlation_id": "so-20117",
}
FLOWS: dict[str, Any] = {
    "unit": "order:SO20117",
    "customer": "HALCYON",
    "correlation_ids": ["so-20117"],
    "flows": [
        {
            "flow": "ship_to_invoice",
            "partner": "acme",
            "feed": "status",
            "code": "VALUE_UNREADABLE",
            "since": "2026-03-05T12:00:00Z",
            "limit": 20,
            "because": "the o in the date is a zero",
            "subject": "order:SO20117",
            "stages": [
                {
                    "name": "shipped",
                    "state": "done",
                    "at": "2026-03-10T15:20:00-06:00",
                    "acts": [
                        {
                            "kind": "fact",
                            "id": SHIPPED,
                            "at": "2026-03-10T15:20:00-06:00",
                            "by": "wms memphis, message ws-20117/1",
                            "says": "warehouse shipment WS-20117, order SO-20117, status shipped",
                            "correlation_id": "so-20117",
                        }
                    ],
                },
                {"name": "rated", "state": "done", "at": _DECIDED["at"], "acts": [_DECIDED]},
                {"name": "decided", "state": "done", "at": _DECIDED["at"], "acts": [_DECIDED]},
                {
                    "name": "released",
                    "state": "done",
                    "at": "2026-03-11T09:00:00Z",
                    "acts": [
                        {
                            "kind": "release",
                            "id": RELEASE_ID,
                            "at": "2026-03-11T09:00:00Z",
                            "by": "api",
                            "says": f"final, under decision {DECISION_ID}",
                            "correlation_id": "so-20117",
                        }
                    ],
                },
                {
                    "name": "invoiced",
                    "state": "waiting",
                    "waits_for": "the number of its invoice",
                    "owner": "billing",
                    "since": "2026-03-11T09:00:00Z",
                },
                {"name": "paid", "state": "ahead"},
            ],
        }
    ],
}
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
SENDING: dict[str, Any] = {
    "outbox_seq": 4711,
    "destination": "acme/erp",
    "subject": "order:SO20117",
    "next_at": "2026-03-11T09:05:00Z",
    "seq": 1,
    "state": "waiting",
    "attempts": 0,
    "last_error": "it answered 422: the customer HALCYON is not known",
    "reference": "",
    "sent_at": None,
    "event_id": "3c1d1f1b6e3a5f0a0d3b8f4b0f0f5c8f4a5b6e9d9b0f8b0e7c9d2f1a6b3e4d5c",
    "type": "release.claimed",
    "customer": "HALCYON",
    "correlation_id": "so-20117",
    "created_at": "2026-03-11T09:00:00Z",
}
SENDINGS: dict[str, Any] = {
    "destinations": [
        {
            "destination": "acme/erp",
            "configured": True,
            "waiting": 12,
            "sent": 1804,
            "dead": 1,
            "failures": 0,
        }
    ],
    "sendings": [{**SENDING, "state": "dead", "attempts": 3}],
}
FEEDS: dict[str, Any] = {
    "feeds": [
        {
            "feed": "acme/status",
            "partner": "acme",
            "name": "status",
            "configured": True,
            "last_message_at": "2026-03-11T08:58:12Z",
            "silent_after_minutes": 180,
            "lag_p50_s": 240,
            "lag_p90_s": 1260,
            "recorded": 1804,
            "refused": 2,
            "conflict": 0,
            "kept_aside": 2,
            "waiting": 12,
            "findings": 1,
        },
        {
            "feed": "standard, from ABFL",
            "partner": "standard",
            "sender": "ABFL",
            "configured": False,
            "last_message_at": "2026-03-10T23:30:00Z",
            "lag_p50_s": 3600,
            "lag_p90_s": 5400,
            "recorded": 14,
            "refused": 0,
            "conflict": 0,
            "kept_aside": 0,
            "waiting": 0,
            "findings": 0,
        },
    ],
    "findings": [
        {
            "finding_id": "5d5d6b3f1f8b2c7a0a3c1e1b9c4d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
            "partner": "acme",
            "feed": "status",
            "code": "NEW_CODE",
            "detail": "AT7-01, X9: in 3 of 20 messages now, in 0 of 100 before; first shown by "
            + RECEIPT["delivery_id"],
            "at": "2026-03-11T08:59:00Z",
        }
    ],
}
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

_UNREADABLE: dict[str, Any] = {
    "code": "VALUE_UNREADABLE",
    "detail": "'2026o302' is not a date (CCYYMMDD)",
    "place": {
        "file": "request body",
        "line": None,
        "column": None,
        "byte_offset": 190,
        "field": "AT7-05",
    },
    "refused": True,
}
_ASIDE: dict[str, Any] = {
    "seq": 4711,
    "outcome": "refused",
    "partner": "acme",
    "feed": "status",
    "kind": "x12 214",
    "message_id": "ACME:2603111015:000000007:7:0001",
    "delivery_id": "2e8b24d417478692b39441f0b4d9d275c1286d147ad85b3818da6ed7c869f484",
    "received_at": "2026-03-11T16:15:02Z",
    "faults": [_UNREADABLE],
}
ASIDES: dict[str, Any] = {"messages": [_ASIDE]}
ASIDE: dict[str, Any] = {
    "message": _ASIDE,
    "open": True,
    "name": "request body",
    "media": "application/edi-x12",
    "bytes": 275,
    "faults": [
        {
            "fault": _UNREADABLE,
            "found": {
                "before": "LX*1~\\x0a",
                "here": "AT7*D1*NS***2026o302*0815*LT~\\x0aMS1*ATLANTA*GA*US~",
            },
        }
    ],
}
MENDED: dict[str, Any] = {
    "seq": 4711,
    "outcome": "recorded",
    "closed": [4711],
    "receipt": {
        "name": "request body",
        "delivery_id": "7dfc9101452231e59b83cf7f7953699998dfd7f297ef6ab18dfe45b5b3645f71",
        "messages": [
            {
                "kind": "214",
                "message_id": "ACME:2603111015:000000007:7:0001",
                "outcome": "recorded",
                "fact_ids": ["0b6c4d1c6f0a3f1e6a3d9a7d1d5c2f8e4b7a9c0d1e2f3a4b5c6d7e8f9a0b1c2d"],
            }
        ],
    },
}
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
