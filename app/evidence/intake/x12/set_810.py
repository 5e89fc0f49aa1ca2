"""810, invoice of a supplier or warehouse to us: what it charges, line by line.

A line is what IT1 bills (quantity times price), an allowance or charge (SAC), or a tax
(TXI); together they are TDS-01, the total in cents. Our word for a line is found by the
product or service number of IT1 (element 234) and by the code of SAC (element 1300).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.evidence.facts.fact import Classifier
from app.evidence.facts.money import Cost, CostKind, CostLine
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import money
from app.evidence.intake.x12.freight_bill import UNMAPPED, add_up
from app.evidence.intake.x12.numbers import references
from app.evidence.intake.x12.parties import parties, party_of
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.money import MINOR_UNITS, Money, rounded_half_up

INVOICED_ON, NUMBER, PURCHASE_ORDER, TYPE = 1, 2, 4, 7
SUPPLIERS = ("RI", "SU", "SE", "VN")
"""N1-01 of whoever is to be paid: remit to, supplier, selling party, vendor."""
QUANTITY, PRICE = 2, 4
PRODUCTS = (7, 9, 11, 13)
ALLOWED, CODE, AMOUNT, HANDLING, DESCRIPTION = 1, 2, 5, 12, 15
SIGNS = {"A": -1, "C": 1}
"""SAC-01 (element 248): an allowance is taken off, a charge is put on."""
NEITHER = "N"
"""SAC-01: no allowance or charge."""
NOT_BILLED = frozenset(("01", "03", "05", "09", "10", "15"))
"""SAC-12 (element 331) of what is settled beside the invoice: bill back, vendor's check, ..."""
TAX = "tax"


def read(reading: Reading) -> None:
    """Say one cost whose lines add up to its total."""
    big, tds = reading.only("BIG"), reading.only("TDS")
    supplier = _supplier(reading)
    of = _currency(reading)
    cost = Cost(
        kind=CostKind.INVOICED,
        carrier=supplier,
        number=reading.required(big, NUMBER),
        bill_type=_bill_type(reading, big),
        total=money(reading, tds, 1, of),
        lines=tuple(_lines(reading, of)),
        invoiced_on=reading.parsed(dates.day, big, INVOICED_ON) if big.at(INVOICED_ON) else None,
    )
    add_up(reading, cost, tds, 1)
    named = (
        Reference(kind=ReferenceKind.CUSTOMER_PO, value=big.at(PURCHASE_ORDER)),
        *references(reading.segments, reading.profile, _scac(reading)),
        *_carried_by(reading),
    )
    reading.say(cost, classifier=Classifier.ACTUAL, references=named)


def _supplier(reading: Reading) -> str:
    """The code of whoever is to be paid, else the sender."""
    who = parties(reading.segments)
    for role in SUPPLIERS:
        named = party_of(who, role)
        if named and named.party.code:
            return named.party.code
    return reading.instance


def _currency(reading: Reading) -> str:
    """CUR-02, or the profile's currency where the transaction has no CUR."""
    cur = reading.first("CUR")
    if cur is None or not cur.at(2):
        if reading.profile.currency is None:
            reading.refuse("VALUE_MISSING", "no currency is given", reading.segments[0])
        return reading.profile.currency
    if cur.at(2) not in MINOR_UNITS:
        detail = f"currency {cur.at(2)[:8]!r} is not known; known: {', '.join(MINOR_UNITS)}"
        reading.refuse("VALUE_UNREADABLE", detail, cur, 2)
    return cur.at(2)


def _bill_type(reading: Reading, big: Segment) -> str:
    """BIG-07 (element 640): a debit is an invoice like any other, a credit takes one back."""
    if not big.at(TYPE):
        return "original"
    return reading.word("640", big, TYPE) or UNMAPPED


def _lines(reading: Reading, of: str) -> Iterator[CostLine]:
    """The lines of header, items and summary in the order of the message."""
    header, loops = split_at("IT1", reading.segments)
    yield from _extras(reading, header, "0", of)
    for count, loop in enumerate(loops, start=1):
        number = loop[0].at(1) or str(count)
        yield _billed(reading, loop, number, of)
        yield from _extras(reading, loop, number, of)


def _billed(reading: Reading, loop: Sequence[Segment], number: str, of: str) -> CostLine:
    it1 = loop[0]
    product = next((it1.at(at) for at in PRODUCTS if it1.at(at)), "")
    quantity = reading.parsed(values.quantity, it1, QUANTITY)
    exact = quantity * reading.parsed(values.number, it1, PRICE)
    return CostLine(
        line=number,
        charge=_charge(reading, "234", it1, 7, product),
        amount=_in_cents(reading, it1, exact, of),
        raw_code=product,
        description=" ".join(each.at(5) for each in loop if each.tag == "PID" and each.at(5)),
    )


def _charge(reading: Reading, element: str, segment: Segment, at: int, code: str) -> str:
    """Our word for a code that may stand in one of several elements."""
    return reading.profile.word(element, code) or reading.word(element, segment, at) or UNMAPPED


def _in_cents(reading: Reading, segment: Segment, exact: Decimal, of: str) -> Money:
    """The amount payable; one with more decimals is rounded half up, as the total was."""
    rounded = rounded_half_up(exact, of)
    if rounded.amount != exact:
        reading.remark("AMOUNT_ROUNDED", f"{exact} became {rounded}", segment, PRICE)
    return rounded


def _extras(
    reading: Reading, segments: Sequence[Segment], number: str, of: str
) -> Iterator[CostLine]:
    """Allowances, charges and taxes among the segments, numbered after what they follow."""
    count = 1
    for segment in segments:
        line = None
        if segment.tag == "SAC":
            line = _allowance_or_charge(reading, segment, f"{number}.{count + 1}", of)
        elif segment.tag == "TXI" and segment.at(2):
            line = _tax(reading, segment, f"{number}.{count + 1}", of)
        if line is not None:
            count += 1
            yield line


def _allowance_or_charge(reading: Reading, sac: Segment, number: str, of: str) -> CostLine | None:
    if sac.at(ALLOWED) == NEITHER or not sac.at(AMOUNT) or sac.at(HANDLING) in NOT_BILLED:
        return None
    sign = SIGNS.get(sac.at(ALLOWED))
    if sign is None:
        detail = f"{sac.at(ALLOWED)[:8]!r} is neither an allowance (A) nor a charge (C)"
        reading.refuse("VALUE_UNREADABLE", detail, sac, ALLOWED)
    amount = money(reading, sac, AMOUNT, of)
    return CostLine(
        line=number,
        charge=reading.word("1300", sac, CODE) or UNMAPPED,
        amount=amount if sign > 0 else -amount,
        raw_code=sac.at(CODE),
        description=sac.at(DESCRIPTION),
    )


def _tax(reading: Reading, txi: Segment, number: str, of: str) -> CostLine:
    exact = reading.parsed(values.number, txi, 2)
    return CostLine(
        line=number, charge=TAX, amount=_in_cents(reading, txi, exact, of), raw_code=txi.at(1)
    )


def _carried_by(reading: Reading) -> tuple[Reference, ...]:
    """CAD-07 and CAD-08: the carrier's reference, of the kind the profile maps it to."""
    found = (
        Segment("REF", (cad.at(7), cad.at(8)), cad.offset)
        for cad in reading.segments
        if cad.tag == "CAD" and cad.at(7)
    )
    return references(found, reading.profile, _scac(reading))


def _scac(reading: Reading) -> str:
    """CAD-04, the carrier that brought it."""
    cad = reading.first("CAD")
    return cad.at(4) if cad else ""
