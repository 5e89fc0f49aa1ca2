"""945, warehouse shipping advice: what left the warehouse, line by line.

A line's disposition decides whether more will follow: `CP` is short and closed, `BP` is
short and the rest ships later. A code the map lacks stays unmapped, never complete.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app.evidence.facts.fact import Classifier
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import counted, item_of, unit_word, weight
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight

REPORTING, ORDER, ON, NUMBER, PURCHASE_ORDER = 1, 2, 3, 4, 6
SHIPPED_ON = "11"
"""G62-01 of the day the goods left; the other dates in a 945 are wishes."""


def read(reading: Reading) -> None:
    """Say one warehouse shipment with its lines."""
    w06 = reading.only("W06")
    number = w06.at(NUMBER) or reading.required(w06, ORDER)
    header, loops = split_at("LX", reading.segments)
    lines = tuple(_line(reading, loop[0], w12) for loop in loops for w12 in _shipped(loop))
    w03 = reading.first("W03")
    said = WarehouseShipment(
        warehouse_shipment=number,
        order=w06.at(ORDER) or None,
        status=reading.word("514", w06, REPORTING),
        shipped_on=_shipped_on(reading, header, w06),
        cartons=_cartons(reading, w03, lines),
        pallets=_pallets(reading),
        weight=_weight(reading, w03),
        lines=lines,
    )
    po = Reference(kind=ReferenceKind.CUSTOMER_PO, value=w06.at(PURCHASE_ORDER))
    named = references(header, reading.profile)
    reading.say(said, classifier=Classifier.ACTUAL, references=(po, *named))


def _shipped(loop: Sequence[Segment]) -> list[Segment]:
    return [segment for segment in loop if segment.tag == "W12"]


def _line(reading: Reading, lx: Segment, w12: Segment) -> ShippedLine:
    code = w12.at(1)
    return ShippedLine(
        line=lx.at(1),
        item=item_of(w12, 8, 6),
        ordered=counted(reading, w12, 2),
        shipped=reading.parsed(values.quantity, w12, 3),
        unit=unit_word(reading, w12, 5),
        disposition=Disposition(reading.word("368", w12, 1) or Disposition.UNMAPPED),
        raw_code=code,
    )


def _shipped_on(reading: Reading, header: Sequence[Segment], w06: Segment) -> date | None:
    for segment in header:
        if segment.tag == "G62" and segment.at(1) == SHIPPED_ON:
            return reading.parsed(dates.day, segment, 2)
    return reading.parsed(dates.day, w06, ON) if w06.at(ON) else None


def _cartons(
    reading: Reading, w03: Segment | None, lines: tuple[ShippedLine, ...]
) -> Decimal | None:
    """W03-06 where it counts cartons, else W03-01 where every line was shipped in cartons.

    W03-01 counts whatever the lines count; 3,000 widgets are not 3,000 cartons.
    """
    if w03 is None:
        return None
    if w03.at(6) and reading.profile.word("355", w03.at(7)) == "carton":
        return reading.parsed(values.quantity, w03, 6)
    if w03.at(1) and lines and all(line.unit == "carton" for line in lines):
        return reading.parsed(values.quantity, w03, 1)
    return None


def _pallets(reading: Reading) -> Decimal | None:
    """W10-02, the pallets that left; where the WMS does not say, nobody knows."""
    w10 = reading.first("W10")
    return reading.parsed(values.quantity, w10, 2) if w10 and w10.at(2) else None


def _weight(reading: Reading, w03: Segment | None) -> Weight | None:
    return weight(reading, w03, 2, w03.at(3), 3) if w03 else None
