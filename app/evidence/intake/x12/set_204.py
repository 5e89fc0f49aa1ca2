"""204, motor carrier load tender: the shipment as planned, its stops, orders and price.

Everything in it is planned. A change (B2A 04, 05, or 01 cancelling) is revision 1, so that
it stands above the original; among several changes the later one counts.
"""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal

import msgspec

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Shipment, Stop, StopType
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.order import Order
from app.evidence.facts.party import Party, Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import currency, money, summed, weight
from app.evidence.intake.x12.goods import cubic_feet, goods_in
from app.evidence.intake.x12.moments import instant
from app.evidence.intake.x12.numbers import of_kind, references
from app.evidence.intake.x12.parties import Named, parties, party_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight
from app.money import Money

ORIGINAL = ("", "00")
WHEN = (2, 4, 5)
DAY_BEGINS, DAY_ENDS = time(0), time(23, 59)

PICKUP_REASONS = frozenset(("CL", "PL", "LD", "AL", "LE", "PA"))
DELIVERY_REASONS = frozenset(("CU", "PU", "UL", "DT", "DR"))

# G62-01 (element 432), most binding first: scheduled, then agreed limits, then requested.
EARLY_DATES = ("69", "70", "37", "53", "02", "10", "68")
LATE_DATES = ("69", "70", "38", "54", "02", "10", "68")

PALLET_UNITS = frozenset(("PL", "PLT", "PF"))


class _Tendered(msgspec.Struct, frozen=True, kw_only=True):
    """What the whole tender says, read once for all its facts."""

    shipment: str
    carrier: str | None
    customer: str | None
    bill_to: Party | None
    terms: str | None
    revision: int
    references: tuple[Reference, ...]


def read(reading: Reading) -> None:
    """Say the shipment, its stops, its orders, and what the carrier is offered."""
    header, loops = split_at("S5", reading.segments)
    tendered = _tendered(reading, header)
    stops = [_stop(reading, tendered, loop) for loop in loops]
    shipment = _shipment(reading, tendered, loops, stops)
    reading.share()
    _say(reading, tendered, shipment)
    for stop, loop in zip(stops, loops, strict=True):
        named = references(loop, reading.profile, tendered.carrier or "")
        reading.say(
            stop, classifier=Classifier.PLANNED, references=named, revision=tendered.revision
        )
    _say_orders(reading, tendered)
    _say_cost(reading, tendered)


def _tendered(reading: Reading, header: Sequence[Segment]) -> _Tendered:
    b2 = reading.only("B2")
    change = reading.first("B2A")
    bill_to = party_of(parties(header), "BT")
    scac = b2.at(2)
    code = bill_to.party.code if bill_to else ""
    oid = [segment for segment in reading.segments if segment.tag == "OID"]
    return _Tendered(
        shipment=reading.required(b2, 4),
        carrier=scac or None,
        customer=reading.profile.customers.get(code, code) or None,
        bill_to=bill_to.party if bill_to else None,
        terms=reading.word("146", b2, 6) if b2.at(6) else None,
        revision=0 if change is None or change.at(1) in ORIGINAL else 1,
        references=(*references(reading.segments, reading.profile, scac), *_of_orders(oid)),
    )


def _of_orders(oid: Sequence[Segment]) -> tuple[Reference, ...]:
    """OID-01 is the shipper's order number, OID-02 the customer's."""
    kinds = ((1, ReferenceKind.ORDER), (2, ReferenceKind.CUSTOMER_PO))
    return tuple(
        Reference(kind=kind, value=segment.at(position))
        for segment in oid
        for position, kind in kinds
        if segment.at(position)
    )


def _status(reading: Reading) -> str | None:
    change = reading.first("B2A")
    if change is None:
        reading.remark(
            "SEGMENT_MISSING", "there is no B2A: its purpose is unknown", reading.only("B2")
        )
        return None
    return reading.word("353", change, 1)


def _shipment(
    reading: Reading,
    tendered: _Tendered,
    loops: list[Sequence[Segment]],
    stops: list[Stop],
) -> Shipment:
    pickups = [each for each in stops if each.stop_type is StopType.PICKUP]
    deliveries = [each for each in stops if each.stop_type is StopType.DELIVERY]
    l3 = reading.first("L3")
    loaded = [
        loop for loop, stop in zip(loops, stops, strict=True) if stop.stop_type is StopType.PICKUP
    ]
    return Shipment(
        shipment=tendered.shipment,
        customer=tendered.customer,
        bill_to=tendered.bill_to,
        carrier=tendered.carrier,
        status=_status(reading),
        freight_terms=tendered.terms,
        weight=_weight(reading, l3, pickups),
        pallets=_pallets(reading, loaded),
        pieces=reading.parsed(values.quantity, l3, 11) if l3 and l3.at(11) else None,
        volume=cubic_feet(reading, l3, 9, 10) if l3 else None,
        origin=pickups[0].place if pickups else None,
        destination=deliveries[-1].place if deliveries else None,
        items=goods_in(reading, loaded),
    )


def _weight(reading: Reading, l3: Segment | None, pickups: list[Stop]) -> Weight | None:
    """L3-01, in the unit of the stops where L3-12 is left out; else what is picked up."""
    weighed = [stop.weight for stop in pickups if stop.weight]
    if l3 is None or not l3.at(1):
        return summed(weighed)
    units = {each.at(2) for each in reading.segments if each.tag == "AT8" and each.at(2)}
    of_stops = units.pop() if len(units) == 1 else ""
    return weight(reading, l3, 1, l3.at(12) or of_stops, 12)


def _pallets(reading: Reading, loaded: list[Sequence[Segment]]) -> Decimal | None:
    """S5-05 of the pickups, where it counts pallets at each of them."""
    counted = [loop[0] for loop in loaded if loop[0].at(6) in PALLET_UNITS and loop[0].at(5)]
    if not counted or len(counted) != len(loaded):
        return None
    return sum((reading.parsed(values.quantity, s5, 5) for s5 in counted), Decimal(0))


def _stop(reading: Reading, tendered: _Tendered, loop: Sequence[Segment]) -> Stop:
    s5 = loop[0]
    stop_type = _stop_type(reading, s5)
    who = parties(loop)
    place = _place(who)
    early = _appointment(reading, loop, EARLY_DATES, place, DAY_BEGINS)
    late = _appointment(reading, loop, LATE_DATES, place, DAY_ENDS)
    at8 = _weighed_at_stop(loop)
    return Stop(
        stop=reading.required(s5, 1),
        shipment=tendered.shipment,
        stop_type=stop_type,
        place=place,
        appointment_early=early,
        appointment_late=late,
        weight=weight(reading, at8, 3, at8.at(2), 2) if at8 else None,
    )


def _place(who: tuple[Named, ...]) -> Place | None:
    return who[0].place if who else None


def _stop_type(reading: Reading, s5: Segment) -> StopType | None:
    reason = s5.at(2)
    if reason in PICKUP_REASONS:
        return StopType.PICKUP
    if reason in DELIVERY_REASONS:
        return StopType.DELIVERY
    known = ", ".join(sorted(PICKUP_REASONS | DELIVERY_REASONS))
    reading.remark("CODE_UNMAPPED", f"stop reason {reason!r} is not one of {known}", s5, 2)
    return None


def _appointment(
    reading: Reading,
    loop: Sequence[Segment],
    qualifiers: tuple[str, ...],
    place: Place | None,
    unsaid: time,
) -> datetime | None:
    for qualifier in qualifiers:
        for segment in loop:
            if segment.tag == "G62" and segment.at(1) == qualifier:
                return instant(reading, segment, WHEN, place, unsaid)
    return None


def _weighed_at_stop(loop: Sequence[Segment]) -> Segment | None:
    """The stop's own AT8: the one before its first order or commodity."""
    for segment in loop:
        if segment.tag in ("OID", "L5"):
            return None
        if segment.tag == "AT8":
            return segment
    return None


def _say(reading: Reading, tendered: _Tendered, shipment: Shipment) -> None:
    reading.say(
        shipment,
        classifier=Classifier.PLANNED,
        references=tendered.references,
        revision=tendered.revision,
    )


def _say_orders(reading: Reading, tendered: _Tendered) -> None:
    shipment = Reference(kind=ReferenceKind.SHIPMENT, value=tendered.shipment)
    po = of_kind(tendered.references, ReferenceKind.CUSTOMER_PO)
    for number in of_kind(tendered.references, ReferenceKind.ORDER):
        order = Order(
            order=number,
            customer=tendered.customer,
            # With several purchase orders nothing says which of them an order is for.
            customer_po=po[0] if len(po) == 1 else None,
            freight_terms=tendered.terms,
        )
        reading.say(
            order,
            classifier=Classifier.PLANNED,
            references=(shipment,),
            revision=tendered.revision,
        )


def _say_cost(reading: Reading, tendered: _Tendered) -> None:
    offered = _offered(reading)
    if offered is None:
        return
    if tendered.carrier is None:
        b2 = reading.only("B2")
        reading.remark("VALUE_MISSING", "no carrier: the offer was left out", b2, 2)
        return
    cost = Cost(
        kind=CostKind.TENDERED,
        carrier=tendered.carrier,
        number=tendered.shipment,
        total=offered,
    )
    shipment = Reference(kind=ReferenceKind.SHIPMENT, value=tendered.shipment)
    reading.say(
        cost,
        classifier=Classifier.PLANNED,
        references=(shipment,),
        revision=tendered.revision,
    )


def _offered(reading: Reading) -> Money | None:
    """L3-05 in hundredths, or a flat rate (L3-03 with L3-04 `FR`) in whole units."""
    l3 = reading.first("L3")
    if l3 is None:
        return None
    if l3.at(5):
        return money(reading, l3, 5, currency(reading))
    if l3.at(3) and l3.at(4) == "FR":
        return Money(reading.parsed(values.number, l3, 3), currency(reading))
    return None
