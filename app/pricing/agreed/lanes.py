"""Lanes: which row of a table prices a move from here to there.

A cell names a postal code (`53214`), a ZIP3 (`532`), a city (`West Allis WI`), a state
(`WI`), a country (`country US`, because CA is a state too) or anything (`*`). The most
specific match wins, in that order; the card says which side of the lane decides first.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import msgspec

from app.evidence.facts.party import Place
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LaneOrder

LEVELS = ("postal code", "ZIP3", "city", "state", "country", "any")
"""From the most to the least specific."""


class Spot(msgspec.Struct, frozen=True):
    """A cell of a lane as it was understood."""

    level: int
    """Index into LEVELS."""
    text: str


ANYWHERE = Spot(LEVELS.index("any"), "*")
"""The cell that any place lies in, an unknown one too."""


def postal(code: str) -> str:
    """A postal code without blanks and hyphens; of a ZIP+4 the ZIP."""
    bare = "".join(sign for sign in code.upper() if sign.isalnum())
    return bare[:5] if bare.isdigit() else bare


@lru_cache(maxsize=65536)
def spot(cell: str) -> Spot:
    """The cell as it was understood.

    Raises:
        ValueError: when it is none of the ways to name a place.
    """
    words = cell.upper().split()
    if words == ["*"]:
        return ANYWHERE
    if len(words) == 2 and words[0] == "COUNTRY" and len(words[1]) == 2:
        return Spot(LEVELS.index("country"), words[1])
    bare = "".join(words).replace("-", "")
    if bare.isalnum() and any(sign.isdigit() for sign in bare):
        if len(bare) == 3:
            return Spot(LEVELS.index("ZIP3"), bare)
        if len(bare) in {5, 6, 9}:
            return Spot(LEVELS.index("postal code"), postal(bare))
    if len(words) == 1 and len(bare) == 2 and bare.isalpha():
        return Spot(LEVELS.index("state"), bare)
    if len(words) > 1 and len(words[-1]) == 2 and words[-1].isalpha():
        return Spot(LEVELS.index("city"), " ".join(words))
    raise ValueError(f"{cell!r} names no place")


def spots_over(place: Place | None) -> tuple[Spot, ...]:
    """The cells in which the place lies, from the most specific; an unknown one is anywhere."""
    if place is None:
        return (ANYWHERE,)
    code = postal(place.postal_code)
    city = " ".join(f"{place.city} {place.region}".upper().split())
    texts = (code, code[:3], city, place.region.upper().strip(), place.country.upper().strip())
    return (*(Spot(level, text) for level, text in enumerate(texts) if text), ANYWHERE)


L = TypeVar("L", bound=LaneRow)


def matching(
    rows: Iterable[L],
    origin: Place | None,
    destination: Place | None,
    freight_class: str,
    order: LaneOrder,
) -> tuple[L, ...]:
    """The most specific rows for the lane: none, one, or several that tie."""
    origins, destinations = spots_over(origin), spots_over(destination)
    found = [
        (_rank(row, order), row)
        for row in rows
        if spot(row.origin) in origins
        and spot(row.destination) in destinations
        and row.freight_class.strip().upper() in {"*", freight_class.strip().upper()}
    ]
    if not order and len({row.key for _, row in found}) > 1:
        return tuple(row for _, row in found)
    best = min((rank for rank, _ in found), default=())
    return tuple(row for rank, row in found if rank == best)


def _rank(row: LaneRow, order: LaneOrder) -> tuple[int, ...]:
    """Smaller is more specific; a row for the class itself goes before one for any."""
    sides = spot(row.origin).level, spot(row.destination).level
    any_class = int(row.freight_class.strip() == "*")
    return (*(sides if order == "origin first" else reversed(sides)), any_class)


def lane(origin: Place | None, destination: Place | None) -> str:
    """`West Allis WI 53214 to Atlanta GA 30301` for reading."""
    return f"{_shown(origin)} to {_shown(destination)}"


def _shown(place: Place | None) -> str:
    if place is None:
        return "an unknown place"
    return " ".join(part for part in (str(place), place.postal_code) if part) or "an unnamed place"
