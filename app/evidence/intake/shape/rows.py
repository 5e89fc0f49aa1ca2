"""The traits of tables: which columns there are, and of what kind their values are."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import msgspec

from app.evidence.intake.feed import Format
from app.evidence.intake.mapped.model import Column, FixedWidth, Mapping
from app.evidence.intake.shape.traits import (
    LOOKED_AT,
    MOST_TRAITS,
    Kind,
    Trait,
    kind_of_text,
    step,
    trait,
    whole,
)

MOST_ROWS = 500
"""Of one file: what a column holds shows itself long before."""
LARGEST_WORKBOOK = 50_000_000
"""Bytes unpacked; a few bytes of a zip file can become gigabytes."""
Cells = Sequence[object]


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How a table is split, as far as that is known."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: int = 1
    """The row that names the columns; 0 where none does."""
    names: tuple[str, ...] = ()
    """Of the columns, where no row names them."""
    spans: tuple[Column, ...] = ()
    """Of a fixed-width line; without any, the line is one column."""
    sheet: str = ""
    """Of a workbook; the first one where none is named."""


def layout_of(mapping: Mapping | None) -> Layout:
    """How the mapping splits a table; without one it is split as most are."""
    match mapping:
        case Mapping(format=Format.CSV, csv=csv_):
            return Layout(
                delimiter=csv_.delimiter,
                quote=csv_.quote,
                encoding=csv_.encoding,
                header=csv_.header,
                names=csv_.columns,
            )
        case Mapping(format=Format.FIXED_WIDTH, fixed_width=FixedWidth() as fixed):
            return Layout(encoding=fixed.encoding, spans=fixed.columns)
        case Mapping(format=Format.XLSX, xlsx=xlsx):
            return Layout(header=xlsx.header, sheet=xlsx.sheet)
        case _:
            return Layout()


class _NoTableError(Exception):
    """The bytes cannot be split into rows."""


def csv_traits(raw: bytes, layout: Layout) -> frozenset[Trait]:
    """What stands in the columns of a comma-separated file."""
    try:
        text = _text(raw, layout)
        lines = io.StringIO(text, newline="")
        rows = csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote)
        return _table(rows, layout)
    except (_NoTableError, csv.Error):
        return frozenset((whole(Kind.UNREADABLE),))


def fixed_traits(raw: bytes, layout: Layout) -> frozenset[Trait]:
    """What stands in the fields of lines that are split by position."""
    try:
        lines = _text(raw, layout).splitlines()
    except _NoTableError:
        return frozenset((whole(Kind.UNREADABLE),))
    spans = layout.spans or (Column(name="line", start=1, length=LOOKED_AT),)
    names = tuple(span.name for span in spans)
    rows = ([line[span.start - 1 :][: span.length] for span in spans] for line in lines)
    return _columns(names, rows)


def xlsx_traits(raw: bytes, layout: Layout) -> frozenset[Trait]:
    """What stands in the columns of a sheet."""
    try:
        return _table(_sheet(raw, layout), layout)
    except Exception:  # noqa: BLE001  parts cut short: the library raises what its parts raise
        return frozenset((whole(Kind.UNREADABLE),))


def _text(raw: bytes, layout: Layout) -> str:
    """The beginning of the file, in whole lines; its last line may have been cut."""
    looked_at = raw[:LOOKED_AT]
    if len(raw) > LOOKED_AT:
        looked_at = looked_at[: looked_at.rfind(b"\n") + 1] or looked_at
    try:
        text = looked_at.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    except UnicodeDecodeError as error:
        raise _NoTableError from error
    if not text.strip() or "\x00" in text:
        raise _NoTableError
    return text


def _table(rows: Iterable[Cells], layout: Layout) -> frozenset[Trait]:
    following = iter(rows)
    if layout.names:
        return _columns(layout.names, islice(following, layout.header, None))
    header = next(islice(following, max(layout.header, 1) - 1, None), ())
    names = tuple(str(cell if cell is not None else "").strip() for cell in header)
    if layout.header == 0:
        names = tuple(f"column {at}" for at in range(1, len(names) + 1))
    if not any(names):
        raise _NoTableError
    return _columns(names, following)


def _columns(names: Sequence[str], rows: Iterable[Cells]) -> frozenset[Trait]:
    steps = [step(name) for name in names[:MOST_TRAITS]]
    found = {whole(Kind.TABLE), *(trait(name, "", Kind.COLUMN) for name in steps if name)}
    looked_at = list(islice(rows, MOST_ROWS))
    held = {
        (name, _kind(cell)) for row in looked_at for name, cell in zip(steps, row, strict=False)
    }
    # An empty cell says nothing of what a column holds; a column without a value is empty.
    filled = {name for name, kind in held if kind is not Kind.NOTHING}
    for name, kind in held:
        if name and (kind is not Kind.NOTHING or name not in filled):
            found.add(trait(name, "", kind))
    return frozenset(found)


def _kind(cell: object) -> Kind:
    match cell:
        case None:
            return Kind.NOTHING
        case str():
            return kind_of_text(cell)
        case bool():
            return Kind.YES_NO
        case int() | float():
            return Kind.NUMBER
        case date():
            return Kind.DATE
        case _:
            return Kind.TEXT


def _sheet(raw: bytes, layout: Layout) -> Iterator[Cells]:
    import openpyxl  # noqa: PLC0415  an optional extra

    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST_WORKBOOK:
            raise _NoTableError
    workbook: Any = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    try:
        sheet = workbook[layout.sheet] if layout.sheet else workbook.worksheets[0]
        sheet.reset_dimensions()
        yield from islice(sheet.iter_rows(values_only=True), layout.header + MOST_ROWS)
    finally:
        workbook.close()
