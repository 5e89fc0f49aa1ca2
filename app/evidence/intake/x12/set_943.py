"""943, warehouse stock transfer shipment advice: stock that is on its way in.

Each W04 is a receipt that is planned. It has a number of its own, made of the shipment's and
the line's: what the warehouse then really receives (944) comes under the number of the
receipt, and one announcement may arrive in several.
"""

from collections.abc import Sequence
from datetime import datetime

from app.evidence.facts.fact import Classifier
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.depositor import required_depositor, warehouse_of
from app.evidence.intake.x12.moments import instant, on_day
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import parties
from app.evidence.intake.x12.receipts import receipts
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

ORDER, SHIPPED_ON, NUMBER, PURCHASE_ORDER = 2, 3, 4, 6
EXPECTED = ("17", "53", "02")
"""G62-01: estimated delivery, deliver not before, delivery requested."""
WHEN = (2, 4, 5)


def read(reading: Reading) -> None:
    """Say a planned receipt for each line."""
    w06 = reading.only("W06")
    number = reading.required(w06, NUMBER if w06.at(NUMBER) else ORDER)
    header, loops = split_at("W04", reading.segments)
    who = parties(header)
    customer = required_depositor(reading, who)
    warehouse, place = warehouse_of(reading, who)
    expected = _expected(reading, header, w06, place)
    total = reading.first("W03")
    movements = receipts(
        reading, loops, total, number=number, customer=customer, warehouse=warehouse
    )
    reading.share()
    named = (*announced_by(w06), *references(header, reading.profile))
    for movement in movements:
        reading.say(movement, classifier=Classifier.PLANNED, references=named, occurred_at=expected)


def announced_by(w06: Segment) -> tuple[Reference, ...]:
    """The shipment, the depositor's order and the purchase order the stock comes by.

    The order is no reference of kind `order`: it brings stock in and bills nothing.
    """
    return (
        Reference(kind=ReferenceKind.OTHER, value=w06.at(NUMBER), issuer="stock transfer"),
        Reference(kind=ReferenceKind.OTHER, value=w06.at(ORDER), issuer="depositor order"),
        Reference(kind=ReferenceKind.CUSTOMER_PO, value=w06.at(PURCHASE_ORDER)),
    )


def _expected(
    reading: Reading, header: Sequence[Segment], w06: Segment, place: Place | None
) -> datetime | None:
    """When it is to arrive; the day it was shipped, with a remark, where that is not said."""
    for qualifier in EXPECTED:
        for segment in header:
            if segment.tag == "G62" and segment.at(1) == qualifier:
                return instant(reading, segment, WHEN, place)
    if not w06.at(SHIPPED_ON):
        return None
    detail = "no date of arrival is given; the date of shipment was taken"
    reading.remark("DATE_ASSUMED", detail, w06, SHIPPED_ON)
    return on_day(reading, w06, SHIPPED_ON, place)
