"""Handling of what came into the warehouse or left it, from the movements of a period.

Counted again, moved within the warehouse or found is not handled for the customer: an
adjustment or a relocation owes nothing here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.evidence.facts.warehouse import MovementReason
from app.pricing.agreed.rows import Row, in_force
from app.pricing.agreed.term import StockTerm
from app.pricing.lines.charge import Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.billed_period import billed_period
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.told.stock import Moved, movements_of


class HandlingRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one, and the least that is charged where there was any."""

    rate: Decimal
    minimum: Decimal = Decimal(0)


class MovementHandling(
    StockTerm, frozen=True, kw_only=True, omit_defaults=True, tag="movement handling"
):
    """Which movements of the period owe handling, and whether each or what moved is counted.

    Where handling in and out are both billed at receipt, `movements: received` has one rate.
    """

    movements: Literal["received", "moved out", "received and moved out"]
    per: Literal["quantity", "movement"] = "quantity"
    """The unit of measure in `counts`, or each movement as one line."""
    method: Literal["movement_handling_1"] = "movement_handling_1"
    rates: tuple[HandlingRow, ...]


def movement_handling(occasion: Occasion, term: MovementHandling) -> tuple[Line, ...]:
    """What moved in the period times the rate; nothing where nothing moved that way."""
    period = billed_period(occasion, term)
    if isinstance(period, Unpriced):
        return (period,)
    every = movements_of(occasion.unit, term, period.ends_before)
    if isinstance(every, str):
        return (unpriced(term, "no_quantity", every),)
    moved = tuple(each for each in every if period.holds(each.day) and _is_handled(each, term))
    if not moved:
        return ()
    row = only(
        occasion, term, in_force(term.rates, occasion.day, occasion.known_on), term.movements
    )
    if isinstance(row, Unpriced):
        return (row,)
    return (_line(occasion, term, row, moved),)


def _is_handled(moved: Moved, term: MovementHandling) -> bool:
    if moved.reason is MovementReason.ADJUSTMENT:
        return False
    match term.movements:
        case "received":
            return moved.quantity > 0
        case "moved out":
            return moved.quantity < 0
        case _:
            return True


def _line(
    occasion: Occasion, term: MovementHandling, row: HandlingRow, moved: tuple[Moved, ...]
) -> Line:
    by_day = dict(_by_day(moved, term))
    quantity = sum(by_day.values(), Fraction(0))
    unit = term.counts if term.per == "quantity" else "movement"
    counted = " + ".join(f"{number(each)} ({day})" for day, each in by_day.items())
    exact = quantity * Fraction(row.rate)
    text = f"{counted} = {number(quantity)} {unit} x {rate(row.rate)}"
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    working = Working(
        quantity=quantity,
        unit=unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=tuple(each.told(term.counts) for each in moved),
        rows=(row,),
    )
    return charged(occasion, term, working)


def _by_day(moved: Iterable[Moved], term: MovementHandling) -> Iterator[tuple[str, Fraction]]:
    """How much was handled on each day, in the order of the days."""
    days: dict[date, Fraction] = defaultdict(Fraction)
    for each in moved:
        days[each.day] += abs(each.quantity) if term.per == "quantity" else 1
    return ((day.isoformat(), days[day]) for day in sorted(days))
