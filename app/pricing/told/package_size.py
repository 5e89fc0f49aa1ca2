"""Whether a package is beyond a size or weight that the contract names.

Length is the longest side, girth twice the sum of the other two (UPS and FedEx service guides).
"""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.packages import MeasuredPackage
from app.measures import WeightUnit
from app.pricing.agreed.rows import Row
from app.pricing.lines.wording import number, rate

EachSide = Literal["nearest", "up", "none"]
"""How one side is rounded to inches; `nearest` makes 1.50 to 2."""


class MeasuredRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """A row that holds for packages beyond at least one of the measures it names.

    Inches, cubic inches and pounds of actual weight; each bound itself is not beyond.
    """

    each_side: EachSide = "none"
    """How a side is rounded before it is measured."""
    longest_side_above: Decimal | None = None
    second_side_above: Decimal | None = None
    length_and_girth_above: Decimal | None = None
    cubic_inches_above: Decimal | None = None
    weight_above: Decimal | None = None

    @property
    def measures_sides(self) -> bool:
        """Whether it depends on how large the package is."""
        return any(
            bound is not None
            for bound in (
                self.longest_side_above,
                self.second_side_above,
                self.length_and_girth_above,
                self.cubic_inches_above,
            )
        )

    @property
    def measures_anything(self) -> bool:
        """Whether it names a measure at all."""
        return self.measures_sides or self.weight_above is not None


class Lacking(msgspec.Struct, frozen=True):
    """A measure on which it depends is not known."""

    what: Literal["sides", "weight"]


def measured(package: MeasuredPackage, row: MeasuredRow) -> str | Lacking:
    """The measure by which the package is beyond, in words; empty where by none."""
    lacking: Lacking | None = None
    if row.weight_above is not None:
        pounds = package.weight.exactly_in(WeightUnit.LB) if package.weight else None
        if pounds is None:
            lacking = Lacking("weight")
        elif pounds > row.weight_above:
            return f"{number(pounds)} lb above {rate(row.weight_above)} lb"
    if not row.measures_sides:
        return lacking or ""
    if not package.sides:
        return Lacking("sides")
    return _beyond(_sizes(rounded_sides(package, row.each_side)), row) or lacking or ""


def _beyond(sizes: "_Sizes", row: MeasuredRow) -> str:
    bounds = (
        ("longest side", sizes.longest, row.longest_side_above),
        ("second side", sizes.second, row.second_side_above),
        ("length and girth", sizes.length_and_girth, row.length_and_girth_above),
        ("cubic inches", sizes.volume, row.cubic_inches_above),
    )
    for name, value, bound in bounds:
        if bound is not None and value > bound:
            return f"{name} {number(value)} above {rate(bound)}"
    return ""


def rounded_sides(package: MeasuredPackage, each: EachSide) -> tuple[Fraction, ...]:
    """The sides in whole inches as the contract rounds them, in the order in which they were told.

    Rounding point of each side; it is never half to even: 1.50 and 2.50 go up.
    """
    exact = tuple(Fraction(side) for side in package.sides)
    match each:
        case "nearest":
            return tuple(Fraction((side + Fraction(1, 2)) // 1) for side in exact)
        case "up":
            return tuple(Fraction(-(-side // 1)) for side in exact)
        case "none":
            return exact


class _Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """A package by the measures that contracts name."""

    longest: Fraction
    second: Fraction
    length_and_girth: Fraction
    volume: Fraction


def _sizes(sides: tuple[Fraction, ...]) -> _Sizes:
    third, second, longest = sorted(sides)
    return _Sizes(
        longest=longest,
        second=second,
        length_and_girth=longest + 2 * (second + third),
        volume=longest * second * third,
    )
