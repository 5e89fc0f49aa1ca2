"""Ranges of ZIP codes as carriers print them in zone charts and lists of delivery areas."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.party import Place
from app.pricing.agreed.lanes import postal
from app.pricing.agreed.rows import Row

DIGITS = (3, 5)
"""A ZIP3 or a whole ZIP; the longer one is the more specific."""

R = TypeVar("R", bound=Row)


class ZipRange(msgspec.Struct, frozen=True):
    """From the first to the last, both included, with equally many digits."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        """Whether the ZIP lies in it."""
        return self.first <= code[: len(self.first)] <= self.last

    def meets(self, other: "ZipRange") -> bool:
        """Whether both are equally specific and hold some ZIP in common."""
        alike = len(self.first) == len(other.first)
        return alike and self.first <= other.last and other.first <= self.last


@lru_cache(maxsize=65536)
def zip_range(first: str, last: str) -> ZipRange:
    """The range; without a last one it is the first alone.

    Raises:
        ValueError: when it is no range of ZIPs or ZIP3s.
    """
    last = last or first
    for code in (first, last):
        if not (code.isascii() and code.isdigit() and len(code) in DIGITS):
            raise ValueError(f"{code!r} is neither a ZIP of 5 digits nor a ZIP3")
    if len(first) != len(last) or last < first:
        raise ValueError(f"{first} to {last} is not a range")
    return ZipRange(first, last)


def zip_at(unit: BillableUnit, side: str, country: str) -> str:
    """The ZIP of `origin` or `destination`; empty where there is none in that country."""
    place = unit.attribute(side)
    if not isinstance(place, Place) or place.country.upper() not in {"", country.upper()}:
        return ""
    code = postal(place.postal_code)
    return code if code.isascii() and code.isdigit() and len(code) == max(DIGITS) else ""


def meeting(ranges: Iterable[tuple[ZipRange, R]]) -> Iterator[tuple[R, R]]:
    """Pairs of rows whose ranges meet; sorted first, for charts have thousands of rows."""
    active: list[tuple[ZipRange, R]] = []
    for span, row in sorted(ranges, key=lambda each: (len(each[0].first), each[0].first)):
        active = [(each, other) for each, other in active if each.meets(span)]
        yield from ((other, row) for _, other in active)
        active.append((span, row))
