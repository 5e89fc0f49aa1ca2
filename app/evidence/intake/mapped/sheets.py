"""The sheet of a workbook, row by row, values as shown.

A cell whose value is not certain (a formula, an error, a number that its format hides) refuses
the row only where the mapping asks for it.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from app.errors import Place
from app.evidence.intake.mapped.model import Mapping
from app.evidence.intake.mapped.records import Cell, Row, Shown, Unreadable
from app.evidence.intake.mapped.tables import Header, NotATableError
from app.evidence.intake.received import IntakeFault
from app.evidence.intake.workbook_cells import exactly, formula, letters_of, shown

NO_WORKBOOK = "the bytes are no workbook (.xlsx)"
LARGEST = 400_000_000
"""Bytes that a workbook may be once unpacked."""


def sheet_rows(raw: bytes, file: str, mapping: Mapping) -> Iterator[Row | IntakeFault]:
    """Every row after the header that has a cell.

    Raises:
        NotATableError: the bytes are no workbook, the sheet or a column is not there, or the
            optional extra `xlsx` is not installed.
    """
    workbook = _opened(raw, file)
    try:
        yield from _rows(_sheet(workbook, mapping.xlsx.sheet, file), file, mapping)
    except NotATableError:
        raise
    except Exception as error:
        # XML cut short or not as the format says: the library raises what its parts raise.
        raise NotATableError(Place(file=file), f"the workbook is damaged: {error}") from error
    finally:
        workbook.close()


def _opened(raw: bytes, file: str) -> Any:
    """The workbook, read row by row."""
    try:
        import openpyxl  # noqa: PLC0415  an optional extra
    except ModuleNotFoundError as error:
        what = "workbooks are read by the optional extra: pip install 'tollgate[xlsx]'"
        raise NotATableError(Place(file=file), what) from error
    _refuse_too_large(raw, file)
    try:
        return openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    except Exception as error:
        # Parts missing or cut short: the library raises what its parts raise.
        raise NotATableError(Place(file=file), NO_WORKBOOK) from error


def _refuse_too_large(raw: bytes, file: str) -> None:
    """Before it is unpacked: a few bytes of a zip file can become gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotATableError(Place(file=file), NO_WORKBOOK) from error
    if unpacked > LARGEST:
        what = f"unpacked the workbook has {unpacked} bytes"
        raise NotATableError(Place(file=file), what, f"up to {LARGEST}")


def _sheet(workbook: Any, title: str, file: str) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if title:
        if title not in sheets:
            place = Place(file=file)
            raise NotATableError(place, f"there is no sheet {title!r}", ", ".join(sheets))
        return sheets[title]
    visible = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
    if len(visible) != 1:
        what = f"{len(visible)} sheets are visible, and the mapping names none"
        raise NotATableError(Place(file=file), what, "`sheet: TITLE` in the mapping")
    return visible[0]


def _rows(sheet: Any, file: str, mapping: Mapping) -> Iterator[Row | IntakeFault]:
    sheet.reset_dimensions()
    header: Header | None = None
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number < mapping.xlsx.header:
            continue
        values = [_cell(cell) for cell in cells]
        while values and values[-1] == "":
            values.pop()
        if header is None:
            header = _header(values, file, sheet.title, number)
            header.check(mapping)
        elif values:
            missing = len(header.names) - len(values)
            yield header.row([*values, *[""] * missing], number)
    if header is None:
        place = Place(file=file, line=mapping.xlsx.header)
        raise NotATableError(place, "the sheet ends before the row that names its columns")


def _header(values: list[Cell], file: str, title: str, number: int) -> Header:
    header = Header(file, [value.strip() if isinstance(value, str) else "" for value in values])
    header.line = number
    header.spots = {
        name: Place(column=at, field=f"{title}!{letters_of(at)}")
        for at, name in enumerate(header.names, start=1)
    }
    return header


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable(f"is a formula ({formula(value)}); send values")
    if cell.data_type == "e":
        return Unreadable(f"is the error {value}")
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value if value.time() != time() else value.date()
        case date():
            return value
        case int() | float():
            return _number(value, cell.number_format)
        case str():
            return value
        case _:
            return Unreadable(f"is {value}, which is no text, number or moment")


def _number(value: float, number_format: str) -> Cell:
    exact = exactly(value)
    if exact is None:
        return Unreadable(f"holds {value}, which nobody typed")
    text = shown(exact, number_format)
    if text is None:
        why = f"holds {exact:f}, and its format {number_format!r} shows something else"
        return Unreadable(why)
    return Shown(text)
