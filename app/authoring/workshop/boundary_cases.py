"""What the numbers at, just below and just above each bound of a table find.

Off by one at a bound is the mistake that nobody sees in a table and everybody sees on an
invoice. Each case can be held against the paper agreement, and turned into a test.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

import msgspec

from app.pricing.agreed.rows import StepRow, in_force
from app.pricing.agreed.table_index import near_number
from app.pricing.agreed.term import Term
from app.pricing.lines.wording import rate
from app.pricing.rating.proof import tables_of
from app.pricing.shapes.cwt_breaks import CwtBreaks


class BoundaryCase(msgspec.Struct, frozen=True, kw_only=True):
    """A number at or beside a bound, and what it finds."""

    charge: str
    table: str = ""
    """The table with the bounds; empty where the charge itself names them."""
    on: str = ""
    """The day, where the bounds have one."""
    value: str
    """With the decimals in which bounds and numbers are told."""
    unit: str = ""
    finds: str
    """The number of the row or the name of the break; empty where nothing holds it."""

    def __str__(self) -> str:
        """`fuel_surcharge, tables/fuel.csv on 2026-01-01: 2.901 finds row 9`."""
        where = f", {self.table}" if self.table else ""
        day = f" on {self.on}" if self.on else ""
        number = f"{self.value} {self.unit}".strip()
        what = "row" if self.table else "break"
        finds = f"{what} {self.finds}" if self.finds else "nothing"
        return f"{self.charge}{where}{day}: {number} finds {finds}"


def boundary_cases(term: Term) -> Iterator[BoundaryCase]:
    """The cases of a charge's step tables and weight breaks."""
    if isinstance(term, CwtBreaks):
        yield from _of_breaks(term)
    for rows in tables_of(term):
        steps = tuple(row for row in rows if isinstance(row, StepRow))
        if steps:
            yield from _of_steps(term, steps)


def steps_now(steps: tuple[StepRow, ...]) -> tuple[date, tuple[StepRow, ...]]:
    """The steps as all that is known leaves them, on the day on which the last row begins."""
    on = max(step.effective_from for step in steps)
    return on, in_force(steps, on, date.max)


def _of_steps(term: Term, steps: tuple[StepRow, ...]) -> Iterator[BoundaryCase]:
    on, current = steps_now(steps)
    bounds = {step.at_least for step in current}
    bounds |= {step.below for step in current if step.below is not None}
    places = _places(bounds) if term.step_decimals is None else term.step_decimals
    for value in _beside(bounds, places):
        found = [step.row for step in near_number(current, value) if step.holds(value)]
        yield BoundaryCase(
            charge=term.charge,
            table=steps[0].table,
            on=on.isoformat(),
            value=rate(value),
            finds=" and ".join(found),
        )


def _of_breaks(term: CwtBreaks) -> Iterator[BoundaryCase]:
    """The break a real weight falls in, before a higher one may turn out cheaper."""
    bounds = set(term.breaks.values())
    if term.weight_below is not None:
        bounds.add(term.weight_below)
    for value in _beside(bounds, _places(bounds)):
        priced = term.weight_below is None or value < term.weight_below
        reached = [name for name, lowest in term.ascending if lowest <= value and priced]
        if value:
            yield BoundaryCase(
                charge=term.charge,
                value=rate(value),
                unit=str(term.weight_unit),
                finds=reached[-1] if reached else "",
            )


def _places(bounds: Iterable[Decimal]) -> int:
    """The most decimals that any bound is written with."""
    return max((-int(bound.as_tuple().exponent) for bound in bounds), default=0)


def _beside(bounds: Iterable[Decimal], places: int) -> list[Decimal]:
    """Each bound, and the next number below and above it; nothing is below zero."""
    step = Decimal(1).scaleb(-max(places, 0))
    near = (value for bound in bounds for value in (bound - step, bound, bound + step))
    return sorted({value.quantize(step) for value in near if value >= 0})
