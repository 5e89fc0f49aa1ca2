"""What the freight invoices 210 (motor) and 310 (ocean) have in common: B3, L1 and L3.

B3-07 is the sum of the lines' L1-04, both in cents. It holds in every public invoice that
was looked at, so where it does not, something was lost or misread.
"""

from collections.abc import Sequence

from app.evidence.facts.money import Cost, CostKind, CostLine
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.amounts import currency, money, weight
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight
from app.money import total

NUMBER, SHIPMENT, INVOICED_ON, TOTAL, CORRECTION, SCAC = 2, 3, 6, 7, 8, 11
CODE, CHARGED_IN = 8, 20
"""L1-08, special charge or allowance code (element 150); L1-20, the currency of the charge."""
FREIGHT = "linehaul"
"""What a line without a special charge code bills: the freight itself."""
UNMAPPED = "unmapped"


def billing_carrier(reading: Reading, b3: Segment) -> str:
    """B3-11, else the code of the N1 in role `CA` where it is a SCAC (element 66: `2`)."""
    if b3.at(SCAC):
        return b3.at(SCAC)
    for segment in reading.segments:
        if segment.tag == "N1" and segment.at(1) == "CA" and segment.at(3) == "2":
            return segment.at(4)
    return reading.instance


def invoice_references(b3: Segment, carrier: str) -> tuple[Reference, ...]:
    """The shipment, and B3-02 both as invoice and as PRO, since carriers use it as either."""
    return (
        Reference(kind=ReferenceKind.SHIPMENT, value=b3.at(SHIPMENT)),
        Reference(kind=ReferenceKind.INVOICE, value=b3.at(NUMBER), issuer=carrier),
        Reference(kind=ReferenceKind.PRO, value=b3.at(NUMBER), issuer=carrier),
    )


def invoiced_cost(
    reading: Reading, b3: Segment, carrier: str, weighed: Weight | None, to: Place | None
) -> Cost:
    """The cost with its lines; a total that they do not come to is remarked."""
    of = currency(reading)
    cost = Cost(
        kind=CostKind.INVOICED,
        carrier=carrier,
        number=reading.required(b3, NUMBER),
        bill_type=_bill_type(reading, b3),
        total=money(reading, b3, TOTAL, of),
        lines=_lines(reading, of),
        invoiced_on=reading.parsed(dates.day, b3, INVOICED_ON) if b3.at(INVOICED_ON) else None,
        weight=weighed,
        destination=to,
    )
    add_up(reading, cost, b3, TOTAL)
    return cost


def add_up(reading: Reading, cost: Cost, segment: Segment, at: int) -> None:
    """Remark where the lines of a cost do not come to the total that the segment states."""
    lines = total((line.amount for line in cost.lines), cost.total.currency)
    if lines.amount != cost.total.amount:
        detail = f"{segment.tag}-{at:02} is {cost.total}, the {len(cost.lines)} lines are {lines}"
        reading.remark("LINES_DO_NOT_ADD_UP", detail, segment, at)


def billed_weight(reading: Reading) -> Weight | None:
    """L3-01; its unit is L3-12, or that of the lines (L0-11) where they agree."""
    l3 = reading.first("L3")
    if l3 is None:
        return None
    units = {each.at(11) for each in reading.segments if each.tag == "L0" and each.at(11)}
    of_lines = units.pop() if len(units) == 1 else ""
    return weight(reading, l3, 1, l3.at(12) or of_lines, 12)


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
    if l1.at(CHARGED_IN) not in ("", of):
        detail = f"the charge is in {l1.at(CHARGED_IN)[:8]!r}, the invoice in {of}"
        reading.refuse("VALUE_UNREADABLE", detail, l1, CHARGED_IN)
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
