"""Indexes of rate tables: a price is found in a million rows as fast as in a thousand.

An index never decides. It names the few rows that can matter for a lane, a key or a
number, in the order of the table; `in_force` and `matching` then read those as they would
read the whole table, and come to the same. So a set of rows it names is closed: with a row
come all versions of its number and all rows of its key, because those may supersede it.

Tables are told apart by identity, and the memory holds on to them, so that no other table
can come to the same identity while its index is remembered.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Generic, TypeVar

from app.evidence.facts.party import Place
from app.pricing.agreed.lanes import Spot, spot, spots_over
from app.pricing.agreed.rows import LaneRow, Row, StepRow, words

SMALL = 64
"""Up to so many rows are read as they stand."""

REMEMBERED = 64
"""So many tables keep their index; a card has about ten."""

R = TypeVar("R", bound=Row)
L = TypeVar("L", bound=LaneRow)
S = TypeVar("S", bound=StepRow)

Positions = int | tuple[int, ...]
"""Where rows stand in their table; one alone needs no tuple."""


class _Table(Generic[R]):
    """A table that is told apart by identity and not by its rows."""

    def __init__(self, rows: tuple[R, ...]) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return id(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Table) and self.rows is other.rows


class _Cells(Generic[R]):
    """Where the rows of each cell stand."""

    def __init__(self, rows: tuple[R, ...], cells: Iterable[Hashable]) -> None:
        self.rows = rows
        self.at = _grouped(cells)
        self.versions = versions(rows)

    def closed(self, cells: Iterable[Hashable]) -> tuple[R, ...]:
        """The rows of the cells with all versions of their numbers, as the table has them."""
        positions: set[int] = set()
        for cell in cells:
            found = self.at.get(cell, ())
            positions.update((found,) if isinstance(found, int) else found)
        return _with_versions(self.rows, positions, self.versions)

    def groups(self) -> Iterator[tuple[R, ...]]:
        """The rows of each cell that holds more than one."""
        for positions in self.at.values():
            if not isinstance(positions, int):
                yield tuple(self.rows[position] for position in positions)


class _Lanes(_Cells[L]):
    """The rows by lane and class; a cell is one number, so that a million of them fit."""

    def __init__(self, rows: tuple[L, ...]) -> None:
        self.spots: dict[Spot, int] = {}
        self.classes: dict[str, int] = {}
        super().__init__(rows, self._cells(rows))

    def _cells(self, rows: tuple[L, ...]) -> Iterator[int]:
        known: dict[str, int] = {}
        for row in rows:
            for name in (row.origin, row.destination):
                if name not in known:
                    known[name] = self.spots.setdefault(spot(name), len(self.spots))
            of_class = self.classes.setdefault(words(row.freight_class), len(self.classes))
            yield _cell(known[row.origin], known[row.destination], of_class)

    def near(
        self, origin: Place | None, destination: Place | None, freight_class: str
    ) -> tuple[L, ...]:
        """The rows of every cell that holds the lane: at most six by six, by two classes."""
        sides = (
            [self.spots[each] for each in spots_over(place) if each in self.spots]
            for place in (origin, destination)
        )
        named = {words(freight_class), "*"}
        classes = [self.classes[each] for each in named if each in self.classes]
        return self.closed(_cell(*each) for each in product(*sides, classes))


class _Steps(Generic[S]):
    """The rows by where their steps begin."""

    def __init__(self, rows: tuple[S, ...]) -> None:
        self.rows = rows
        self.order = sorted(range(len(rows)), key=lambda position: rows[position].at_least)
        self.begins = [rows[position].at_least for position in self.order]
        self.reach = tuple(_reach(rows[position].below for position in self.order))
        self.versions = versions(rows)

    def near(self, value: Fraction) -> tuple[S, ...]:
        """The rows that begin no later, back to where none reaches the value any more."""
        end = first = bisect_right(self.begins, value)
        while first and _beyond(self.reach[first - 1], value):
            first -= 1
        while 0 < first < end and self.begins[first - 1] == self.begins[first]:
            first -= 1
        return _with_versions(self.rows, set(self.order[first:end]), self.versions)


def near_lane(
    rows: Iterable[L], origin: Place | None, destination: Place | None, freight_class: str
) -> Iterable[L]:
    """The rows that can matter for a lane; all of them where the table is small.

    Rows whose key is of a shape's own are left to that shape.
    """
    if not isinstance(rows, tuple) or len(rows) <= SMALL:
        return rows
    index: _Lanes[L] | None = _lanes(_Table(rows))
    return rows if index is None else index.near(origin, destination, freight_class)


def near_key(rows: Iterable[R], key: tuple[str, ...]) -> Iterable[R]:
    """The rows that can matter for a key; all of them where the table is small."""
    if not isinstance(rows, tuple) or len(rows) <= SMALL:
        return rows
    index: _Cells[R] = _keys(_Table(rows))
    return index.closed([key])


def near_number(rows: Iterable[S], value: Fraction | Decimal) -> Iterable[S]:
    """The steps that can matter for a number; all of them where the table is small."""
    if not isinstance(rows, tuple) or len(rows) <= SMALL or not _own_key(rows, StepRow):
        return rows
    index: _Steps[S] = _steps(_Table(rows))
    return index.near(Fraction(value))


def one_lane(rows: tuple[Row, ...]) -> bool:
    """Whether the rows are told apart by lane and class alone."""
    return _own_key(rows, LaneRow)


def alike(rows: tuple[R, ...]) -> Iterator[tuple[R, ...]]:
    """The rows that price the same lane and class, or bear one key, where there are several."""
    table: _Table[Any] = _Table(rows)
    yield from (_lanes(table) or _keys(table)).groups()


def versions(rows: tuple[Row, ...]) -> dict[str, tuple[int, ...]]:
    """Where the rows stand whose number more than one row bears."""
    seen: set[str] = set()
    again: set[str] = set()
    for row in rows:
        (again if row.row in seen else seen).add(row.row)
    found: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(rows) if again else ():
        if row.row in again:
            found[row.row].append(position)
    return {number: tuple(positions) for number, positions in found.items()}


@lru_cache(maxsize=REMEMBERED)
def _lanes(table: _Table[Any]) -> _Lanes[Any] | None:
    """None where rows are no lanes, or have keys of their own."""
    return _Lanes(table.rows) if _own_key(table.rows, LaneRow) else None


@lru_cache(maxsize=REMEMBERED)
def _keys(table: _Table[Any]) -> _Cells[Any]:
    return _Cells(table.rows, (row.key for row in table.rows))


@lru_cache(maxsize=REMEMBERED)
def _steps(table: _Table[Any]) -> _Steps[Any]:
    return _Steps(table.rows)


def _own_key(rows: tuple[Row, ...], kind: type[Row]) -> bool:
    """Whether what the rows price is told by the kind alone and not by a shape."""
    return all(issubclass(each, kind) and each.key is kind.key for each in set(map(type, rows)))


def _cell(origin: int, destination: int, freight_class: int) -> int:
    return (origin << 48) | (destination << 24) | freight_class


def _grouped(cells: Iterable[Hashable]) -> dict[Hashable, Positions]:
    at: dict[Hashable, Positions] = {}
    several: dict[Hashable, list[int]] = {}
    for position, cell in enumerate(cells):
        first = at.setdefault(cell, position)
        if first != position and isinstance(first, int):
            several.setdefault(cell, [first]).append(position)
    at.update((cell, tuple(positions)) for cell, positions in several.items())
    return at


def _with_versions(
    rows: tuple[R, ...], positions: set[int], again: dict[str, tuple[int, ...]]
) -> tuple[R, ...]:
    if again:
        for number in {rows[position].row for position in positions} & again.keys():
            positions.update(again[number])
    return tuple(rows[position] for position in sorted(positions))


def _reach(ends: Iterable[Decimal | None]) -> Iterator[Decimal | None]:
    """Up to where any step reaches that begins here or before; None for no end."""
    furthest: Decimal | None = Decimal("-Infinity")
    for end in ends:
        furthest = None if end is None or furthest is None else max(furthest, end)
        yield furthest


def _beyond(end: Decimal | None, value: Fraction) -> bool:
    return end is None or value < end
