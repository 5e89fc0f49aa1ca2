"""Bands of a rate table: what is measured, in which unit, and to which band a bound belongs.

Published tables differ about the bound itself, so nothing is assumed: each band declares
its interval. A table has any number of bands, and a row holds where all of them do.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar, Literal

import msgspec

from app.pricing.agreed.rows import LaneRow
from app.pricing.lines.wording import number

Interval = Literal["from inclusive, to exclusive", "both inclusive", "from exclusive, to inclusive"]
"""Which of its two bounds belong to a band."""

Measured = Literal["weight", "distance", "cwt miles", "pallets", "transit_days"]
"""What a band is of; `cwt miles` are hundredweights times miles."""

BandUnit = Literal["lb", "kg", "cwt", "mi", "km", "each"]

Rounding = Literal["", "half up", "up", "down"]
"""How a measure is brought to the decimals of the bounds; empty: it is taken as told."""

Precedence = Literal["", "most keys named", "first row", "lowest price"]
"""Which of several rows counts; empty: none of them, the price is ambiguous."""

ENDLESS = Fraction(10**40)
"""Above whatever can be told; stands for a bound that is not there."""

BELOW_ALL = Fraction(-1)

ANY = "*"
"""The cell of a key that any value matches."""


class Band(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dimension of a table; its name stands before ` from` and ` to` of two columns."""

    of: Measured
    unit: BandUnit
    decimals: int
    """The decimals with which bounds are published, and beyond which nothing is a gap."""
    interval: Interval
    rounded: Rounding = ""
    mileage: str = ""
    """Of a distance: the only source whose miles count."""

    def taken(self, measure: Fraction) -> Fraction:
        """The measure as it is compared; no amount of money is rounded here."""
        if not self.rounded:
            return measure
        steps = measure * 10**self.decimals
        match self.rounded:
            case "half up":
                whole = (steps + Fraction(1, 2)) // 1
            case "up":
                whole = -(-steps // 1)
            case _:
                whole = steps // 1
        return Fraction(whole, 10**self.decimals)

    def holds(self, low: Fraction, value: Fraction, high: Fraction) -> bool:
        """Whether the value lies in the band of these bounds."""
        match self.interval:
            case "both inclusive":
                return low <= value <= high
            case "from exclusive, to inclusive":
                return low < value <= high
            case _:
                return low <= value < high

    def meet(self, one: "Bounds", other: "Bounds") -> bool:
        """Whether two bands share a value."""
        low, high = max(one[0], other[0]), min(one[1], other[1])
        return low <= high if self.interval == "both inclusive" else low < high

    @property
    def step(self) -> Fraction:
        """The distance from the end of a band to the next, without a gap at the decimals."""
        return Fraction(1, 10**self.decimals) if self.interval == "both inclusive" else Fraction(0)


Bounds = tuple[Fraction, Fraction]


class BandRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """A price for one set of keys and one band in each dimension.

    A bound that is left empty is open; a key is never empty: `*` says that any value will do.
    """

    COLUMNS: ClassVar[Mapping[str, str]] = {
        "keys": "{}",
        "lower": "{} from",
        "upper": "{} to",
    }
    NAMED_BY: ClassVar[Mapping[str, str]] = {"keys": "keys", "lower": "bands", "upper": "bands"}
    keys: dict[str, str] = msgspec.field(default_factory=dict)
    lower: dict[str, Decimal] = msgspec.field(default_factory=dict)
    upper: dict[str, Decimal] = msgspec.field(default_factory=dict)
    rate: Decimal
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Keys, lane and bounds: a later known row of the same supersedes."""
        bounds = (
            f"{name} {side} {_exact(bound)}"
            for side, bounds in (("from", self.lower), ("to", self.upper))
            for name, bound in sorted(bounds.items())
        )
        return (*self.alike, *bounds)

    @property
    def alike(self) -> tuple[str, ...]:
        """Keys and lane: rows that share them differ by their bands."""
        named = (f"{name}={same(value)}" for name, value in sorted(self.keys.items()))
        return (*named, *self.lane)

    @property
    def lane(self) -> tuple[str, ...]:
        """Origin, destination and freight class."""
        return super().key

    def bounds(self, band: str) -> Bounds:
        """From and to; an open end is beyond whatever can be told."""
        low, high = self.lower.get(band), self.upper.get(band)
        return (
            BELOW_ALL if low is None else _exact(low),
            ENDLESS if high is None else _exact(high),
        )


@lru_cache(maxsize=65536)
def _exact(bound: Decimal) -> Fraction:
    """The bound as it is compared; tables have the same ones over and over."""
    return Fraction(bound)


@lru_cache(maxsize=65536)
def same(text: str) -> str:
    """A word of a key as it is compared: capitals and blanks make no difference."""
    return " ".join(text.upper().split())


def shown(band: Band, bounds: Bounds) -> str:
    """`5,400 to below 5,600`, `65 to 69.99`, `above 10 to 20`, `from 25,001`."""
    low, high = bounds
    to = "to below" if band.interval == "from inclusive, to exclusive" else "to"
    before = "above " if band.interval == "from exclusive, to inclusive" else ""
    if high == ENDLESS:
        return f"{before or 'from '}{number(max(low, Fraction(0)))}"
    return f"{before}{number(max(low, Fraction(0)))} {to} {number(high)}"
