"""Rate tables as comma-separated files: a header line, then one row a line.

A column is a field's name with blanks; `charge` names whose row it is where several
charges share a table, `note` is for people. An empty cell is the default.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from app.authoring.files.located_yaml import Scalar
from app.authoring.files.struct_fields import MISSING, key_of, read_scalar
from app.authoring.files.typed_fields import Notes
from app.errors import Place
from app.pricing.rating.rows import Row

CELL = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)')
Names = Mapping[str, tuple[str, ...]]
"""Of a field with a cell for each name, the names that the charge declares."""

FREE = ("charge", "note")
"""Columns that no row holds."""


class Line(msgspec.Struct, frozen=True):
    """One line of a table: cells by column, each at its place."""

    number: int
    cells: Mapping[str, Scalar]


class Table(msgspec.Struct, frozen=True):
    """A table as read, before anybody says what its rows are."""

    file: str
    columns: tuple[Scalar, ...]
    lines: tuple[Line, ...]


def table_in(text: str, file: str, notes: Notes) -> Table:
    """The table's cells; empty lines and lines that begin with `#` are left out."""
    columns: tuple[Scalar, ...] = ()
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(_cells(line, number, file, notes))
        if not columns:
            columns = tuple(Scalar(" ".join(c.text.lower().split()), c.place) for c in cells)
            _refuse_twice(columns, notes)
        elif len(cells) != len(columns):
            what = f"{len(cells)} cells under {len(columns)} columns"
            notes.add(Place(file=file, line=number, column=1), what)
        else:
            by_column = {c.text: cell for c, cell in zip(columns, cells, strict=True)}
            lines.append(Line(number, by_column))
    if not columns:
        notes.add(Place(file=file, line=1), "the table is empty")
    return Table(file, columns, tuple(lines))


def _cells(line: str, number: int, file: str, notes: Notes) -> Iterator[Scalar]:
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
    read = (
        _row(line, kind, columns, stored_as, notes)
        for line in table.lines
        if "charge" not in line.cells or line.cells["charge"].text == charge
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


def _row(
    line: Line,
    kind: type[Row],
    columns: Mapping[str, tuple[str, str]],
    stored_as: str,
    notes: Notes,
) -> Row | None:
    before = len(notes.mistakes)
    types = _declared(kind)
    values: dict[str, Any] = {"table": stored_as, "line": line.number}
    for column, cell in line.cells.items():
        if column not in columns or not cell.text:
            continue
        field, name = columns[column]
        if name:
            by_name = types[field].type
            assert isinstance(by_name, inspect.DictType), f"{field} has a cell for each name"
            value = read_scalar(by_name.value_type, cell, notes, column)
            values.setdefault(field, {})[name] = value
        elif (value := read_scalar(types[field].type, cell, notes, column)) is not MISSING:
            values[field] = value
    place = next(iter(line.cells.values())).place
    for field, declaration in types.items():
        if declaration.required and field not in values:
            notes.add(place, f"the row has no `{key_of(field)}`")
    return kind(**values) if len(notes.mistakes) == before else None
