"""944, warehouse stock transfer receipt advice: what the warehouse took in, and how.

Each W07 is a receipt that has happened, counted as received whatever its condition. What is
wrong with it (W13: damaged, short, over) is an exception beside it.
"""

from collections.abc import Sequence

from app.evidence.facts.fact import Classifier
from app.evidence.facts.papers import ExceptionReport
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import InventoryMovement
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.amounts import counted, unit_word
from app.evidence.intake.x12.depositor import required_depositor, warehouse_of
from app.evidence.intake.x12.moments import on_day
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import parties
from app.evidence.intake.x12.receipts import receipts
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import plain

RECEIVED_ON, NUMBER, ORDER, SHIPMENT = 2, 3, 4, 5
LOT = 8
CONDITION = 3
"""W13-03, receiving condition (element 412)."""
UNMAPPED = "unmapped"


def read(reading: Reading) -> None:
    """Say a receipt for each line, and an exception for each thing that is wrong with one."""
    w17 = reading.only("W17")
    number = reading.required(w17, NUMBER)
    header, loops = split_at("W07", reading.segments)
    who = parties(header)
    customer = required_depositor(reading, who)
    warehouse, place = warehouse_of(reading, who)
    received = on_day(reading, w17, RECEIVED_ON, place)
    movements = receipts(
        reading,
        loops,
        reading.first("W14"),
        number=number,
        customer=customer,
        warehouse=warehouse,
        lot_at=LOT,
    )
    reading.share()
    named = (*_received_by(w17), *references(header, reading.profile))
    for movement, loop in zip(movements, loops, strict=True):
        reading.say(movement, classifier=Classifier.ACTUAL, references=named, occurred_at=received)
        for report in _exceptions(reading, movement, loop):
            stock = Reference(kind=ReferenceKind.STOCK, value=warehouse, issuer=customer)
            reading.say(
                report,
                classifier=Classifier.ACTUAL,
                references=(*named, stock),
                occurred_at=received,
            )


def _received_by(w17: Segment) -> tuple[Reference, ...]:
    """The receipt, the shipment it came by, and the depositor's order."""
    return (
        Reference(kind=ReferenceKind.OTHER, value=w17.at(NUMBER), issuer="warehouse receipt"),
        Reference(kind=ReferenceKind.OTHER, value=w17.at(SHIPMENT), issuer="stock transfer"),
        Reference(kind=ReferenceKind.OTHER, value=w17.at(ORDER), issuer="depositor order"),
    )


def _exceptions(
    reading: Reading, movement: InventoryMovement, loop: Sequence[Segment]
) -> list[ExceptionReport]:
    wrong = [segment for segment in loop if segment.tag == "W13"]
    return [
        ExceptionReport(
            exception=f"{movement.movement}/{count}",
            exception_type=reading.word("412", w13, CONDITION) or UNMAPPED,
            note=_note(reading, w13, movement),
        )
        for count, w13 in enumerate(wrong, start=1)
    ]


def _note(reading: Reading, w13: Segment, movement: InventoryMovement) -> str:
    """`2 case of ITEM-1, condition 01`."""
    quantity = counted(reading, w13, 1)
    amount = "an unknown quantity" if quantity is None else plain(quantity)
    unit = unit_word(reading, w13, 2)
    return f"{amount} {unit} of {movement.item}, condition {w13.at(CONDITION)}"
