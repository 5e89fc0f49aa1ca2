"""Truckload linehaul: miles times a rate, with a minimum."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import lane_row, sharing
from app.pricing.reckoned.mileage import billed_miles
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged


class MileRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate a mile of one lane."""

    rate: Decimal
    minimum: Decimal = Decimal(0)


class PerMile(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="per mile"):
    """A rate a mile; `mileage` names the source whose miles are billed."""

    mileage: str
    method: Literal["per_mile_1"] = "per_mile_1"
    rates: tuple[MileRow, ...]


def per_mile(occasion: Occasion, term: PerMile) -> tuple[Line, ...]:
    """The linehaul of the unit, or its share of the load's."""
    miles = billed_miles(occasion, term, term.mileage, of_load=bool(term.allocated_by))
    if isinstance(miles, Unpriced):
        return (miles,)
    row = lane_row(occasion, term, term.rates, units=sharing(occasion, term.allocated_by))
    if isinstance(row, Unpriced):
        return (row,)
    exact = miles.exact * Fraction(row.rate)
    text = f"{number(miles.exact)} mi x {rate(row.rate)}"
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    working = Working(
        quantity=miles.exact,
        unit="mi",
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=(miles.told,),
        rows=(row,),
    )
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge,)
    return (allocated(occasion, term, charge, term.allocated_by),)
