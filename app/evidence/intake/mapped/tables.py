"""Bytes of a CSV or fixed-width file, row by row."""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Sequence

from app.errors import Place
from app.evidence.intake.mapped.columns import columns_asked_for
from app.evidence.intake.mapped.model import Csv, FixedWidth, Mapping
from app.evidence.intake.mapped.records import Cell, Row
from app.evidence.intake.received import IntakeFault


class NotATableError(Exception):
    """The file, or the rest of it, cannot be split into rows."""

    def __init__(self, place: Place, what: str, allowed: str = "") -> None:
        super().__init__(what)
        detail = f"{what}; allowed: {allowed}" if allowed else what
        self.fault = IntakeFault(code="TABLE_WRONG", detail=detail, place=place, refused=True)


def csv_rows(raw: bytes, file: str, mapping: Mapping) -> Iterator[Row | IntakeFault]:
    """Every row after the header; one with more or fewer cells than columns is a fault.

    Raises:
        NotATableError: where rows can no longer be told apart; what came before still counts.
    """
    layout = mapping.csv
    lines = _csv_lines(_decoded(raw, layout.encoding, file), layout, file)
    header = Header(file, layout.columns)
    for number, cells in lines:
        if not header.names and number < layout.header:
            continue
        if not header.names:
            header = Header(file, [cell.strip() for cell in cells], number)
            header.check(mapping)
        elif any(cell.strip() for cell in cells):
            yield header.row(cells, number)
    if not header.names:
        place = Place(file=file, line=layout.header)
        raise NotATableError(place, "the file ends before the row that names its columns")


def _csv_lines(text: str, layout: Csv, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=layout.delimiter,
        quotechar=layout.quote,
        strict=True,
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = f"from here on the rows cannot be told apart: {error}"
            raise NotATableError(Place(file=file, line=line), what) from error
        yield line, cells


class Header:
    """The names of the columns, and where they stand."""

    def __init__(self, file: str, names: Sequence[str], line: int = 0) -> None:
        self.file, self.names, self.line = file, tuple(names), line
        self.spots = {name: Place(column=at, field="") for at, name in enumerate(names, start=1)}

    def check(self, mapping: Mapping) -> None:
        """Raise NotATableError where a column that is asked for is missing or there twice."""
        place = Place(file=self.file, line=self.line)
        for name in columns_asked_for(mapping):
            if name not in self.names:
                raise NotATableError(place, self._no_column(name), ", ".join(self.names))
            if self.names.count(name) > 1:
                raise NotATableError(place, f"column `{name}` is there twice", "each once")

    def _no_column(self, name: str) -> str:
        by_lower = {each.lower(): each for each in self.names if each}
        near = difflib.get_close_matches(name.lower(), by_lower, n=1)
        hint = f", did you mean `{by_lower[near[0]]}`?" if near else ""
        return f"no column `{name}`{hint}"

    def row(self, cells: Sequence[Cell], line: int) -> Row | IntakeFault:
        """The cells by their column."""
        place = Place(file=self.file, line=line)
        if len(cells) != len(self.names):
            detail = f"{len(cells)} cells stand here under {len(self.names)} columns"
            return IntakeFault(code="RECORD_WRONG", detail=detail, place=place, refused=True)
        return Row(dict(zip(self.names, cells, strict=True)), self.spots, place)


def fixed_rows(raw: bytes, file: str, mapping: Mapping) -> Iterator[Row | IntakeFault]:
    """Every line that is not blank; one of another length is a fault."""
    layout = mapping.fixed_width
    assert layout is not None, "a mapping of fixed width says where its fields stand"
    spots = {each.name: Place(column=each.start, field="") for each in layout.columns}
    text = _decoded(raw, layout.encoding, file)
    if not text.strip():
        raise NotATableError(Place(file=file), "there is nothing in it")
    for number, line in _lines(text):
        place = Place(file=file, line=number)
        if not _has_length(line, layout):
            detail = f"the line has {len(line)} characters, not {layout.length}"
            yield IntakeFault(code="RECORD_WRONG", detail=detail, place=place, refused=True)
        else:
            yield Row(_cells(line, layout), spots, place)


def _has_length(line: str, layout: FixedWidth) -> bool:
    return len(line) == layout.length or (layout.trimmed and len(line) < layout.length)


def _cells(line: str, layout: FixedWidth) -> dict[str, Cell]:
    return {each.name: line[each.start - 1 :][: each.length] for each in layout.columns}


def _lines(text: str) -> Iterable[tuple[int, str]]:
    """Each line that is not blank, counted from 1, without what ends it."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _decoded(raw: bytes, encoding: str, file: str) -> str:
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        place = Place(file=file, byte_offset=error.start)
        what = f"the text is not {encoding}, which the mapping says it is"
        raise NotATableError(place, what) from error
