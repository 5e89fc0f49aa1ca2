"""Extra services at a rate: each time, by the minute, hour or day, or by hundredweight.

Tariffs price some services by what the shipment weighs: in-bond freight 4.60 per cwt, minimum
95.50, maximum 467.90 (Holland 2016).
"""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.measures import Weight, WeightUnit
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.limits import within
from app.pricing.lines.wording import number, rate
from app.pricing.reckoned.loads import claimed_for, shared
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, told, unpriced
from app.pricing.told.claims import Claim, claims

MINUTES = {"minute": 1, "hour": 60, "day": 1440}


class AccessorialRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one, the least and the most for one service."""

    rate: Decimal
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None


class ExtraService(Term, frozen=True, kw_only=True, omit_defaults=True, tag="accessorial"):
    """A service that is owed when somebody claims it under this charge code."""

    unit: Literal["each", "minute", "hour", "day", "cwt"] = "each"
    """By hundredweight: the shipment's weight is the quantity, whatever was claimed."""
    shared_by: Shared = ""
    """How shipments of a load bear a service that was claimed for several of them at once."""
    otherwise_by: tuple[Shared, ...] = ()
    """Where a shipment does not tell that: the first of these which all shipments tell."""
    method: Literal["accessorial_1"] = "accessorial_1"
    rates: tuple[AccessorialRow, ...]

    @property
    def shared_instead(self) -> tuple[Shared, ...]:
        """By what the card shares it where the agreed basis is missing."""
        return self.otherwise_by


def accessorial(occasion: Occasion, term: ExtraService) -> tuple[Line, ...]:
    """A line for each claim; whether it was approved is judged, not priced."""
    return tuple(
        _line(occasion, term, claim)
        for claim in claims(occasion.unit)
        if claim.charge == term.charge
    )


class _Owed(msgspec.Struct, frozen=True):
    """How many of the card's unit are paid for, and from what that was read."""

    quantity: Fraction
    inputs: tuple[Input, ...]


def _line(occasion: Occasion, term: ExtraService, claim: Claim) -> Line:
    together = claimed_for(occasion, claim, term.shared_by)
    by_weight = term.unit == "cwt"
    owed = _weighed(term, claim, together) if by_weight else _claimed(term, claim)
    if isinstance(owed, Unpriced):
        return owed
    row = lane_row(occasion, term, term.rates, claim.accessorial, together)
    if isinstance(row, Unpriced):
        return row
    text = f"{number(owed.quantity)}{' cwt' if by_weight else ''} x {rate(row.rate)}"
    exact, text = within(owed.quantity * Fraction(row.rate), text, row.minimum, row.maximum)
    working = Working(
        quantity=owed.quantity,
        unit=term.unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=owed.inputs,
        rows=(row,),
        subject=claim.accessorial,
    )
    return shared(occasion, term, charged(occasion, term, working), together, term.shared_by)


def _claimed(term: ExtraService, claim: Claim) -> _Owed | Unpriced:
    quantity = _quantity(term, claim)
    if isinstance(quantity, str):
        return unpriced(term, "no_quantity", quantity, claim.accessorial, (claim.told,))
    return _Owed(quantity, (claim.told,))


def _weighed(
    term: ExtraService, claim: Claim, together: tuple[BillableUnit, ...]
) -> _Owed | Unpriced:
    """The hundredweights of what the service was rendered for, once.

    A claim that tells a quantity of its own other than once disputes the weight.
    """
    quantity, inputs = Fraction(0), [claim.told]
    for unit in together:
        weight = unit.attribute("weight")
        if not isinstance(weight, Weight) or not weight.value:
            why = f"nobody tells the weight of {unit.unit}, by which {claim.charge} is priced"
            return unpriced(term, "no_weight", why, claim.accessorial, (claim.told,))
        quantity += weight.exactly_in(WeightUnit.LB) / 100
        inputs.append(told(unit, "weight", weight))
    once = claim.quantities in {(), (1,)} and claim.units in {(), ("each",)}
    same = tuple(map(Fraction, claim.quantities)) == (quantity,) and claim.units == ("cwt",)
    if once or same:
        return _Owed(quantity, tuple(inputs))
    name = f"{claim.charge} {claim.accessorial}"
    why = f"{name} is claimed as {claim.told.value}, and the weight is {number(quantity)} cwt"
    return unpriced(term, "no_quantity", why, claim.accessorial, inputs)


def _quantity(term: ExtraService, claim: Claim) -> Fraction | str:
    """How many of the card's unit; a service counted `each` is one unless told otherwise."""
    name = f"{claim.charge} {claim.accessorial}"
    if len(claim.quantities) > 1 or len(claim.units) > 1:
        return f"{name} is claimed with different quantities: {claim.told.value}"
    unit = claim.units[0] if claim.units else term.unit
    if not claim.quantities:
        return Fraction(1) if term.unit == "each" else f"{name} does not say how many {term.unit}s"
    quantity = Fraction(claim.quantities[0])
    if unit == term.unit:
        return quantity
    if unit in MINUTES and term.unit in MINUTES:
        return quantity * MINUTES[unit] / MINUTES[term.unit]
    return f"{name} is claimed by the {unit}, the card prices it by the {term.unit}"
