"""A minimum for the whole unit, as a true-up line of its own."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, rate
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import (
    Line,
    Occasion,
    Working,
    base_amount,
    base_charges,
    charged,
    without_base,
)


class MinimumRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The least that the named charges come to together."""

    amount: Decimal


class Minimum(Term, frozen=True, kw_only=True, omit_defaults=True, tag="minimum"):
    """Raises the sum of the charges it names to an amount."""

    without_charges: bool = False
    """Whether it is owed even where nothing was charged: the minimum of an empty month."""
    method: Literal["minimum_1"] = "minimum_1"
    rates: tuple[MinimumRow, ...]


def minimum(occasion: Occasion, term: Minimum) -> tuple[Line, ...]:
    """What is missing to the minimum; nothing where nothing was charged, unless agreed."""
    if missing := without_base(occasion, term):
        return (missing,)
    lines = base_charges(occasion)
    if not lines and not term.without_charges:
        return ()
    row = lane_row(occasion, term, term.rates)
    if isinstance(row, Unpriced):
        return (row,)
    base = base_amount(occasion)
    if base >= row.amount:
        return ()
    exact = Fraction(row.amount) - base
    working = Working(
        quantity=Decimal(1),
        unit="each",
        rate=row.amount,
        exact=exact,
        text=f"minimum {rate(row.amount)} less {money(base)} charged",
        method=term.method,
        inputs=tuple(Input(name=line.code, value=str(line.amount)) for line in lines),
        rows=(row,),
    )
    return (charged(occasion, term, working),)
