"""A row or item as the mapping sees it: its values by path, its place, its digest."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

import msgspec

from app.digest import digest_of
from app.errors import Place
from app.evidence.intake.explained import plainly
from app.evidence.intake.mapped.paths import Found, follow, parsed

LONGEST_PLACE = 200


class Shown(str):
    """A number as the cell of a workbook shows it; no decimal comma is looked for in it."""

    __slots__ = ()


class Unreadable(msgspec.Struct, frozen=True):
    """A cell whose value is not certain; it refuses the row only where it is asked for."""

    why: str


Cell = str | Shown | date | datetime | Unreadable


class Record(Protocol):
    """What a mapping is applied to."""

    def values(self, path: str) -> tuple[Found, ...]:
        """Every value the path leads to; null and blank text are none."""
        ...

    def within(self, path: str) -> tuple["Record", ...]:
        """The items the path leads to."""
        ...

    def place(self, at: str = "") -> Place:
        """Where a value of it stands, or where it stands itself."""
        ...

    def digest(self, without: Collection[str] = ()) -> str:
        """The digest of everything in it but the keys left out.

        Raises:
            ValueError: it holds what no text can.
        """
        ...


class Row:
    """A row of a table; a path is the name of a column."""

    def __init__(self, cells: Mapping[str, Cell], spots: Mapping[str, Place], place: Place) -> None:
        self._cells, self._spots, self._place = cells, spots, place

    def values(self, path: str) -> tuple[Found, ...]:
        """The one cell, unless it is blank."""
        cell = self._cells.get(path)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return ()
        return (Found(cell.strip() if type(cell) is str else cell, path),)

    def within(self, path: str) -> tuple[Record, ...]:
        """A row has no items."""
        raise AssertionError(f"a mapping of a table was accepted with the path {path}")

    def place(self, at: str = "") -> Place:
        """The line, and of a value the column and its name."""
        spot = self._spots.get(at)
        if spot is None:
            return self._place
        return msgspec.structs.replace(
            self._place, column=spot.column, field=f"{spot.field}{self._row(spot)}{at}"
        )

    def _row(self, spot: Place) -> str:
        return f"{self._place.line} " if spot.field else ""

    def digest(self, without: Collection[str] = ()) -> str:
        """Of the cells by column; a cell that cannot be read enters as why."""
        return digest_of({name: _kept(c) for name, c in self._cells.items() if name not in without})


def _kept(cell: Cell) -> str:
    if isinstance(cell, Unreadable):
        return cell.why
    return cell if isinstance(cell, str) else cell.isoformat()


class Item:
    """An item of a JSON document."""

    def __init__(self, found: Found, root: Found, file: str, line: int | None) -> None:
        self._found, self._root, self._file, self._line = found, root, file, line

    def values(self, path: str) -> tuple[Found, ...]:
        """Every value the path leads to but null and blank text."""
        return tuple(found for found in self._follow(path) if not _is_nothing(found.value))

    def within(self, path: str) -> tuple[Record, ...]:
        """The items, as records that see the same document."""
        return tuple(
            Item(found, self._root, self._file, self._line) for found in self._follow(path)
        )

    def _follow(self, path: str) -> Iterator[Found]:
        way = parsed(path)
        start: Found | None = self._root if way.from_root else self._found
        for _ in range(way.up):
            start = start.outer if start else None
        return follow(way.steps, start) if start else iter(())

    def place(self, at: str = "") -> Place:
        """The JSON path, and the line where each line is a document."""
        field = plainly(at or self._found.at)[:LONGEST_PLACE]
        return Place(file=self._file, line=self._line, field=field)

    def digest(self, without: Collection[str] = ()) -> str:
        """Of the item as JSON with its keys sorted."""
        value = self._found.value
        if isinstance(value, dict):
            value = {key: each for key, each in value.items() if key not in without}
        return digest_of(value)


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
