"""Weights, distances and moments as sources state them, and their exact conversion."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its UTC offset; a time without one is refused at intake."""

LB_IN_KG = Fraction(45359237, 100000000)  # by definition, exact
MI_IN_KM = Fraction(1609344, 1000000)  # the international mile, exact


MOST_DIGITS = 15
"""Before or after the point; nothing in freight needs more, and sums stay exact."""


def refuse_nonsense(name: str, value: Decimal) -> None:
    """Raise ValueError when a quantity is not a number or is negative."""
    if not value.is_finite():
        raise ValueError(f"{name} is {value}, which is not a number")
    if value and abs(value.adjusted()) > MOST_DIGITS:
        raise ValueError(f"{name} is {value}, which is beyond {MOST_DIGITS} digits")
    if value < 0:
        raise ValueError(f"{name} is {value}; it must be 0 or more")


class WeightUnit(StrEnum):
    """Units of weight that mean one thing only; a bare `ton` or `cwt` does not."""

    LB = "lb"
    KG = "kg"


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight as its source stated it."""

    value: Decimal
    unit: WeightUnit

    def __post_init__(self) -> None:
        """Refuse a weight that nothing can have."""
        refuse_nonsense("weight", self.value)

    def exactly_in(self, unit: WeightUnit) -> Fraction:
        """The same weight in another unit, as an exact fraction."""
        if unit is self.unit:
            return Fraction(self.value)
        if unit is WeightUnit.KG:
            return Fraction(self.value) * LB_IN_KG
        return Fraction(self.value) / LB_IN_KG

    def __str__(self) -> str:
        """`5,472 lb`."""
        return f"{plain(self.value)} {self.unit}"


class DistanceUnit(StrEnum):
    """Units of distance."""

    MI = "mi"
    KM = "km"


class Distance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A distance and who measured it; audits dispute the source before the number."""

    value: Decimal
    unit: DistanceUnit
    measured_by: str

    def __post_init__(self) -> None:
        """Refuse a distance that nothing can have."""
        refuse_nonsense("distance", self.value)

    def exactly_in(self, unit: DistanceUnit) -> Fraction:
        """The same distance in another unit, as an exact fraction."""
        if unit is self.unit:
            return Fraction(self.value)
        if unit is DistanceUnit.KM:
            return Fraction(self.value) * MI_IN_KM
        return Fraction(self.value) / MI_IN_KM

    def __str__(self) -> str:
        """`786 mi (PC*MILER)`."""
        return f"{plain(self.value)} {self.unit} ({self.measured_by})"


def plain(value: Decimal) -> str:
    """A decimal for reading: thousands separated, no trailing zeros, never an exponent."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
