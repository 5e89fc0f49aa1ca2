"""Tables beside the rules: tolerances, limits and requirements, as people keep them in sheets.

A header line, then one row a line. `any` in a key cell fits anything; an empty one is a
mistake, as nobody can tell whether it was meant. `effective` spans days as in rule files.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from app.authoring.files.located_yaml import Scalar
from app.authoring.files.rate_tables import Table, table_in
from app.authoring.files.sums import literal_in
from app.authoring.files.typed_fields import Notes, days_in
from app.errors import Place
from app.judgement.rulebook.model import Literal, Name, TableRow

ANY = "any"
FREE = ("note", "effective")
"""Columns a table may have that are neither key nor value."""


class RuleTable(msgspec.Struct, frozen=True):
    """A table as read, and whether it is a customer's own."""

    table: Table
    own: bool


def tables_in(folder: Path, root: Path, notes: Notes, *, own: bool) -> dict[str, RuleTable]:
    """Every table of a folder of rules, by its file's name."""
    found = {}
    for path in sorted((folder / "tables").glob("*.csv")):
        file = path.relative_to(root.parent).as_posix()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            notes.add(Place(file=file, byte_offset=error.start), "the file is not UTF-8 text")
            continue
        found[path.stem] = RuleTable(table_in(text, file, notes), own)
    return found


def rows_of(
    tables: Sequence[RuleTable],
    keys: Sequence[tuple[Scalar, Name]],
    take: Scalar,
    value: Name,
    notes: Notes,
) -> tuple[TableRow, ...]:
    """The rows of these tables for one look-up.

    Args:
        tables: the customer's own and the standard one; each needs all columns.
        keys: the key columns, each with the name its cells are compared with.
        take: the column whose value is taken.
        value: the derived name, whose type the value has.
        notes: takes the mistakes; two rows of which neither comes first are one.
    """
    rows: list[TableRow] = []
    for each in tables:
        columns = {column.text for column in each.table.columns}
        wanted = [*(scalar for scalar, _ in keys), take]
        missing = [scalar for scalar in wanted if scalar.text not in columns]
        for scalar in missing:
            notes.wrong_word(scalar, f"column of {each.table.file}", columns)
        if missing:
            continue
        for line in each.table.lines:
            cells = {c.text: cell for c, cell in zip(each.table.columns, line.scalars, strict=True)}
            row = _row(each, line.number, cells, keys, (take, value), notes)
            if row is not None:
                rows.append(row)
    _refuse_ties(rows, notes)
    return tuple(rows)


def _row(
    table: RuleTable,
    number: int,
    cells: Mapping[str, Scalar],
    keys: Sequence[tuple[Scalar, Name]],
    taken: tuple[Scalar, Name],
    notes: Notes,
) -> TableRow | None:
    before = len(notes.mistakes)
    read = tuple(_key(cells[column.text], name, notes) for column, name in keys)
    take, value = taken
    literal = literal_in(value, cells[take.text].text.strip(), cells[take.text], notes)
    span = cells.get("effective")
    first, end = days_in(span, notes) if span is not None and span.text else (None, None)
    if literal is None or len(notes.mistakes) > before:
        return None
    row = TableRow(
        keys=read,
        value=literal,
        own=table.own,
        effective_before=end,
        written_at=f"{table.table.file}:{number}",
    )
    return msgspec.structs.replace(row, effective_from=first) if first else row


def _key(cell: Scalar, name: Name, notes: Notes) -> Literal | None:
    """The cell as a constant, None for `any`; an empty cell is noted."""
    if cell.text == ANY:
        return None
    if not cell.text:
        notes.add(cell.place, "this key is empty", f"a value of `{name.name}`, or `{ANY}`")
        return None
    return literal_in(name, cell.text, cell, notes)


def _refuse_ties(rows: Iterable[TableRow], notes: Notes) -> None:
    """Two rows that fit the same thing on the same day, neither more specific."""
    for one, other in combinations(rows, 2):
        if one.specific == other.specific and _overlap(one, other) and _both_fit(one, other):
            file, _, line = other.written_at.rpartition(":")
            notes.add(
                Place(file=file, line=int(line)),
                f"this row and {one.written_at} fit the same thing, and neither comes first",
                "rows that differ in a cell both fill in, or one that fills in more cells",
            )


def _overlap(one: TableRow, other: TableRow) -> bool:
    starts = max(one.effective_from, other.effective_from)
    return all(
        end is None or starts < end for end in (one.effective_before, other.effective_before)
    )


def _both_fit(one: TableRow, other: TableRow) -> bool:
    pairs = zip(one.keys, other.keys, strict=True)
    return all(a is None or b is None or a == b for a, b in pairs)
