"""Rate tables as comma-separated files: a header line, then one row a line.

A column is a field's name with blanks; `charge` names whose row it is where several
charges share a table, `note` is for people. An empty cell is the default.

A table may have a million lines. So it is kept as its text and read line by line, as often
as somebody asks; where a cell stands is worked out only for mistakes, and what occurs in
many cells, a place, a day or a rate, is read and kept once.
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from app.authoring.files.located_yaml import Scalar
from app.authoring.files.struct_fields import MISSING, key_of, read_scalar
from app.authoring.files.typed_fields import Notes
from app.errors import Place
from app.pricing.agreed.rows import Row

CELL = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)')

Names = Mapping[str, tuple[str, ...]]
"""Of a field with a cell for each name, the names that the charge declares."""

FREE = ("charge", "note")
"""Columns that no row holds."""

KEPT = 65536
"""So many different texts of one column are remembered with what they mean."""


class Line(msgspec.Struct, frozen=True):
    """One line of a table."""

    table: "Table"
    number: int
    text: str
    cells: tuple[str, ...]
    """In the order of the columns, without blanks around them and without quotes."""

    def cell(self, column: str) -> Scalar | None:
        """The cell of a column at its place, or None where there is no such column."""
        at = self.table.position(column)
        return None if at is None else self.scalars[at]

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The cells, each at its place."""
        return tuple(_scalars(self.text, self.number, self.table.file, Notes()))


class Table:
    """A table as read, before anybody says what its rows are."""

    def __init__(self, file: str, text: str, columns: tuple[Scalar, ...], header: int) -> None:
        self.file = file
        self.text = text
        self.columns = columns
        self.header = header
        """In which line the columns stand; below it are rows."""

    def position(self, column: str) -> int | None:
        """Which column it is, counted from 0."""
        found = (at for at, each in enumerate(self.columns) if each.text == column)
        return next(found, None)

    @property
    def lines(self) -> Iterator[Line]:
        """The lines that have a cell for each column, read anew each time."""
        for number, text in _told(self.text):
            if number > self.header:
                cells = _cells(text)
                if cells is not None and len(cells) == len(self.columns):
                    yield Line(self, number, text, tuple(cells))

    def line(self, number: int) -> Line:
        """The line of a row that was read."""
        text = next(_lines_of(self.text, self._starts[number - 1]))
        cells = _cells(text)
        assert cells is not None, "only a line that can be read became a row"
        return Line(self, number, text, tuple(cells))

    @cached_property
    def _starts(self) -> "array[int]":
        """Where each line begins, once somebody asks for a line."""
        starts, at = array("Q"), 0
        for text in self.text.splitlines(keepends=True):
            starts.append(at)
            at += len(text)
        return starts


def table_in(text: str, file: str, notes: Notes) -> Table:
    """The table; empty lines and lines that begin with `#` are left out."""
    columns: tuple[Scalar, ...] = ()
    header = 0
    for number, line in _told(text):
        if not columns:
            cells = _scalars(line, number, file, notes)
            columns = tuple(Scalar(" ".join(c.text.lower().split()), c.place) for c in cells)
            header = number
            _refuse_twice(columns, notes)
            continue
        read = _cells(line)
        if read is None:
            read = [cell.text for cell in _scalars(line, number, file, notes)]
        if len(read) != len(columns):
            what = f"{len(read)} cells under {len(columns)} columns"
            notes.add(Place(file=file, line=number, column=1), what)
    if not columns:
        notes.add(Place(file=file, line=1), "the table is empty")
    return Table(file, text, columns, header)


def _told(text: str) -> Iterator[tuple[int, str]]:
    """Every line that says something, with its number."""
    for number, line in enumerate(_lines_of(text), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _lines_of(text: str, start: int = 0) -> Iterator[str]:
    """The lines as `splitlines` has them, without holding all of them at once."""
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield from text[start:end].splitlines()
        start = end


def _cells(line: str) -> list[str] | None:
    """The cells of a line as texts; None where its quotes cannot be read."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    notes = Notes()
    cells = [cell.text for cell in _scalars(line, 0, "", notes)]
    return None if notes.mistakes else cells


def _scalars(line: str, number: int, file: str, notes: Notes) -> Iterator[Scalar]:
    at = 0
    while True:
        place = Place(file=file, line=number, column=at + 1)
        found = CELL.match(line, at)
        if found is None:
            notes.add(place, f"{line[at:]!r} cannot be read", 'quotes are doubled inside: ""')
            return
        quoted, bare, end = found.groups()
        text = bare.strip() if quoted is None else quoted.replace('""', '"')
        yield Scalar(text, place, quoted=quoted is not None)
        if not end:
            return
        at = found.end()


def _refuse_twice(columns: tuple[Scalar, ...], notes: Notes) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.text in seen:
            notes.add(column.place, f"the column `{column.text}` stands twice")
        seen.add(column.text)


def rows_in(
    table: Table, kind: type[Row], charge: str, stored_as: str, notes: Notes, names: Names
) -> tuple[Row, ...]:
    """The rows of one charge.

    Args:
        table: as read.
        kind: what its rows hold.
        charge: whose rows are wanted, where the table has a column for it.
        stored_as: the table's name as charges cite it.
        notes: takes the mistakes.
        names: of a kind with a cell for each name (a break, a key): the names by field.
    """
    columns = _columns_of(kind, names)
    allowed = (*columns, *FREE)
    for column in table.columns:
        if column.text not in allowed:
            notes.wrong_word(column, "column of this table", allowed)
    reader = _RowReader(table, kind, columns, stored_as, notes)
    whose = table.position("charge")
    read = (
        reader.row(line) for line in table.lines if whose is None or line.cells[whose] == charge
    )
    return tuple(row for row in read if row is not None)


def _columns_of(kind: type[Row], names: Names) -> dict[str, tuple[str, str]]:
    """Column to field and, for a cell by name, the name."""
    patterns: Mapping[str, str] = getattr(kind, "COLUMNS", {})
    found: dict[str, tuple[str, str]] = {}
    for field in kind.__struct_fields__:
        if field in patterns:
            for name in names.get(field, ()):
                found[patterns[field].format(name).lower()] = field, name
        elif field not in {"table", "line"}:
            found[key_of(field)] = field, ""
    return found


@lru_cache
def _declared(kind: type[Row]) -> Mapping[str, inspect.Field]:
    """The fields of a kind of row; tables have thousands of rows of one kind."""
    declared = inspect.type_info(kind)
    assert isinstance(declared, inspect.StructType), f"{kind.__name__} is a struct"
    return {field.name: field for field in declared.fields}


class _Column:
    """What the cells of one column become, and what was read in it so far."""

    def __init__(self, at: int, title: str, field: inspect.Field, name: str) -> None:
        self.at = at
        self.title = title
        self.field = field.name
        self.name = name
        """Of a cell by name: the name."""
        self.type = field.type
        if name:
            assert isinstance(field.type, inspect.DictType), "it has a cell for each name"
            self.type = field.type.value_type
        self.known: dict[str, Any] = {}

    def value(self, line: Line, notes: Notes) -> Any:
        """What the cell says; the same text becomes the same value, kept once."""
        text = line.cells[self.at]
        if (value := self.known.get(text, MISSING)) is not MISSING:
            return value
        unplaced = Notes()
        value = read_scalar(self.type, Scalar(text, Place()), unplaced, self.title)
        if unplaced.mistakes:
            return read_scalar(self.type, line.scalars[self.at], notes, self.title)
        if len(self.known) >= KEPT:
            self.known.clear()
        self.known[text] = value
        return value


class _RowReader:
    """Makes rows of the lines of one table."""

    def __init__(
        self,
        table: Table,
        kind: type[Row],
        columns: Mapping[str, tuple[str, str]],
        stored_as: str,
        notes: Notes,
    ) -> None:
        fields = _declared(kind)
        self.kind = kind
        self.stored_as = stored_as
        self.notes = notes
        self.columns = [
            _Column(at, column.text, fields[columns[column.text][0]], columns[column.text][1])
            for at, column in enumerate(table.columns)
            if column.text in columns
        ]
        filled = {"table", "line"}
        self.required = [each.name for each in fields.values() if each.required]
        self.required = [name for name in self.required if name not in filled]

    def row(self, line: Line) -> Row | None:
        """The row, or None when a mistake was noted."""
        before = len(self.notes.mistakes)
        values: dict[str, Any] = {"table": self.stored_as, "line": line.number}
        for column in self.columns:
            if not line.cells[column.at]:
                continue
            value = column.value(line, self.notes)
            if column.name:
                values.setdefault(column.field, {})[column.name] = value
            elif value is not MISSING:
                values[column.field] = value
        for name in self.required:
            if name not in values:
                self.notes.add(line.scalars[0].place, f"the row has no `{key_of(name)}`")
        return self.kind(**values) if len(self.notes.mistakes) == before else None
