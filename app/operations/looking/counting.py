"""Figures over everything: counted at once where that is cheap, else as somebody last counted.

What takes long is counted by a loop, and rests so many times as long as it took: counting never
takes more than a small part of a process, however much there is.
"""

from collections.abc import Callable
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
    """One set of figures, and how it is counted."""

    name: str
    kind: type[T]
    count: Callable[[Store, datetime], T]


class AsOf(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Figures, and the moment of which they are."""

    figures: T
    at: datetime


def as_counted(house: House, store: Store, counting: Counting[T]) -> AsOf[T]:
    """The figures for a page: as they are now where counting is cheap or was never done."""
    known = store.counted.known(counting.name)
    moment = house.now()
    if known is None or known.took_ms <= CHEAP_MS:
        return AsOf(figures=counting.count(store, moment), at=moment)
    return AsOf(figures=msgspec.json.decode(known.body, type=counting.kind), at=known.counted_at)


def keep_counted(house: House, counting: Counting[T]) -> int:
    """Count anew, unless that was done a moment ago; always tells that nothing more waits."""
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        known = store.counted.known(counting.name)
        if known is not None:
            rest = max(SOONEST, timedelta(milliseconds=known.took_ms) * RESTS)
            if known.counted_at <= moment < known.counted_at + rest:
                return 0
        begun = perf_counter()
        figures = counting.count(store, moment)
        took_ms = round((perf_counter() - begun) * 1000)
    kept = Figures(name=counting.name, body=canonical(figures), counted_at=moment, took_ms=took_ms)
    with house.database.writing(house.tenant) as store:
        store.counted.keep(kept)
    return 0
