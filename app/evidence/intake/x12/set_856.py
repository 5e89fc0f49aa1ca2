"""856, ship notice: what a shipment consists of, down to the cartons and what is in them.

HL segments make a tree: shipment (S), order (O), pack (P), item (I), in whatever order the
partner nests packs and items. A warehouse shipment is of one order, so a notice about
several orders is as many warehouse shipments, each numbered by notice and purchase order.
A notice proves that the goods left only where it says when (DTM 011).
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Package
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.loops import split_at, value_in
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import counted, item_of, unit_word, weight
from app.evidence.intake.x12.levels import Level, levels_of
from app.evidence.intake.x12.moments import instant
from app.evidence.intake.x12.numbers import of_kind, references
from app.evidence.intake.x12.packages import package_in
from app.evidence.intake.x12.parties import SHIPPERS, parties, place_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight

PURPOSE, NUMBER = 1, 2
ORIGINAL = "00"
SHIPPED_ON = "011"
WHEN = (2, 3, 4)
PURCHASE_ORDER = 1
ITEM, SHIPPED, UNIT, ORDERED, STATUS = 3, 2, 3, 5, 8
CARTONS, PALLETS = "CTN", "PLT"
"""How TD1-01 (element 103) begins."""


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What the whole notice says."""

    number: str
    status: str | None
    revision: int
    shipped_on: date | None
    shipped_at: datetime | None
    shipment: Sequence[Segment]
    """The segments of the shipment level."""
    scac: str


def read(reading: Reading) -> None:
    """Say a warehouse shipment for each order, and each of its packages."""
    levels = levels_of(reading)
    notice = _notice(reading, levels)
    reading.share()
    orders = [level for level in levels if level.code == "O"]
    if len(orders) <= 1:
        order = orders[0] if orders else Level("", "", "O", ())
        _say(reading, notice, order, levels, alone=True)
        return
    _refuse_strays(reading, orders, levels)
    for order in orders:
        _say(reading, notice, order, order.below(levels), alone=False)


def _refuse_strays(reading: Reading, orders: list[Level], levels: tuple[Level, ...]) -> None:
    """Among several orders a pack or an item that is under none of them is nobody's."""
    owned = {level.number for order in orders for level in order.below(levels)}
    for level in levels:
        if level.code in ("P", "I") and level.number not in owned:
            detail = f"level {level.number!r} is under none of the {len(orders)} orders"
            reading.refuse("VALUE_UNREADABLE", detail, level.segments[0], 2)


def _notice(reading: Reading, levels: tuple[Level, ...]) -> _Notice:
    bsn = reading.only("BSN")
    shipment = tuple(s for level in levels if level.code == "S" for s in level.segments)
    header, _ = split_at("HL", reading.segments)
    dated = _shipped((*header, *shipment))
    shipped_on = reading.parsed(dates.day, dated, 2) if dated else None
    place = place_of(parties(shipment), SHIPPERS)
    return _Notice(
        number=reading.required(bsn, NUMBER),
        status=_status(reading, bsn, shipped_on),
        revision=0 if bsn.at(PURPOSE) == ORIGINAL else 1,
        shipped_on=shipped_on,
        shipped_at=instant(reading, dated, WHEN, place) if dated else None,
        shipment=shipment,
        scac=value_in(shipment, ("TD5",), "2", 2, 3),
    )


def _status(reading: Reading, bsn: Segment, shipped_on: date | None) -> str | None:
    purpose = reading.word("353", bsn, PURPOSE)
    if purpose == "cancelled":
        return purpose
    return "shipped" if purpose and shipped_on else None


def _shipped(segments: Sequence[Segment]) -> Segment | None:
    """The DTM of the day the goods left."""
    return next((s for s in segments if s.tag == "DTM" and s.at(1) == SHIPPED_ON), None)


def _say(
    reading: Reading, notice: _Notice, order: Level, below: Sequence[Level], *, alone: bool
) -> None:
    """The warehouse shipment of one order; what the notice says of the whole, if it is alone."""
    po = _purchase_order(order, notice)
    number = notice.number if alone else f"{notice.number}/{po or order.number}"
    described = (*order.segments, *(notice.shipment if alone else ()))
    named = (
        Reference(kind=ReferenceKind.CUSTOMER_PO, value=po),
        *references((*order.segments, *notice.shipment), reading.profile, notice.scac),
    )
    numbers = of_kind(named, ReferenceKind.ORDER)
    said = WarehouseShipment(
        warehouse_shipment=number,
        order=numbers[0] if len(numbers) == 1 else None,
        status=notice.status,
        shipped_on=notice.shipped_on,
        cartons=_packed(reading, described, CARTONS),
        pallets=_packed(reading, described, PALLETS),
        weight=_weight(reading, described),
        lines=tuple(_line(reading, level) for level in below if level.first("SN1")),
    )
    _said(reading, notice, said, named)
    shipment = Reference(kind=ReferenceKind.WAREHOUSE_SHIPMENT, value=number)
    for level in below:
        package = package_in(reading, level.segments) if level.code == "P" else None
        if package is not None and notice.status == "cancelled":
            package = msgspec.structs.replace(package, status="voided")
        if package is not None:
            _said(reading, notice, package, (shipment, *named))


def _said(
    reading: Reading,
    notice: _Notice,
    said: WarehouseShipment | Package,
    named: tuple[Reference, ...],
) -> None:
    reading.say(
        said,
        classifier=Classifier.ACTUAL,
        references=named,
        occurred_at=notice.shipped_at,
        revision=notice.revision,
    )


def _purchase_order(order: Level, notice: _Notice) -> str:
    for segment in (*order.segments, *notice.shipment):
        if segment.tag == "PRF":
            return segment.at(PURCHASE_ORDER)
    return ""


def _packed(reading: Reading, described: Sequence[Segment], packaging: str) -> Decimal | None:
    """How many cartons or pallets, by the first TD1 that counts them."""
    for segment in described:
        if segment.tag == "TD1" and segment.at(1).startswith(packaging):
            return counted(reading, segment, 2)
    return None


def _weight(reading: Reading, described: Sequence[Segment]) -> Weight | None:
    """TD1-07 in the unit of TD1-08."""
    for segment in described:
        if segment.tag == "TD1" and segment.at(7):
            return weight(reading, segment, 7, segment.at(8), 8)
    return None


def _line(reading: Reading, level: Level) -> ShippedLine:
    sn1, lin = level.first("SN1"), level.first("LIN")
    assert sn1 is not None, "only levels with an SN1 are lines"
    shipped = reading.parsed(values.quantity, sn1, SHIPPED)
    ordered = counted(reading, sn1, ORDERED)
    return ShippedLine(
        line=(lin.at(1) if lin else "") or level.number,
        item=item_of(lin or sn1, *((ITEM, 5) if lin else ())),
        ordered=ordered,
        shipped=shipped,
        unit=unit_word(reading, sn1, UNIT),
        disposition=_disposition(reading, sn1, shipped, ordered),
        raw_code=sn1.at(STATUS),
    )


def _disposition(
    reading: Reading, sn1: Segment, shipped: Decimal, ordered: Decimal | None
) -> Disposition:
    """By its code (element 668); without one only what was shipped as ordered is complete."""
    if sn1.at(STATUS):
        return Disposition(reading.word("668", sn1, STATUS) or Disposition.UNMAPPED)
    return Disposition.COMPLETE if shipped == ordered else Disposition.UNMAPPED
