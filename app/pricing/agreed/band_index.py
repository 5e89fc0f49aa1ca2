"""Finding the rows of a banded table without reading the table for each shipment.

Made once for a table and a span of days on which the same rows count, then kept: rows are
looked up by their keys, and within them band after band by bisection.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

import msgspec

from app.pricing.agreed.bands import ANY, Band, BandRow, Bounds, same
from app.pricing.agreed.rows import in_force

KEPT = 64
"""So many tables, each for one span of days, are kept ready."""

Keys = tuple[str, ...]


class Table:
    """Rows with what finds them, known by their identity: rows are never changed."""

    def __init__(self, rows: tuple[BandRow, ...], names: Keys, bands: Mapping[str, Band]) -> None:
        self.rows = rows
        self.names = names
        self.bands = bands

    def __hash__(self) -> int:
        return hash((id(self.rows), id(self.bands)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Table)
            and self.rows is other.rows
            and self.bands is other.bands
            and self.names == other.names
        )

    def on(self, day: date, known_on: date) -> "Index":
        """The rows that count on the day as it was known then, ready to be found."""
        changes, known = _changes(self)
        return _index(self, _last(changes, day), _last(known, known_on))


@lru_cache(maxsize=KEPT)
def _changes(table: Table) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The days on which other rows begin to count, and those on which more are known."""
    days = {row.effective_from for row in table.rows}
    days |= {row.effective_before for row in table.rows if row.effective_before is not None}
    return tuple(sorted(days)), tuple(sorted({row.known_from for row in table.rows}))


def _last(days: tuple[date, ...], day: date) -> date:
    """The last of the days up to this one: between two of them nothing changes."""
    at = bisect_right(days, day)
    return days[at - 1] if at else date.min


@lru_cache(maxsize=KEPT)
def _index(table: Table, day: date, known_on: date) -> "Index":
    at = {id(row): place for place, row in enumerate(table.rows)}
    return Index(in_force(table.rows, day, known_on), table.names, table.bands, at)


class Index:
    """Rows by keys, and below them by bands."""

    def __init__(
        self,
        rows: Iterable[BandRow],
        names: Keys,
        bands: Mapping[str, Band],
        at: Mapping[int, int],
    ) -> None:
        self.bands = tuple(sorted(bands.items()))
        self.at = at
        """Where each row stands on the card, by its identity."""
        by_keys: dict[Keys, list[BandRow]] = defaultdict(list)
        for row in rows:
            by_keys[tuple(same(row.keys.get(name, "")) for name in names)].append(row)
        self.by_keys = {keys: tuple(mine) for keys, mine in by_keys.items()}
        self.open = {tuple(value == ANY for value in keys) for keys in by_keys}
        self.branches: dict[Keys, _Branch] = {}

    def of_keys(self, keys: Keys) -> tuple[BandRow, ...]:
        """The rows for these keys, whatever their bands."""
        return tuple(row for mine in self._patterns(keys) for row in self.by_keys[mine])

    def holding(self, keys: Keys, values: Mapping[str, Fraction]) -> tuple[BandRow, ...]:
        """The rows for these keys whose bands all hold their values, in the card's order."""
        measures = tuple(values[name] for name, _ in self.bands)
        found = (row for mine in self._patterns(keys) for row in self._branch(mine).rows(measures))
        return tuple(sorted(found, key=lambda row: self.at[id(row)]))

    def _patterns(self, keys: Keys) -> Iterator[Keys]:
        """The keys themselves, and with `*` wherever some row has one."""
        words = tuple(map(same, keys))
        for pattern in self.open:
            mine = tuple(
                ANY if any_will_do else word
                for any_will_do, word in zip(pattern, words, strict=True)
            )
            if mine in self.by_keys:
                yield mine

    def _branch(self, keys: Keys) -> "_Branch":
        if keys not in self.branches:
            self.branches[keys] = _Branch(self.by_keys[keys], self.bands)
        return self.branches[keys]


class _Span(msgspec.Struct, frozen=True):
    """Rows that share one band of one dimension."""

    bounds: Bounds
    below: "_Branch"


class _Branch:
    """The bands of the first dimension by their lower bounds, each with what is below it."""

    def __init__(self, rows: tuple[BandRow, ...], bands: tuple[tuple[str, Band], ...]) -> None:
        self.all = rows
        self.band: Band | None = None
        if not bands:
            return
        (name, self.band), *rest = bands
        by_bounds: dict[Bounds, list[BandRow]] = defaultdict(list)
        for row in rows:
            by_bounds[row.bounds(name)].append(row)
        self.spans = tuple(
            _Span(bounds, _Branch(tuple(by_bounds[bounds]), tuple(rest)))
            for bounds in sorted(by_bounds)
        )
        self.lows = tuple(span.bounds[0] for span in self.spans)
        self.reached = tuple(accumulate((span.bounds[1] for span in self.spans), max))

    def rows(self, measures: tuple[Fraction, ...]) -> Iterator[BandRow]:
        """The rows all of whose bands hold the measures."""
        if self.band is None:
            yield from self.all
            return
        value, *rest = measures
        # What begins later cannot hold it, and before `first` everything has ended.
        first = bisect_left(self.reached, value)
        for span in self.spans[first : bisect_right(self.lows, value)]:
            if self.band.holds(span.bounds[0], value, span.bounds[1]):
                yield from span.below.rows(tuple(rest))
