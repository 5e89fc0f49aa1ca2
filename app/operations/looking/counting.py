"""Figures over everything: counted at once where that is cheap, else as somebody last counted.

What takes long is counted by a loop, and rests so many times as long as it took: counting never
takes more than a small part of a process, however much there is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Generic, TypeVar

import msgspec

from app.digest import canonical
from app.infrastructure.storage.counted import Figures
from app.infrastructure.storage.store import Store
from app.operations.house import House

CHEAP_MS = 30
"""What takes no longer is counted whenever somebody asks."""
RESTS = 20
"""Times as long as it took."""
SOONEST = timedelta(seconds=5)
T = TypeVar("T", bound=msgspec.Struct)


class Counting(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One set of figures as pages ask for it, and how it is counted."""

    name: str
    kind: type[T]
    count: Callable[[Store, datetime], T]
    cheap_ms: int = CHEAP_MS
    """What takes no longer is counted for each page."""

    def __post_init__(self) -> None:
        """Make known what is read, before threads begin: see app/operations/prepared.py."""
        msgspec.json.Decoder(self.kind)


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted in one go and kept, in one row or in several."""

    name: str
    """The row that says when it was last counted, and how long it took."""
    count: Callable[[Store, datetime], Mapping[str, object]]
    """Every row by its name, that one among them."""
    soonest: timedelta = SOONEST
    """It rests at least so long."""


class AsOf(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Figures, and the moment of which they are."""

    figures: T
    at: datetime
    fresh: bool
    """Whether they were counted just now."""


def as_counted(
    house: House, store: Store, counting: Counting[T], at: datetime | None = None
) -> AsOf[T]:
    """The figures for a page: as they are now where counting is cheap or was never done.

    Args:
        house: where.
        store: what is counted.
        counting: what of it.
        at: of what moment, where it is counted; None: of now.
    """
    known = store.counted.known(counting.name)
    if known is None or known.took_ms <= counting.cheap_ms:
        moment = at or house.now()
        return AsOf(figures=counting.count(store, moment), at=moment, fresh=at is None)
    figures = msgspec.json.decode(known.body, type=counting.kind)
    return AsOf(figures=figures, at=known.counted_at, fresh=False)


def keep_counted(house: House, keeping: Keeping) -> bool:
    """Count anew and keep it, unless that was done a moment ago; whether it was counted."""
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        if _rests(store.counted.known(keeping.name), keeping.soonest, moment):
            return False
        begun = perf_counter()
        rows = keeping.count(store, moment)
        took_ms = round((perf_counter() - begun) * 1000)
    assert keeping.name in rows, "else it would be counted without a rest"
    with house.database.writing(house.tenant) as store:
        for name, figures in rows.items():
            body = canonical(figures)
            store.counted.keep(Figures(name=name, body=body, counted_at=moment, took_ms=took_ms))
    return True


def _rests(known: Figures | None, soonest: timedelta, moment: datetime) -> bool:
    """Whether it was counted so lately that it is too soon to count again."""
    if known is None:
        return False
    rest = max(soonest, timedelta(milliseconds=known.took_ms) * RESTS)
    return known.counted_at <= moment < known.counted_at + rest
