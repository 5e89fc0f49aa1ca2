"""Graduated prices: each part of a weight or distance at the rate of the step it lies on.

SAP Transportation Management calls it clipping: `up to 5 t 50, to 7 t 14 a ton, to 10 t 13 a
ton` prices 8 t as 50 + 2 x 14 + 1 x 13, and never the whole weight at one rate. A step may
cost an absolute amount instead, which is owed as soon as anything lies on it. Steps read
`up to`: exactly 5 t has nothing on the step that begins there.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.measures import MI_IN_KM, Weight, WeightUnit
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import StepRow, in_force
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import sharing
from app.pricing.reckoned.mileage import billed_miles
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, told, unpriced


class ClippingRow(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """One step: a rate for what lies on it, or an amount for all of it."""

    rate: Decimal | None = None
    amount: Decimal | None = None


class Clipping(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="clipping"):
    """What is cut into steps, and in which unit."""

    counts: Literal["weight", "distance"]
    unit: Literal["lb", "kg", "mi", "km"]
    """Of the bounds of the steps."""
    per: Decimal = Decimal(1)
    """So many of the unit cost the rate once: 1000 where kilograms are priced by the ton."""
    mileage: str = ""
    """Of distance: the only source that is billed."""
    method: Literal["clipping_1"] = "clipping_1"
    steps: tuple[ClippingRow, ...]

    def flaws(self) -> Iterator[Flaw]:
        """Units that do not fit, steps that leave the first part out or say no one price."""
        at: dict[str, Any] = {"charge": self.charge}
        units = ("lb", "kg") if self.counts == "weight" else ("mi", "km")
        if self.unit not in units:
            what = f"{self.counts} is not counted in {self.unit}"
            yield Flaw(what=what, field="unit", word=self.unit, allowed=units, **at)
        if self.per <= 0:
            yield Flaw(what="a rate is for more than nothing", field="per", **at)
        if (self.counts == "distance") != bool(self.mileage):
            yield Flaw(what="miles need a mileage source, and only miles", field="mileage", **at)
        if all(step.at_least for step in self.steps):
            yield Flaw(what="the first step begins at 0, or its part has no price", **at)
        for step in self.steps:
            if (step.rate is None) == (step.amount is None):
                yield Flaw(what=f"{step} says a rate or an amount, one of them", row=step, **at)


class _Measured(msgspec.Struct, frozen=True):
    """What is cut, in the unit of the steps, and who told it."""

    exact: Fraction
    inputs: tuple[Input, ...]


def clipping(occasion: Occasion, term: Clipping) -> tuple[Line, ...]:
    """The sum of the parts, each on its step."""
    measured = _measured(occasion, term)
    if isinstance(measured, Unpriced):
        return (measured,)
    steps = _steps(occasion, term, measured)
    if isinstance(steps, Unpriced):
        return (steps,)
    parts = [_part(term, step, measured.exact) for step in steps]
    texts = " + ".join(text for _, text in parts)
    working = Working(
        quantity=measured.exact,
        unit=term.unit,
        rate=steps[-1].rate if steps[-1].rate is not None else steps[-1].amount or Decimal(0),
        exact=sum((exact for exact, _ in parts), Fraction(0)),
        text=f"{number(measured.exact)} {term.unit} by steps: {texts}",
        method=term.method,
        inputs=measured.inputs,
        rows=steps,
    )
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge,)
    return (allocated(occasion, term, charge, term.allocated_by),)


def _measured(occasion: Occasion, term: Clipping) -> _Measured | Unpriced:
    if term.counts == "distance":
        miles = billed_miles(occasion, term, term.mileage, of_load=bool(term.allocated_by))
        if isinstance(miles, Unpriced):
            return miles
        return _Measured(_in_unit(miles.exact, term), (miles.told,))
    weights = [
        _weight(unit, WeightUnit(term.unit)) for unit in sharing(occasion, term.allocated_by)
    ]
    missing = next((each for each in weights if isinstance(each, str)), None)
    if missing is not None:
        return unpriced(term, "no_weight", missing)
    known = [each for each in weights if isinstance(each, _Measured)]
    exact = sum((each.exact for each in known), Fraction(0))
    return _Measured(exact, tuple(told for each in known for told in each.inputs))


def _in_unit(miles: Fraction, term: Clipping) -> Fraction:
    """Miles in the unit of the steps."""
    return miles * MI_IN_KM if term.unit == "km" else miles


def _weight(unit: BillableUnit, measure: WeightUnit) -> _Measured | str:
    weight = unit.attribute("weight")
    if not isinstance(weight, Weight) or not weight.value:
        return f"nobody tells the weight of {unit.unit}"
    return _Measured(weight.exactly_in(measure), (told(unit, "weight", weight),))


def _steps(
    occasion: Occasion, term: Clipping, measured: _Measured
) -> tuple[ClippingRow, ...] | Unpriced:
    """The steps on which something lies, from the first one up, without a hole."""
    known = in_force(term.steps, occasion.day, occasion.known_on)
    steps = sorted(known, key=lambda step: step.at_least)
    used = tuple(step for step in steps if step.at_least < measured.exact)
    what = f"{number(measured.exact)} {term.unit} on {occasion.day.isoformat()}"
    if any(low.below != high.at_least for low, high in pairwise(used)):
        why = f"the steps of {term.charge} leave a hole or overlap below {what}"
        return unpriced(term, "ambiguous_rate", why, inputs=measured.inputs)
    whole = used and not used[0].at_least
    if not whole or (used[-1].below is not None and used[-1].below < measured.exact):
        why = f"the steps of {term.charge} do not reach from 0 to {what}"
        return unpriced(term, "no_rate", why, inputs=measured.inputs)
    return used


def _part(term: Clipping, step: ClippingRow, measured: Fraction) -> tuple[Fraction, str]:
    """What the step costs, and how that reads: `5 x 14.00`, or the absolute `50.00`."""
    if step.amount is not None:
        return Fraction(step.amount), money(step.amount)
    assert step.rate is not None, "a step says a rate or an amount"
    top = measured if step.below is None else min(measured, Fraction(step.below))
    quantity = (top - Fraction(step.at_least)) / Fraction(term.per)
    return quantity * Fraction(step.rate), f"{number(quantity)} x {rate(step.rate)}"
