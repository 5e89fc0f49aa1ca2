"""The numbers by which a customer knows its freight, read from the freight's own records alone.

A unit's shipment or order record is its own. The records of the orders that its shipment names
are, too. Records of loads, stops and carriers' bills name other customers' freight as well and are
left alone; so is what a source tells of the freight while it gives it to somebody else. A record
that follows another does not repeat all its numbers: those of every record in force count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.links import unit_name
from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Shipment
from app.evidence.facts.order import Order
from app.evidence.facts.reference import Reference, ReferenceKind

REFERENCES: Mapping[ReferenceKind, str] = {
    ReferenceKind.CUSTOMER_PO: "Purchase order",
    ReferenceKind.BOL: "Bill of lading",
    ReferenceKind.PRO: "PRO",
    ReferenceKind.ORDER: "Order",
    ReferenceKind.DELIVERY: "Delivery",
    ReferenceKind.CONTAINER: "Container",
    ReferenceKind.TRACKING: "Tracking number",
}
"""What is shown, and how it is called."""


class CustomerReference(msgspec.Struct, frozen=True, order=True):
    """One number the customer knows its freight by."""

    what: str
    number: str


def references_of(unit: str, customer: str, facts: Iterable[Fact]) -> tuple[CustomerReference, ...]:
    """Every number of the unit that the customer may see, sorted.

    Args:
        unit: the billable unit.
        customer: whose it is.
        facts: what is known about it and about the orders it names, with their corrections.
    """
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in in_force(facts):
        told[_describes(fact)].append(fact)
    own = _of(unit, customer, told)
    orders = {
        unit_name(reference)
        for fact in own
        for reference in fact.references
        if reference.kind is ReferenceKind.ORDER
    }
    theirs = [fact for order in sorted(orders - {unit}) for fact in _of(order, customer, told)]
    numbers = {
        reference
        for fact in (*own, *theirs)
        for reference in fact.references
        if reference.kind in REFERENCES and reference.key != _key(unit)
    }
    return tuple(sorted({CustomerReference(REFERENCES[n.kind], n.value) for n in numbers}))


def _of(unit: str, customer: str, told: Mapping[str, Iterable[Fact]]) -> tuple[Fact, ...]:
    """All that describes exactly this shipment or order; nothing where a source gives it elsewhere.

    What a source told while it gave it to somebody else is left out.
    """
    said: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    elsewhere: set[tuple[str, str]] = set()
    for fact in sorted(told.get(unit, ()), key=rank):
        source = fact.source.system, fact.source.instance
        named = getattr(fact.said, "customer", None)
        if named == customer:
            elsewhere.discard(source)
        elif named:
            elsewhere.add(source)
            said.pop(source, None)
        if source not in elsewhere:
            said[source].append(fact)
    return () if elsewhere else tuple(fact for facts in said.values() for fact in facts)


def _describes(fact: Fact) -> str:
    """The unit whose record it is; empty where it is no shipment's or order's."""
    match fact.said:
        case Shipment(shipment=number):
            return unit_name(Reference(kind=ReferenceKind.SHIPMENT, value=number))
        case Order(order=number):
            return unit_name(Reference(kind=ReferenceKind.ORDER, value=number))
        case _:
            return ""


def _key(unit: str) -> str:
    kind, _, number = unit.partition(":")
    return f"{kind}::{number}"
