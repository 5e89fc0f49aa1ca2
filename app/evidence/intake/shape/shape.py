"""Bytes become a shape: all traits of a message, and the codes in it that no map knows."""

import re
from collections.abc import Iterable

import msgspec

from app.evidence.intake.enveloped.segments import BLANKS
from app.evidence.intake.feed import Format
from app.evidence.intake.received import IntakeFault
from app.evidence.intake.shape.documents import document_traits
from app.evidence.intake.shape.rows import Layout, csv_traits, fixed_traits, xlsx_traits
from app.evidence.intake.shape.segments import edifact_traits, x12_traits
from app.evidence.intake.shape.traits import Kind, Trait, step, whole

UTF_8_MARK = b"\xef\xbb\xbf"
UNMAPPED = "CODE_UNMAPPED"
MOST_CODES = 200
"""Of one message."""
TABLES = {
    Format.CSV: csv_traits,
    Format.FIXED_WIDTH: fixed_traits,
    Format.XLSX: xlsx_traits,
}


_index = re.compile(r"\[[^\]]*\]")
_cell = re.compile(r"^.*![A-Z]+\d+ ")


class UnmappedCode(msgspec.Struct, frozen=True, order=True):
    """A code that no map knows."""

    element: str
    """Where codes of its kind stand: `AT7-01`."""
    code: str


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What one message looks like."""

    message: str
    """By what it is found: the digest of its bytes."""
    place: int
    """In the order of arrival."""
    traits: frozenset[Trait]
    codes: frozenset[UnmappedCode] = frozenset()


def traits_of(
    raw: bytes, form: Format | None = None, layout: Layout | None = None
) -> frozenset[Trait]:
    """Everything that stands in the bytes, in time that grows with their length at most.

    Args:
        raw: the file or body, whole; of a long one a part is looked at.
        form: what the feed brings, where it is known; only tables cannot be told by themselves.
        layout: how a table is split.

    Bytes that are not what they should be have one trait: they are unreadable.
    """
    if form is not None and form in TABLES:
        return TABLES[form](raw, layout or Layout())
    bare = raw.removeprefix(UTF_8_MARK).lstrip(BLANKS)
    if bare.startswith(b"ISA"):
        return x12_traits(bare)
    if bare.startswith((b"UNA", b"UNB")):
        return edifact_traits(bare)
    if bare.startswith((b"{", b"[")):
        return document_traits(bare)
    return frozenset((whole(Kind.UNREADABLE),))


def unmapped_in(faults: Iterable[IntakeFault]) -> frozenset[UnmappedCode]:
    """The codes that no map knows, as the faults of a message tell of them."""
    told = [fault for fault in faults if fault.code == UNMAPPED]
    return frozenset(_unmapped(fault) for fault in told[:MOST_CODES])


def _unmapped(fault: IntakeFault) -> UnmappedCode:
    """The first thing that is quoted is the code; without quotes the whole sentence stands."""
    quote = '"' if '"' in fault.detail.partition("'")[0] else "'"
    _, quoted, rest = fault.detail.partition(quote)
    code = rest.partition(quote)[0] if quoted else fault.detail
    return UnmappedCode(element=_element(fault), code=step(code))


def _element(fault: IntakeFault) -> str:
    """Its place without index or row, so that the tenth line's code is the first line's."""
    return step(_index.sub("[]", _cell.sub("", fault.place.field)))
