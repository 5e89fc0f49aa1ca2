"""940, warehouse shipping order: what the depositor wants shipped from its stock.

The depositor's order number (W05-02) is the order; a change or a cancellation is revision 1,
so that it stands above the original. Where one line has no quantity, no lines are told at
all: a part of an order would look like the whole of it.
"""

from collections.abc import Sequence
from datetime import date

from app.evidence.facts.fact import Classifier
from app.evidence.facts.order import Order, OrderLine
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.amounts import compare_count, counted, item_of, unit_word, weight
from app.evidence.intake.x12.depositor import depositor_of
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import code_or_name, parties, party_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight

STATUS, ORDER, PURCHASE_ORDER = 1, 2, 3
ORIGINALS = frozenset("BN")
"""W05-01 (element 473) of an order that is told for the first time."""
SHIP_ON = ("10", "37", "38")
"""G62-01: requested ship date, ship not before, ship no later."""
DELIVER_ON = ("02", "53")
"""G62-01: delivery requested, deliver not before."""
TERMS = 1
"""W66-01, who pays the freight (element 146)."""


def read(reading: Reading) -> None:
    """Say one order with its lines."""
    w05 = reading.only("W05")
    header, loops = split_at("LX", reading.segments)
    who = parties(header)
    w66 = reading.first("W66")
    order = Order(
        order=reading.required(w05, ORDER),
        customer=depositor_of(reading, who),
        bill_to=code_or_name(party_of(who, "BT")) or None,
        customer_po=w05.at(PURCHASE_ORDER) or None,
        freight_terms=reading.word("146", w66, TERMS) if w66 and w66.at(TERMS) else None,
        status=reading.word("473", w05, STATUS),
        lines=_lines(reading, loops),
        weight=_weight(reading),
        requested_ship_on=_requested(reading, header, SHIP_ON),
        requested_delivery_on=_requested(reading, header, DELIVER_ON),
    )
    po = Reference(kind=ReferenceKind.CUSTOMER_PO, value=w05.at(PURCHASE_ORDER))
    reading.say(
        order,
        classifier=Classifier.PLANNED,
        references=(po, *references(header, reading.profile)),
        revision=0 if w05.at(STATUS) in ORIGINALS else 1,
    )


def _lines(reading: Reading, loops: list[Sequence[Segment]]) -> tuple[OrderLine, ...]:
    lines = []
    for loop in loops:
        wanted = [segment for segment in loop if segment.tag == "W01"]
        for count, w01 in enumerate(wanted, start=1):
            number = loop[0].at(1)
            line = _line(reading, w01, number if count == 1 else f"{number}.{count}")
            if line is None:
                return ()
            lines.append(line)
    compare_count(reading, [(each.ordered, each.unit) for each in lines], reading.first("W76"), 1)
    return tuple(lines)


def _line(reading: Reading, w01: Segment, number: str) -> OrderLine | None:
    ordered = counted(reading, w01, 1)
    if ordered is None:
        detail = f"line {number} has no quantity; the lines were left out"
        reading.remark("VALUE_MISSING", detail, w01, 1)
        return None
    return OrderLine(
        line=number, item=item_of(w01, 5, 3, 7), ordered=ordered, unit=unit_word(reading, w01, 2)
    )


def _weight(reading: Reading) -> Weight | None:
    w76 = reading.first("W76")
    return weight(reading, w76, 2, w76.at(3), 3) if w76 else None


def _requested(
    reading: Reading, header: Sequence[Segment], qualifiers: tuple[str, ...]
) -> date | None:
    for qualifier in qualifiers:
        for segment in header:
            if segment.tag == "G62" and segment.at(1) == qualifier:
                return reading.parsed(dates.day, segment, 2)
    return None
