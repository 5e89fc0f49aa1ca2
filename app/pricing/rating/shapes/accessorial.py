"""Extra services at a rate: each time, or by the minute, hour or day."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.evidence.correlation.unit import BillableUnit
from app.pricing.rating.charge import Unpriced
from app.pricing.rating.claims import Claim, claims
from app.pricing.rating.loads import shared
from app.pricing.rating.lookup import lane_row
from app.pricing.rating.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.rating.rows import LaneRow
from app.pricing.rating.term import Shared, Term
from app.pricing.rating.wording import money, number, rate

MINUTES = {"minute": 1, "hour": 60, "day": 1440}


class AccessorialRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one, the least and the most for one service."""

    rate: Decimal
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None


class ExtraService(Term, frozen=True, kw_only=True, omit_defaults=True, tag="accessorial"):
    """A service that is owed when somebody claims it under this charge code."""

    unit: Literal["each", "minute", "hour", "day"] = "each"
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


def _line(occasion: Occasion, term: ExtraService, claim: Claim) -> Line:
    quantity = _quantity(term, claim)
    if isinstance(quantity, str):
        return unpriced(term, "no_quantity", quantity, claim.accessorial, (claim.told,))
    together = _together(occasion, claim) if term.shared_by else (occasion.unit,)
    row = lane_row(occasion, term, term.rates, claim.accessorial, together)
    if isinstance(row, Unpriced):
        return row
    exact = quantity * Fraction(row.rate)
    text = f"{number(quantity)} x {rate(row.rate)}"
    if exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    if row.maximum is not None and exact > row.maximum:
        text += f" = {money(exact)}, capped at {rate(row.maximum)}"
        exact = Fraction(row.maximum)
    working = Working(
        quantity=quantity,
        unit=term.unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=(claim.told,),
        rows=(row,),
        subject=claim.accessorial,
    )
    return shared(occasion, term, charged(occasion, term, working), together, term.shared_by)


def _together(occasion: Occasion, claim: Claim) -> tuple[BillableUnit, ...]:
    """The shipments of the load that the same claim is about."""
    return tuple(
        unit
        for unit in occasion.load
        if unit.unit == occasion.unit.unit or unit.facts.keys() & set(claim.told.fact_ids)
    )


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
