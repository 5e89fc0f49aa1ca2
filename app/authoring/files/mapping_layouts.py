"""How a mapping file says that a table is split: CSV, fixed width, a sheet of a workbook."""

from typing import Literal, cast

import msgspec

from app.authoring.files.located_yaml import Node, Scalar
from app.authoring.files.mapping_values import formats_in
from app.authoring.files.typed_fields import Fields, Notes
from app.evidence.intake.feed import Format
from app.evidence.intake.mapped.model import Column, Csv, FixedWidth, Numbers, Xlsx

CODECS = (
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1252",
    "utf-16",
    "cp437",
    "cp850",
    "cp037",
)
"""Encodings of tables; `cp037` is EBCDIC."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How the file is split, and the columns it has as far as the mapping says."""

    csv: Csv = Csv()
    fixed_width: FixedWidth | None = None
    xlsx: Xlsx = Xlsx()
    numbers: Numbers = Numbers()
    columns: tuple[str, ...] = ()


def layout_in(fields: Fields, form: str) -> Layout:
    """What the mapping says of the form of its files."""
    numbers = _numbers(fields)
    match form:
        case Format.CSV:
            csv = _csv(fields)
            return Layout(csv=csv, numbers=numbers, columns=csv.columns)
        case Format.FIXED_WIDTH:
            fixed = _fixed_width(fields)
            names = tuple(column.name for column in fixed.columns)
            return Layout(fixed_width=fixed, numbers=numbers, columns=names)
        case Format.XLSX:
            return Layout(xlsx=_xlsx(fields), numbers=numbers)
        case _:
            return Layout(numbers=numbers)


def _numbers(fields: Fields) -> Numbers:
    node = fields.node("numbers")
    part = Fields(node, fields.notes, "numbers") if node else None
    decimal = part.word("decimal", (".", ","), ".") if part else "."
    given = part.node("thousands") if part else None
    thousands = given.text if isinstance(given, Scalar) else ""
    if given is not None and thousands not in ("", ".", ",", " ", "'"):
        fields.notes.add(given.place, f"{thousands!r} separates no thousands", ". , ' or a blank")
    if thousands and thousands == decimal and given is not None:
        fields.notes.add(given.place, "thousands and decimals have the same sign")
    if part:
        part.finish()
    return Numbers(
        decimal=cast(Literal[".", ","], decimal),
        thousands=cast(Literal["", ".", ",", " ", "'"], thousands),
        formats=formats_in(fields, "dates"),
    )


def _csv(fields: Fields) -> Csv:
    node = fields.node("csv")
    if node is None:
        return Csv()
    part = Fields(node, fields.notes, "csv")
    columns = part.words("columns")
    made = Csv(
        delimiter=_sign(part, "delimiter", ","),
        quote=_sign(part, "quote", '"'),
        encoding=part.word("encoding", CODECS, "utf-8"),
        header=part.whole("header", 0 if columns else 1),
        columns=tuple(column.text for column in columns),
    )
    if bool(made.columns) == bool(made.header):
        what = "either a row names the columns (`header`) or the mapping does (`columns`)"
        part.notes.add(part.place, what)
    _refuse_twice(columns, part.notes)
    part.finish()
    return made


def _sign(part: Fields, key: str, default: str) -> str:
    node = part.node(key)
    if node is None:
        return default
    text = node.text if isinstance(node, Scalar) else ""
    text = "\t" if text == "tab" else text
    if len(text) != 1 or text in "\r\n":
        part.notes.add(node.place, f"`{key}` is {text!r}", "one sign, or `tab`")
        return default
    return text


def _refuse_twice(names: tuple[Scalar, ...], notes: Notes) -> None:
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            notes.add(name.place, f"column `{name.text}` is named twice")
        seen.add(name.text)


def _fixed_width(fields: Fields) -> FixedWidth:
    node = fields.node("fixed_width")
    if node is None:
        fields.notes.add(fields.place, "the mapping has no `fixed_width`", "length and columns")
        return FixedWidth(length=0, columns=())
    part = Fields(node, fields.notes, "fixed_width")
    length = part.whole("length")
    columns = part.node("columns")
    pairs = Fields(columns, fields.notes, "columns").map.entries if columns else ()
    if not pairs:
        part.notes.add(part.place, "`columns` is not given", "NAME: {start: 1, length: 8}")
    made = FixedWidth(
        encoding=part.word("encoding", CODECS, "utf-8"),
        length=length,
        trimmed=part.yes_no("trimmed", default=False),
        columns=tuple(_column(name, below, length, fields.notes) for name, below in pairs),
    )
    part.finish()
    return made


def _column(name: Scalar, node: Node, line: int, notes: Notes) -> Column:
    part = Fields(node, notes, f"column `{name.text}`")
    made = Column(name=name.text, start=part.whole("start"), length=part.whole("length"))
    part.finish()
    if made.start < 1 or made.length < 1 or made.start + made.length - 1 > line:
        what = f"column `{made.name}` is not within a line of {line} characters"
        notes.add(node.place, what, "start from 1, and a length")
    return made


def _xlsx(fields: Fields) -> Xlsx:
    node = fields.node("xlsx")
    if node is None:
        return Xlsx()
    part = Fields(node, fields.notes, "xlsx")
    made = Xlsx(sheet=part.text("sheet", ""), header=part.whole("header", 1))
    if made.header < 1:
        part.notes.add(part.place, "`header` is 0", "the row that names the columns, from 1")
    part.finish()
    return made
