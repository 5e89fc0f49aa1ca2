"""210, motor carrier freight invoice: what the carrier bills us, and what it hauled.

B3-07 is the sum of the lines' L1-04, both in cents. It holds in every public 210 that was
looked at, so where it does not, something was lost or misread.
"""

from collections.abc import Sequence

from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import Shipment
from app.evidence.facts.money import Cost, CostKind, CostLine
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import currency, money, weight
from app.evidence.intake.x12.loops import split_at
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import CONSIGNEES, SHIPPERS, parties, place_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight
from app.money import total

NUMBER, SHIPMENT, INVOICED_ON, TOTAL, CORRECTION, SCAC = 2, 3, 6, 7, 8, 11
CODE = 8
"""L1-08, special charge or allowance code (element 150)."""
FREIGHT = "linehaul"
"""What a line without a special charge code bills: the freight itself."""
UNMAPPED = "unmapped"


def read(reading: Reading) -> None:
    """Say the cost with its lines, and the shipment as the carrier weighed it."""
    b3 = reading.only("B3")
    carrier = b3.at(SCAC) or _billing_carrier(reading) or reading.instance
    reading.instance = carrier
    weighed = _weight(reading)
    cost = _cost(reading, b3, carrier, weighed)
    shipment = _shipment(reading, b3, carrier, weighed)
    _add_up(reading, cost, b3)
    reading.share()
    named = _named(reading, b3, carrier)
    reading.say(cost, classifier=Classifier.ACTUAL, references=named)
    if shipment is not None:
        reading.say(shipment, classifier=Classifier.ACTUAL, references=named)


def _billing_carrier(reading: Reading) -> str:
    """The code of the N1 in role `CA`, where it is a SCAC (element 66: `2`)."""
    for segment in reading.segments:
        if segment.tag == "N1" and segment.at(1) == "CA" and segment.at(3) == "2":
            return segment.at(4)
    return ""


def _named(reading: Reading, b3: Segment, carrier: str) -> tuple[Reference, ...]:
    """The shipment, and B3-02 both as invoice and as PRO, since carriers use it as either."""
    return (
        Reference(kind=ReferenceKind.SHIPMENT, value=b3.at(SHIPMENT)),
        Reference(kind=ReferenceKind.INVOICE, value=b3.at(NUMBER), issuer=carrier),
        Reference(kind=ReferenceKind.PRO, value=b3.at(NUMBER), issuer=carrier),
        *references(reading.segments, reading.profile, carrier),
    )


def _cost(reading: Reading, b3: Segment, carrier: str, weighed: Weight | None) -> Cost:
    of = currency(reading)
    return Cost(
        kind=CostKind.INVOICED,
        carrier=carrier,
        number=reading.required(b3, NUMBER),
        bill_type=_bill_type(reading, b3),
        total=money(reading, b3, TOTAL, of),
        lines=_lines(reading, of),
        invoiced_on=reading.parsed(values.day, b3, INVOICED_ON) if b3.at(INVOICED_ON) else None,
        weight=weighed,
        destination=place_of(parties(reading.segments), CONSIGNEES),
    )


def _bill_type(reading: Reading, b3: Segment) -> str:
    if not b3.at(CORRECTION):
        return "original"
    return reading.word("202", b3, CORRECTION) or UNMAPPED


def _lines(reading: Reading, of: str) -> tuple[CostLine, ...]:
    """A line for each L1 with an amount; the second of a loop is `1.2`, the third `1.3`."""
    header, loops = split_at("LX", reading.segments)
    lines = []
    for loop in loops or [header]:
        billed = [segment for segment in loop if segment.tag == "L1" and segment.at(4)]
        number = loop[0].at(1) if loops else "1"
        for count, l1 in enumerate(billed, start=1):
            line = number if count == 1 else f"{number}.{count}"
            lines.append(_line(reading, l1, line, _description(loop), of))
    return tuple(lines)


def _line(reading: Reading, l1: Segment, line: str, description: str, of: str) -> CostLine:
    code = l1.at(CODE)
    return CostLine(
        line=line,
        charge=(reading.word("150", l1, CODE) or UNMAPPED) if code else FREIGHT,
        amount=money(reading, l1, 4, of),
        raw_code=code,
        description=description,
    )


def _description(loop: Sequence[Segment]) -> str:
    return " ".join(each.at(2) for each in loop if each.tag == "L5" and each.at(2))


def _weight(reading: Reading) -> Weight | None:
    """L3-01; its unit is L3-12, or that of the lines (L0-11) where they agree."""
    l3 = reading.first("L3")
    if l3 is None:
        return None
    units = {each.at(11) for each in reading.segments if each.tag == "L0" and each.at(11)}
    of_lines = units.pop() if len(units) == 1 else ""
    return weight(reading, l3, 1, l3.at(12) or of_lines, 12)


def _shipment(
    reading: Reading, b3: Segment, carrier: str, weighed: Weight | None
) -> Shipment | None:
    """The shipment, unless the invoice does not name it (B3-03 is optional)."""
    if not any(sign.isalnum() for sign in b3.at(SHIPMENT)):
        return None
    who = parties(reading.segments)
    return Shipment(
        shipment=b3.at(SHIPMENT),
        carrier=carrier,
        weight=weighed,
        origin=place_of(who, SHIPPERS),
        destination=place_of(who, CONSIGNEES),
    )


def _add_up(reading: Reading, cost: Cost, b3: Segment) -> None:
    lines = total((line.amount for line in cost.lines), cost.total.currency)
    if lines.amount != cost.total.amount:
        detail = f"B3-07 is {cost.total}, the {len(cost.lines)} lines are {lines}"
        reading.remark("LINES_DO_NOT_ADD_UP", detail, b3, TOTAL)
