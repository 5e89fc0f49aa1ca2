"""A rate for each thing handled: order lines, cases, cartons, pallets, extra stops.

The quantity is what was really shipped, as the warehouse confirmed it.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.evidence.correlation.journey import Journey
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.counts import Counted, count_of
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import lane_row, sharing
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced


class UnitRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one, and the least that is charged where there was any."""

    rate: Decimal
    minimum: Decimal = Decimal(0)


class PerUnit(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="per unit"):
    """What is counted, and how many of them the price of something else includes."""

    counts: Counted
    units: tuple[str, ...] = ()
    """Of `unit`: which units of measure it prices."""
    not_counted: tuple[str, ...] = ()
    """Of `unit`: units of measure that something else prices."""
    included: Decimal = Decimal(0)
    """So many are paid for elsewhere."""
    method: Literal["per_unit_1"] = "per_unit_1"
    rates: tuple[UnitRow, ...]

    def flaws(self) -> Iterator[Flaw]:
        """Units of measure that nothing counts, or that are counted and not counted."""
        if self.counts == "unit" and not self.units:
            what = "it counts units of measure and names none"
            yield Flaw(what=what, charge=self.charge, field="counts")
        for name in ("units", "not_counted") if self.counts != "unit" else ():
            if getattr(self, name):
                what = f"{self.counts}s are counted, whatever their unit of measure"
                yield Flaw(what=what, charge=self.charge, field=name)
        for unit in self.units:
            if unit in self.not_counted:
                what = f"{unit} is counted and not counted"
                yield Flaw(what=what, charge=self.charge, field="not_counted", word=unit)


def per_unit(occasion: Occasion, term: PerUnit) -> tuple[Line, ...]:
    """The count times the rate; nothing where there was nothing."""
    if moving := _still_moving(occasion, term):
        why = f"{', '.join(moving)} of the same load is not delivered; stops may follow"
        return (unpriced(term, "not_complete", why),)
    count = count_of(sharing(occasion, term.allocated_by), term.counts, term.units)
    if isinstance(count, str):
        # Stops are counted to find extra ones; none reported means none to charge.
        return () if term.counts == "stop" else (unpriced(term, "no_quantity", count),)
    unknown = _unpriced_measures(occasion, term)
    charged_for = max(count.quantity - term.included, Decimal(0))
    if not charged_for:
        return unknown
    if count.ahead:
        why = f"{', '.join(count.ahead)} is planned and not made yet"
        return (unpriced(term, "not_complete", why, inputs=count.inputs), *unknown)
    row = lane_row(occasion, term, term.rates, units=sharing(occasion, term.allocated_by))
    if isinstance(row, Unpriced):
        return (row, *unknown)
    exact = Fraction(charged_for) * Fraction(row.rate)
    text = f"{number(charged_for)} x {rate(row.rate)}"
    if term.included:
        text = f"{number(count.quantity)} less {number(term.included)} included: {text}"
    if row.minimum and exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    working = Working(
        quantity=charged_for,
        unit=" or ".join(term.units) or term.counts,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=count.inputs,
        rows=(row,),
    )
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge, *unknown)
    return (allocated(occasion, term, charge, term.allocated_by), *unknown)


def _still_moving(occasion: Occasion, term: PerUnit) -> tuple[str, ...]:
    """The units of the load that are still on the way, where the load's stops are counted."""
    if term.counts != "stop" or not term.allocated_by or len(occasion.load) == 1:
        return ()
    return tuple(unit.unit for unit in occasion.load if not Journey(unit).delivered)


def _unpriced_measures(occasion: Occasion, term: PerUnit) -> tuple[Unpriced, ...]:
    """Lines in a unit of measure that the card does not know have no price."""
    if term.counts != "unit":
        return ()
    known = {*term.units, *term.not_counted}
    return tuple(
        unpriced(
            term,
            "no_rate",
            f"line {line.line} {line.item} counts {line.unit or 'nothing'}, "
            f"which the card does not price",
            f"line {line.line}",
        )
        for line in occasion.unit.lines
        if line.shipped and line.unit not in known
    )
