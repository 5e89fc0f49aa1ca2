"""What a mapping says: how a file is split, and what its rows or items say in our words.

Stored as part of the partners' edition, so these structs only grow.
"""

from collections.abc import Mapping as Named
from typing import Literal

import msgspec

from app.evidence.facts.fact import Classifier, Quality
from app.evidence.intake.feed import Format


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all parts of a mapping have in common: what is not said is not stored."""


class Condition(_Part, frozen=True, kw_only=True):
    """What a value must be: one of some texts, none of some texts, known or not known."""

    path: str
    is_one_of: tuple[str, ...] = ()
    is_none_of: tuple[str, ...] = ()
    known: bool | None = None


class CodeMap(_Part, frozen=True, kw_only=True):
    """What somebody's codes mean, in our words; `version` names its edition."""

    version: str
    words: dict[str, str]


class Value(_Part, frozen=True, kw_only=True, tag="value"):
    """One value: a constant, what stands somewhere, or the digest of the row."""

    constant: str | None = None
    paths: tuple[str, ...] = ()
    """Several are joined by `joined_by`; where one is not given there is no value."""
    first_of: bool = False
    """Whether the paths are alternatives: the first that gives a value counts."""
    joined_by: str = " "
    joins_many: bool = False
    """Whether several values at one path are joined too, and do not refuse the row."""
    take: Literal["", "first", "last"] = ""
    """Which of several values at one path."""
    after: str = ""
    """Only what stands after the last of these signs."""
    prefix: str = ""
    code_map: str = ""
    needed: bool = False
    """Whether the row is refused without it, although the entity could do without."""
    implied_decimals: int = 0
    formats: tuple[str, ...] = ()
    """`DD.MM.YYYY hh:mm`; of days and moments, instead of the mapping's."""
    zone: str = ""
    """IANA zone of a moment that says none."""
    zone_from: str = ""
    offset_from: str = ""
    region_from: str = ""
    """Where the state or province stands whose local time it is."""
    country_from: str = ""
    unit: "Value | None" = None
    """Of a weight or distance."""
    measured_by: "Value | None" = None
    """Of a distance."""
    currency: "Value | None" = None
    split_at: str = ""
    """The sign between several values in one text."""
    row_digest: bool = False
    without: tuple[str, ...] = ()
    """Keys of the row that its digest leaves out."""


class Group(_Part, frozen=True, kw_only=True, tag="group"):
    """The fields of a struct within the entity: a place, a party."""

    fields: "dict[str, Field]"


class Entry(_Part, frozen=True, kw_only=True):
    """One or, with `each`, several structs of a list: lines, items, measures."""

    each: str = ""
    when: tuple[Condition, ...] = ()
    fields: "dict[str, Field]"


class Entries(_Part, frozen=True, kw_only=True, tag="entries"):
    """A list of structs within the entity."""

    entries: tuple[Entry, ...]


Field = Value | Group | Entries


class NamedNumber(_Part, frozen=True, kw_only=True):
    """A reference: of which kind, which number, and who issued it where that matters."""

    each: str = ""
    when: tuple[Condition, ...] = ()
    kind: Value
    value: Value
    issuer: Value | None = None


class MappedFact(_Part, frozen=True, kw_only=True):
    """What one kind of fact is made of."""

    entity: str
    each: str = ""
    """Several of it in one item."""
    when: tuple[Condition, ...] = ()
    classifier: Value = Value(constant=Classifier.ACTUAL)
    quality: Quality = Quality.API
    occurred_at: Value
    recorded_at: Value
    revision: Value | None = None
    fields: dict[str, Field]
    references: tuple[NamedNumber, ...] = ()


class MappedMessage(_Part, frozen=True, kw_only=True):
    """One kind of message: which rows or items, what names them, and what they say."""

    each: tuple[str, ...] = ()
    """Paths to the items of a JSON document; of a table every row is one."""
    ignore: tuple[tuple[Condition, ...], ...] = ()
    """What is no message at all: totals, comments, other people's events."""
    message_id: tuple[Value, ...] = (Value(row_digest=True),)
    """Joined by `:`; parts that are not given are left out."""
    instance: Value | None = None
    """Which system says it, where one feed brings the words of several."""
    facts: tuple[MappedFact, ...]


class Column(_Part, frozen=True, kw_only=True):
    """Where a field of a fixed-width line stands; `start` counts from 1."""

    name: str
    start: int
    length: int


class Numbers(_Part, frozen=True, kw_only=True):
    """How the sender writes numbers and days."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    formats: tuple[str, ...] = ()
    """Of days and moments; without any they are ISO 8601."""


class Csv(_Part, frozen=True, kw_only=True):
    """How a comma-separated file is split."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: int = 1
    """The row that names the columns; 0 where none does."""
    columns: tuple[str, ...] = ()
    """Their names where no row names them."""


class FixedWidth(_Part, frozen=True, kw_only=True):
    """How a line is split by position."""

    encoding: str = "utf-8"
    length: int
    """Of every line."""
    trimmed: bool = False
    """Whether blanks at the end of a line may have been cut off."""
    columns: tuple[Column, ...]


class Xlsx(_Part, frozen=True, kw_only=True):
    """Where in a workbook the rows stand."""

    sheet: str = ""
    """Its title; the only visible sheet where none is named."""
    header: int = 1


class Mapping(_Part, frozen=True, kw_only=True):
    """How one partner's files of one kind become facts."""

    partner: str
    name: str
    format: Format
    version: str
    csv: Csv = Csv()
    fixed_width: FixedWidth | None = None
    xlsx: Xlsx = Xlsx()
    numbers: Numbers = Numbers()
    ignore_documents: tuple[tuple[Condition, ...], ...] = ()
    """Whole JSON documents that say nothing of ours."""
    codes: Named[str, CodeMap] = {}
    messages: tuple[MappedMessage, ...]
