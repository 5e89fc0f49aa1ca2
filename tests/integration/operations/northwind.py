"""One lifelike LTL shipment of Northwind's, as the events its systems would send."""

import json
from typing import Any

from app.operations.house import House
from app.operations.receiving.record_messages import Receipt, record_messages

ORIGIN = {"city": "Chicago", "region": "IL", "postal_code": "60638", "country": "US"}
DESTINATION = {"city": "Atlanta", "region": "GA", "postal_code": "30336", "country": "US"}


def event(entity: str, attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One CloudEvent; `more` overrides the envelope or the data around the attributes."""
    system = more.pop("system", "tms")
    time = more.pop("time", "2026-03-02T09:00:00-06:00")
    return {
        "specversion": "1.0",
        "id": more.pop("id", f"{entity}-{attributes.get(entity, len(str(attributes)))}-{time}"),
        "source": f"/{system}/north",
        "type": f"tollgate.fact.{entity}.v1",
        "time": time,
        "data": {
            "classifier": more.pop("classifier", "actual"),
            "occurred_at": more.pop("occurred_at", time),
            **more,
            entity: attributes,
        },
    }


def named(kind: str, value: str, issuer: str = "") -> list[dict[str, str]]:
    return [{"kind": kind, "value": value, "issuer": issuer}]


def shipment(number: str, weight: str = "1800", **more: Any) -> dict[str, Any]:
    """1,800 lb from Chicago to Atlanta: 355.61, the weight rated as 2,000 lb."""
    attributes = {
        "shipment": number,
        "customer": "NORTHWIND",
        "mode": "LTL",
        "carrier": "ABFL",
        "weight": {"value": weight, "unit": "lb"},
        "origin": ORIGIN,
        "destination": DESTINATION,
    }
    references = named("order", f"O-{number}")
    return event("shipment", attributes, references=references, **more)


def order(number: str) -> dict[str, Any]:
    attributes = {"order": f"O-{number}", "customer": "NORTHWIND", "customer_po": f"PO-{number}"}
    return event("order", attributes, system="oms")


def milestone(number: str, status: str, time: str, **more: Any) -> dict[str, Any]:
    attributes = {"status": status, "shipment": number}
    return event(
        "milestone", attributes, system="carrier", id=f"{number}-{status}", time=time, **more
    )


def diesel() -> dict[str, Any]:
    attributes = {
        "series": "EIA on-highway diesel",
        "region": "US",
        "published_on": "2026-02-23",
        "price": "2.913",
    }
    return event("index_value", attributes, system="market", time="2026-02-23T16:00:00-05:00")


def pod(number: str, **more: Any) -> dict[str, Any]:
    attributes = {
        "document": f"POD-{number}",
        "document_type": "POD",
        "status": "accepted",
        "signed": True,
        "exceptions_noted": False,
    }
    more.setdefault("references", named("shipment", number))
    return event("document", attributes, system="dms", time="2026-03-05T10:00:00-06:00", **more)


def moved(number: str, weight: str = "1800") -> list[dict[str, Any]]:
    """Everything but the paper."""
    return [
        diesel(),
        order(number),
        shipment(number, weight),
        milestone(number, "picked_up", "2026-03-02T15:00:00-06:00"),
        milestone(number, "delivered", "2026-03-04T11:00:00-05:00"),
    ]


def record(house: House, *events: dict[str, Any]) -> Receipt:
    raw = json.dumps(list(events)).encode()
    return record_messages(house, raw, "events.json", media="application/json")
