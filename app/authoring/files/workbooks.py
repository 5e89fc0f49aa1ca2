"""A workbook (XLSX) becomes rate tables: one comma-separated file a sheet, values as shown.

A workbook stores a number as the text of a binary floating-point number. Any decimal of up to
15 significant digits comes back from it unchanged as the shortest decimal that means the same
number, which is what `repr` gives: 49.39 may stand in the file as 49.390000000000001 and is
49.39 again. A number whose shortest decimal has more than 15 digits was never typed as a price:
it was computed, and the workbook shows another number than it holds. That is refused, as is a
number format that shows fewer decimals than the cell holds, because nobody can say which of the
two was agreed.

A number is written with the decimals that its format shows (85 as 85.00), a percentage without
its sign (70% as 70), a day as 2026-01-31. A formula has no value of its own; what the workbook
computed last is taken only where that is asked for, and is said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from app.authoring.files.typed_fields import Notes
from app.errors import DeploymentError, FileError, Mistake, Place
from app.evidence.intake.workbook_cells import (
    exactly,
    formula,
    is_percentage,
    letters_of,
    shown,
)


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet as a table that can be written."""

    file: str
    """The name of the table it becomes."""
    text: str
    said: tuple[str, ...] = ()
    """What was taken otherwise than it stands in the workbook."""


def sheets_of(workbook: Path, *, computed: bool = False) -> tuple[Sheet, ...]:
    """Every sheet that has cells, as a table.

    Args:
        workbook: the file.
        computed: take what a formula came to last, instead of refusing it.

    Raises:
        DeploymentError: the optional extra `xlsx` is not installed.
        FileError: with every cell whose value is not certain.
    """
    notes = Notes()
    cells = _opened(workbook, computed=False)
    values = _opened(workbook, computed=True) if computed else cells
    sheets = []
    try:
        for sheet, results in zip(cells.worksheets, values.worksheets, strict=True):
            reader = _SheetReader(workbook.name, sheet.title, notes)
            rows = list(reader.rows(sheet, results if computed else None))
            if sheet.sheet_state != "visible":
                reader.said.append(f"{sheet.title}: is hidden in the workbook")
            if rows:
                name = f"{_file_name(sheet.title)}.csv"
                sheets.append(Sheet(file=name, text=_csv(rows), said=tuple(reader.said)))
    finally:
        cells.close()
        values.close()
    _refuse_twice(sheets, workbook, notes)
    if notes.mistakes:
        raise FileError(f"{workbook} is not imported", notes.mistakes)
    return tuple(sheets)


def _opened(workbook: Path, *, computed: bool) -> Any:
    """The workbook, read row by row: a price list may have a hundred thousand of them."""
    try:
        import openpyxl  # noqa: PLC0415  an optional extra
    except ModuleNotFoundError as error:
        raise DeploymentError(
            "workbooks are read by the optional extra: pip install 'tollgate[xlsx]'"
        ) from error
    try:
        return openpyxl.load_workbook(workbook, read_only=True, data_only=computed)
    except (OSError, KeyError, ValueError, SyntaxError) as error:
        raise FileError(f"{workbook} cannot be read as a workbook: {error}") from error
    except Exception as error:
        # Not a zip file, XML cut short, an old .xls: the library raises what its parts raise.
        raise FileError(f"{workbook} is not a workbook (.xlsx)") from error


def _file_name(title: str) -> str:
    """The title of a sheet as the name of a file: small letters, hyphens for the rest."""
    return re.sub(r"[^\w]+", "-", title.strip().lower()).strip("-_") or "sheet"


def _refuse_twice(sheets: Sequence[Sheet], workbook: Path, notes: Notes) -> None:
    names = [sheet.file for sheet in sheets]
    for name in sorted({each for each in names if names.count(each) > 1}):
        notes.add(Place(file=workbook.name), f"two sheets would become {name}", mend="rename one")


class _SheetReader:
    """Reads on after a mistake, so that all are shown together."""

    def __init__(self, file: str, title: str, notes: Notes) -> None:
        self.file = file
        self.title = title
        self.notes = notes
        self.said: list[str] = []

    def rows(self, sheet: Any, computed: Any) -> Iterator[tuple[str, ...]]:
        """The rows that have a cell, all as wide as the first, which names the columns."""
        sheet.reset_dimensions()
        results = iter(()) if computed is None else self._results(computed)
        width = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            found = next(results, ())
            texts = [
                self._text(cell, number, at, found[at - 1] if at <= len(found) else None)
                for at, cell in enumerate(cells, start=1)
            ]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                continue
            width = width or self._columns(texts, number)
            if len(texts) > width:
                self._wrong(number, width + 1, "stands under no column")
            yield (*texts[:width], *[""] * (width - len(texts)))

    def _results(self, computed: Any) -> Iterator[tuple[Any, ...]]:
        computed.reset_dimensions()
        return (tuple(cell.value for cell in cells) for cells in computed.iter_rows())

    def _columns(self, texts: list[str], number: int) -> int:
        """How many columns the first row names; none may be left out."""
        for at, text in enumerate(texts, start=1):
            if not text:
                self._wrong(number, at, "the column has no name", "the first row names the columns")
        return len(texts)

    def _text(self, cell: Any, row: int, column: int, result: Any) -> str:
        value = cell.value
        if value is None:
            return ""
        if cell.data_type == "f":
            if result is None:
                what = f"is a formula ({formula(value)})"
                self._wrong(row, column, what, "write its value, or import with --computed")
                return ""
            text = self._of_value(result, cell.number_format, row, column)
            self.said.append(f"{self._at(row, column)}: {formula(value)} taken as {text}")
            return text
        if cell.data_type == "e":
            self._wrong(row, column, f"is the error {value}")
            return ""
        return self._of_value(value, cell.number_format, row, column)

    def _of_value(self, value: Any, number_format: str, row: int, column: int) -> str:
        match value:
            case bool():
                self._wrong(row, column, f"is {str(value).upper()}", "write yes or no")
                return ""
            case datetime():
                return self._of_moment(value, row, column)
            case date():
                return value.isoformat()
            case int() | float():
                return self._of_number(value, number_format, row, column)
            case str():
                return self._of_text(value, row, column)
            case _:
                self._wrong(row, column, f"is {value}, which is no text, number or day")
                return ""

    def _of_moment(self, value: datetime, row: int, column: int) -> str:
        if value.time() != datetime.min.time():
            self._wrong(row, column, f"is {value}, a day with an hour", "a table holds days")
        return value.date().isoformat()

    def _of_text(self, value: str, row: int, column: int) -> str:
        if value.startswith("#") and value.endswith(("!", "?", "/0!", "/A")) and value.isupper():
            self._wrong(row, column, f"is the error {value}")
        if "\n" in value or "\r" in value:
            self._wrong(row, column, "has a line break", "one row is one line of a table")
        return value.strip()

    def _of_number(self, value: float, number_format: str, row: int, column: int) -> str:
        exact = exactly(value)
        if exact is None:
            what = f"holds {Decimal(repr(value)):f}, which nobody typed"
            self._wrong(row, column, what, "write the number")
            return ""
        text = shown(exact, number_format)
        if text is None:
            what = f"holds {exact:f}, and its format {number_format!r} shows something else"
            self._wrong(row, column, what, "show all decimals, or type what was agreed")
            return ""
        if is_percentage(number_format):
            self.said.append(f"{self._at(row, column)}: {text}% taken as {text}")
        return text

    def _wrong(self, row: int, column: int, what: str, mend: str = "") -> None:
        self.notes.mistakes.append(
            Mistake(place=Place(file=self.file, field=self._at(row, column)), what=what, mend=mend)
        )

    def _at(self, row: int, column: int) -> str:
        return f"{self.title}!{letters_of(column)}{row}"


def _csv(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"{','.join(map(_quoted, row))}\n" for row in rows)


def _quoted(text: str) -> str:
    """In quotes where a comma or quote would end the cell, or `#` would hide the row."""
    if any(sign in text for sign in ',"') or text.startswith("#"):
        return '"' + text.replace('"', '""') + '"'
    return text


def write_tables(sheets: Sequence[Sheet], folder: Path, *, replace: bool = False) -> list[Path]:
    """Write every table into the folder, or none.

    Raises:
        FileError: with every file that is there already, where none may be replaced.
    """
    paths = [folder / sheet.file for sheet in sheets]
    if there := [path for path in paths if path.exists() and not replace]:
        mistakes = [Mistake(place=Place(file=str(path)), what="is there already") for path in there]
        raise FileError("nothing is written; --replace writes over what is there", mistakes)
    folder.mkdir(parents=True, exist_ok=True)
    for path, sheet in zip(paths, sheets, strict=True):
        path.write_text(sheet.text, encoding="utf-8", newline="\n")
    return paths
