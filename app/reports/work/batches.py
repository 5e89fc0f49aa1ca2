"""Customers' batches: when each closes, and what has arrived and is not in it yet.

A batch closes at a moment of the customer's calendar, and what is billed at that moment is in it.
Spans before it are counted in hours, as a clock that runs down: no day of anybody's is asked.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, islice

import msgspec

BATCHES_SHOWN = 12


class Closes(StrEnum):
    """How soon a batch closes."""

    CLOSED = "closed"
    IN_24_HOURS = "within 24 hours"
    IN_48_HOURS = "within 48 hours"
    WEEK = "within 7 days"
    MONTH = "within 30 days"
    LATER = "later"


_LESS_THAN = {
    Closes.CLOSED: timedelta(),
    Closes.IN_24_HOURS: timedelta(hours=24),
    Closes.IN_48_HOURS: timedelta(hours=48),
    Closes.WEEK: timedelta(days=7),
    Closes.MONTH: timedelta(days=30),
}
"""As long as less than so much is left."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Units whose batch closes so soon, of one currency."""

    runway: Closes
    currency: str
    units: int
    minor: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer's batch still lacks in one currency."""

    customer: str
    closes_at: datetime
    currency: str
    """Empty where nothing is priced."""
    units: int
    minor: int
    """What waits."""


def closes_in(closes_at: datetime, moment: datetime) -> Closes:
    """How soon a batch closes."""
    left = closes_at - moment
    return next((each for each, less in _LESS_THAN.items() if left < less), Closes.LATER)


def closing_when(closes: Closes, moment: datetime) -> tuple[datetime | None, datetime | None]:
    """Batches that close so soon: from the first of these moments on, before the second.

    None is no bound. `closes_in` says the same of one batch.
    """
    ends = [moment + less for less in _LESS_THAN.values()]
    place = list(Closes).index(closes)
    return (ends[place - 1] if place else None), (ends[place] if place < len(ends) else None)


def closings_of(batches: Iterable[Batch], moment: datetime) -> tuple[Closing, ...]:
    """All batches, taken together by how soon they close and by currency."""
    sums: dict[tuple[Closes, str], list[int]] = defaultdict(lambda: [0, 0])
    for batch in batches:
        found = sums[closes_in(batch.closes_at, moment), batch.currency]
        found[0] += batch.units
        found[1] += batch.minor
    return tuple(
        Closing(runway=each, currency=currency, units=units, minor=minor)
        for each in Closes
        for (of, currency), (units, minor) in sorted(sums.items())
        if of is each
    )


def coming(batches: Iterable[Batch], moment: datetime) -> tuple[Batch, ...]:
    """The batches that close next, the soonest first: at most twelve, each in every currency."""
    found = [each for each in batches if each.closes_at >= moment]
    return _first(sorted(found, key=_place))


def closed(batches: Iterable[Batch], moment: datetime) -> tuple[Batch, ...]:
    """Those that closed without all of theirs, the latest first; as many."""
    found = [each for each in batches if each.closes_at < moment]
    return _first(sorted(found, key=lambda each: (moment - each.closes_at, *_place(each)[1:])))


def _place(batch: Batch) -> tuple[datetime, str, str]:
    return batch.closes_at, batch.customer, batch.currency


def _first(batches: Iterable[Batch]) -> tuple[Batch, ...]:
    grouped = groupby(batches, key=lambda each: (each.closes_at, each.customer))
    return tuple(each for _, group in islice(grouped, BATCHES_SHOWN) for each in group)
