"""One thing a message has: a place in it, and the kind of what stands there."""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

MOST_TRAITS = 2000
"""Of one message: whoever has more uses values as names, and only the first ones tell anything."""
LOOKED_AT = 64_000
"""Bytes of a long text that are looked at; what repeats shows itself long before."""
LONGEST_STEP = 60
KEPT = 50_000
"""Traits that are kept to be shared by messages that look alike."""


class Kind(StrEnum):
    """What stands at a place, roughly: by it a weight in words differs from one in digits."""

    OBJECT = "object"
    LIST = "list"
    NUMBER = "number"
    YES_NO = "yes or no"
    NOTHING = "nothing"
    DIGITS = "digits"
    DATE = "date"
    LETTERS = "letters"
    MIXED = "letters and digits"
    TEXT = "text"
    X12 = "X12"
    EDIFACT = "EDIFACT"
    SET = "set"
    SEGMENT = "segment"
    TABLE = "table"
    COLUMN = "column"
    UNREADABLE = "unreadable"


class Trait(msgspec.Struct, frozen=True, order=True):
    """Something stands at a place: `$.lines[].weight` holds digits, say."""

    path: str
    """Without indices; empty for the whole message."""
    within: str
    """The path of what it stands in: without that it could not be there."""
    kind: Kind


@lru_cache(maxsize=KEPT)
def trait(path: str, within: str, kind: Kind) -> Trait:
    """The trait, one object for all messages that have it."""
    return Trait(path, within, kind)


def whole(kind: Kind) -> Trait:
    """What the message is as a whole."""
    return trait("", "", kind)


def step(name: str) -> str:
    """A name that somebody else gave, so that it can be printed and stored."""
    short = name if len(name) <= LONGEST_STEP else f"{name[:LONGEST_STEP]}..."
    return short if short.isprintable() else "".join(map(_printable, short))


def _printable(sign: str) -> str:
    return sign if sign.isprintable() else "?"


_digits = re.compile(r"[-+]?\d+([.,]\d+)*", re.ASCII)
_on = r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
_date = re.compile(
    rf"{_on}(\d{{4}}(\d\d)?)?"  # 20260302, 202603021430
    r"|\d{4}-\d\d-\d\d([T ].{0,40})?"  # ISO 8601
    r"|\d{1,2}(?P<sign>[./])\d{1,2}(?P=sign)(\d\d){1,2}( .{0,40})?",  # 02.03.2026 14:30, 3/2/26
    re.ASCII,
)


def kind_of_text(text: str) -> Kind:
    """Digits, a date, or any other text; nothing where it is blank."""
    bare = text.strip()
    if not bare:
        return Kind.NOTHING
    if _date.fullmatch(bare):
        return Kind.DATE
    return Kind.DIGITS if _digits.fullmatch(bare) else Kind.TEXT


def kind_of_element(text: str) -> Kind:
    """Of an element of EDI, where letters alone are mostly codes and names."""
    kind = kind_of_text(text)
    if kind is not Kind.TEXT:
        return kind
    return Kind.MIXED if any(map(str.isdigit, text)) else Kind.LETTERS
