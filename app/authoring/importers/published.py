"""Published comma-separated files read as text, and our own tables written."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from app.errors import FileError, Mistake, Place

Read = Callable[[str], str]
"""The text of a published file, by its name."""

Files = Mapping[str, str]
"""The files of a card, by their names inside its folder."""


def records(read: Read, name: str, needed: Sequence[str]) -> list[dict[str, str]]:
    """The lines of a file by column, cells without blanks at their ends.

    Raises:
        FileError: where a column is missing or a line has other cells than the head.
    """
    rows = csv.DictReader(io.StringIO(read(name).removeprefix("\ufeff")))
    missing = [column for column in needed if column not in (rows.fieldnames or ())]
    mistakes = [
        Mistake(place=Place(file=name, line=1), what=f"there is no column `{column}`")
        for column in missing
    ]
    found = []
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            what = "the line has other cells than the head"
            mistakes.append(Mistake(place=Place(file=name, line=number), what=what))
        else:
            found.append({column: cell.strip() for column, cell in row.items()})
    if mistakes:
        raise FileError(f"{name} cannot be imported", mistakes)
    return found


def dollars(text: str, name: str, line: int) -> Decimal:
    """An amount as spreadsheets write it: `$1,234.5 `.

    Raises:
        FileError: when it is no amount.
    """
    bare = text.strip().removeprefix("$").replace(",", "").strip()
    try:
        value = Decimal(bare)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        mistake = Mistake(place=Place(file=name, line=line), what=f"{text!r} is no amount")
        raise FileError(f"{name} cannot be imported", [mistake])
    return value


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of a card: the head, then one line a row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
