"""A fixed amount for the unit or its load, by lane where the table says so."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Unpriced
from app.pricing.lines.wording import rate
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import lane_row, sharing
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged


class FlatRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The amount for one lane."""

    amount: Decimal


class Flat(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="flat"):
    """An amount that is owed once, whatever was moved."""

    method: Literal["flat_1"] = "flat_1"
    rates: tuple[FlatRow, ...]


def flat(occasion: Occasion, term: Flat) -> tuple[Line, ...]:
    """The fixed amount; zero only where a row says zero."""
    row = lane_row(occasion, term, term.rates, units=sharing(occasion, term.allocated_by))
    if isinstance(row, Unpriced):
        return (row,)
    working = Working(
        quantity=Decimal(1),
        unit="load" if term.allocated_by else "each",
        rate=row.amount,
        exact=Fraction(row.amount),
        text=f"1 x {rate(row.amount)}",
        method=term.method,
        rows=(row,),
    )
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge,)
    return (allocated(occasion, term, charge, term.allocated_by),)
