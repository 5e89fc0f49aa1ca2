"""By what one freight bill is recognised as another that came before: keys in four tiers.

K1  carrier, invoice number as normalised, bill type
K2  carrier, PRO, bill type, amount
K3  carrier, BOL or load, set of charges, delivered at most a day apart
K4  container or tracking number, extra service, days of service that overlap

The same number, however it is spelt, is the same bill sent again; the others are signs of one:
a bill sent again under a new number, by a factor and the carrier, or waiting that is billed
once with the freight and once by itself. Trade practice looks back 18 months, as long as a
carrier may sue for its charges (49 U.S.C. 14705); a unit's bills are compared however far apart.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostLine
from app.evidence.facts.reference import ReferenceKind

_NOISE = re.compile(r"[\s#-]")
FREIGHT = frozenset({"linehaul", "fuel_surcharge", "discount", "minimum_charge", "freight"})
"""What the carriage itself is billed as; anything else is an extra service."""
AROUND = timedelta(days=1)
"""Deliveries so far apart may be one delivery, told twice."""


def plain_number(number: str) -> str:
    """`INV-000123`, `inv 123` and `123` are one number."""
    bare = _NOISE.sub("", number.upper()).removeprefix("INV").lstrip("0")
    return bare or number


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """What a bill says that may give it away as another's repetition."""

    carrier: str
    number: str
    """Normalised."""
    bill_type: str
    amount: str
    charges: tuple[tuple[str, str], ...]
    """Charge and what all its lines come to, sorted; empty where the bill tells no lines."""
    pros: frozenset[str]
    bols: frozenset[str]
    loads: frozenset[str]
    boxes: frozenset[str]
    """Containers and tracking numbers."""
    lines: tuple[CostLine, ...]
    delivered_on: date | None = None

    @property
    def charge_set(self) -> frozenset[str]:
        """The charges it bills."""
        return frozenset(charge for charge, _ in self.charges)


def carrier_of(said: Cost) -> str:
    """The carrier's code as it is compared."""
    return said.carrier.strip().upper()


def trail_of(fact: Fact, delivered_on: date | None = None) -> Trail:
    """The trail of a carrier's invoice; who knows it says when the freight was delivered."""
    said = fact.said
    assert isinstance(said, Cost), "costs are chosen by type"
    sums: dict[str, list[CostLine]] = {}
    for line in said.lines:
        sums.setdefault(line.charge, []).append(line)
    return Trail(
        carrier=carrier_of(said),
        number=plain_number(said.number),
        bill_type=said.bill_type,
        amount=f"{said.total.amount.normalize():f} {said.total.currency}",
        charges=tuple(
            (charge, f"{sum((each.amount.amount for each in lines), Decimal(0)).normalize():f}")
            for charge, lines in sorted(sums.items())
        ),
        pros=_keys(fact, ReferenceKind.PRO),
        bols=_keys(fact, ReferenceKind.BOL),
        loads=_keys(fact, ReferenceKind.LOAD),
        boxes=_keys(fact, ReferenceKind.CONTAINER) | _keys(fact, ReferenceKind.TRACKING),
        lines=said.lines,
        delivered_on=delivered_on,
    )


def _keys(fact: Fact, kind: ReferenceKind) -> frozenset[str]:
    return frozenset(each.key for each in fact.references if each.kind is kind)


def tier_of(bill: Trail, earlier: Trail) -> str:
    """The strongest tier in which the bill repeats the earlier one; empty where in none."""
    same_kind = bill.carrier == earlier.carrier and bill.bill_type == earlier.bill_type
    if same_kind and bill.number == earlier.number:
        return "K1"
    if same_kind and bill.amount == earlier.amount and bill.pros & earlier.pros:
        return "K2"
    if bill.bill_type != "original" or earlier.bill_type != "original":
        return ""
    if bill.carrier == earlier.carrier and _same_freight(bill, earlier):
        return "K3"
    return "K4" if _overlap(bill, earlier) else ""


def says_the_same(bill: Trail, earlier: Trail) -> bool:
    """Whether two bills ask for the same: one amount, and the same charges where both tell them."""
    told = bool(bill.charges and earlier.charges)
    return bill.amount == earlier.amount and (not told or bill.charges == earlier.charges)


def _same_freight(bill: Trail, earlier: Trail) -> bool:
    """One BOL, or one load where not each names a BOL of its own; and the same charges.

    The amount stands in for the charges of bills of which one tells no lines.
    """
    told = bool(bill.charges and earlier.charges)
    same = bill.charge_set == earlier.charge_set if told else bill.amount == earlier.amount
    if bill.bols and earlier.bols:
        named = bool(bill.bols & earlier.bols)
    else:
        named = bool(bill.loads & earlier.loads)
    return same and named and _near(bill.delivered_on, earlier.delivered_on)


def _near(one: date | None, other: date | None) -> bool:
    """A day that nobody knows keeps nothing apart."""
    return one is None or other is None or abs(one - other) <= AROUND


def _overlap(bill: Trail, earlier: Trail) -> bool:
    if not bill.boxes & earlier.boxes:
        return False
    pairs = ((one, other) for one in bill.lines for other in earlier.lines)
    return any(
        one.charge == other.charge and one.charge not in FREIGHT and _same_days(one, other)
        for one, other in pairs
    )


def _same_days(one: CostLine, other: CostLine) -> bool:
    """Days that are not told keep nothing apart; a line without an end bills one day."""
    if one.service_from is None or other.service_from is None:
        return True
    return one.service_from <= (other.service_to or other.service_from) and (
        other.service_from <= (one.service_to or one.service_from)
    )


def extra_services_of(charges: Iterable[str]) -> frozenset[str]:
    """Of these charges those that are no part of the carriage itself."""
    return frozenset(charges) - FREIGHT
