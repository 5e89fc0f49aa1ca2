"""Dimensional weight: what a package is billed as weighing, by its size or by the scale.

`billable = max(actual, sides / divisor)`, both rounded up to the contract's step. Divisor and
rounding are dated: UPS and FedEx divided by 166 before they divided by 139, rounded each side
to the nearest inch (1.50 is 2) and, from August 2025, round each side up. Each package has its
own weight; a shipment's is their sum.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.packages import MeasuredPackage
from app.measures import WeightUnit
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import number, rate
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Occasion, unpriced
from app.pricing.reckoned.shipped_packages import package_told
from app.pricing.reckoned.zone_chart import ANY, fits, word
from app.pricing.told.package_size import (
    Lacking,
    MeasuredRow,
    measured,
    rounded_sides,
)

Missing = Literal["hold", "actual weight"]
"""What follows where nobody told the sides of a package."""


class DimensionalRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """How size and weight make the billable weight of one service, in inches and pounds."""

    service: str = ANY
    each_side: Literal["nearest", "up", "none", "not counted"]
    """How a side is rounded; `not counted`: the scale alone decides."""
    divisor: Decimal | None = None
    weight_step: Decimal
    """Both weights are rounded up to a multiple of it."""
    above_cubic_inches: Decimal = Decimal(0)
    """Up to this volume the scale alone decides."""

    @property
    def key(self) -> tuple[str, ...]:
        """The service."""
        return (word(self.service),)


class MinimumWeightRow(MeasuredRow, frozen=True, kw_only=True, omit_defaults=True):
    """The least that a package beyond these measures is billed as weighing, in pounds."""

    name: str
    minimum_weight: Decimal

    @property
    def key(self) -> tuple[str, ...]:
        """What such a package is called."""
        return (word(self.name),)


class Billable(msgspec.Struct, frozen=True, kw_only=True):
    """The weight that is billed, with its working."""

    pounds: Fraction
    text: str
    inputs: tuple[Input, ...]
    rows: tuple[Row, ...]
    rejected: tuple[str, ...] = ()


def billable_weight(
    occasion: Occasion,
    term: Term,
    package: MeasuredPackage,
    service: str,
    dimensional: tuple[DimensionalRow, ...],
    minimums: tuple[MinimumWeightRow, ...],
    missing: Missing,
) -> Billable | Unpriced:
    """The weight of one package by the contract's rows of the day."""
    read = package_told(package)
    if package.weight is None or not package.weight.value:
        why = f"the weight of package {package.package} is " + (
            "0" if package.weight else "told by nobody"
        )
        return unpriced(term, "no_weight", why, package.package, read)
    row = _row(occasion, term, package, service, dimensional)
    if isinstance(row, Unpriced):
        return row
    if row.each_side != "not counted" and not package.sides and missing == "hold":
        return without_sides(term, package)
    billable = _heavier(package, row, read)
    for least in minimums:
        met = measured(package, least)
        if isinstance(met, Lacking):
            if missing == "hold":
                return without_sides(term, package)
        elif met and billable.pounds < least.minimum_weight:
            billable = _raised(billable, least, met)
    return billable


def without_sides(term: Term, package: MeasuredPackage) -> Unpriced:
    """The price depends on the sides of the package, and they are not known."""
    why = f"nobody tells length, width and height of package {package.package}"
    return unpriced(term, "no_dimensions", why, package.package, package_told(package))


def _row(
    occasion: Occasion,
    term: Term,
    package: MeasuredPackage,
    service: str,
    rows: tuple[DimensionalRow, ...],
) -> DimensionalRow | Unpriced:
    found = tuple(row for row in rows if fits(row.service, service))
    own = tuple(row for row in found if row.service.strip() != ANY)
    what = f"the billable weight of {service or 'any service'}"
    return only(occasion, term, own or found, what, package.package)


def _heavier(package: MeasuredPackage, row: DimensionalRow, read: tuple[Input, ...]) -> Billable:
    """By the scale or by size; where both are equal, by the scale."""
    assert package.weight is not None, "a package without a weight was turned away"
    step = Fraction(row.weight_step)
    pounds = package.weight.exactly_in(WeightUnit.LB)
    actual = up_to(pounds, step)
    in_pounds = "" if package.weight.unit is WeightUnit.LB else f" = {number(pounds)} lb"
    by_scale = f"{package.weight}{in_pounds}{_stepped(pounds, actual, step)}"
    if not package.sides or row.each_side == "not counted":
        return Billable(pounds=actual, text=by_scale, inputs=read, rows=(row,))
    sides = rounded_sides(package, row.each_side)
    volume = sides[0] * sides[1] * sides[2]
    if volume <= row.above_cubic_inches:
        small = f"{number(volume)} cubic in, not above {number(row.above_cubic_inches)}"
        return Billable(
            pounds=actual, text=by_scale, inputs=read, rows=(row,), rejected=(f"by size: {small}",)
        )
    assert row.divisor, "a table without a divisor is refused when the card is read"
    exact = volume / Fraction(row.divisor)
    dimensional = up_to(exact, step)
    by_size = (
        f"{' x '.join(number(side) for side in sides)} = {number(volume)} cubic in / "
        f"{rate(row.divisor)} = {number(exact)} lb{_stepped(exact, dimensional, step)}"
    )
    if row.each_side != "none":
        told = " x ".join(number(each) for each in package.sides)
        by_size = f"{told} in, each side {row.each_side}: {by_size}"
    if dimensional > actual:
        rejected = (f"by the scale: {by_scale}; lighter than {number(dimensional)} lb",)
        return Billable(
            pounds=dimensional, text=by_size, inputs=read, rows=(row,), rejected=rejected
        )
    than = "not heavier than" if dimensional == actual else "lighter than"
    rejected = (f"by size: {by_size}; {than} {number(actual)} lb",)
    return Billable(pounds=actual, text=by_scale, inputs=read, rows=(row,), rejected=rejected)


def up_to(exact: Fraction, step: Fraction) -> Fraction:
    """The next multiple of the step, the number itself where it is one."""
    return -(-exact // step) * step


def _stepped(exact: Fraction, stepped: Fraction, step: Fraction) -> str:
    """`, up to 8 lb`, or nothing where it was a multiple of the step."""
    if exact == stepped:
        return ""
    by = "" if step == 1 else f" by steps of {number(step)} lb"
    return f", up{by} to {number(stepped)} lb"


def _raised(billable: Billable, least: MinimumWeightRow, met: str) -> Billable:
    text = (
        f"{billable.text}; {least.name}, {met}: billed as at least {rate(least.minimum_weight)} lb"
    )
    return msgspec.structs.replace(
        billable,
        pounds=Fraction(least.minimum_weight),
        text=text,
        rows=(*billable.rows, least),
    )


def weight_flaws(
    term: Term, dimensional: tuple[DimensionalRow, ...], minimums: tuple[MinimumWeightRow, ...]
) -> Iterator[Flaw]:
    """A divisor or step of nothing, and minimum weights that nothing triggers."""
    for row in dimensional:
        if row.each_side == "not counted" and row.divisor is not None:
            what = "the sides are not counted, and there is a divisor"
            yield Flaw(what=what, charge=term.charge, row=row, field="divisor")
        if row.each_side != "not counted" and not row.divisor:
            what = "the volume is divided by nothing"
            yield Flaw(what=what, charge=term.charge, row=row, field="divisor")
        if row.weight_step <= 0:
            what = "a weight is rounded up to a multiple of something"
            yield Flaw(what=what, charge=term.charge, row=row, field="weight_step")
    for least in minimums:
        if not least.measures_anything:
            what = f"{least} has a minimum weight and no measure from which it holds"
            yield Flaw(what=what, charge=term.charge, row=least, field="minimum_weight")
