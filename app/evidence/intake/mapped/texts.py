"""A number, a day or a moment as its sender writes it.

Every function raises `ValueError` with a sentence when the text is none; whoever reads the
row adds where it stood and refuses the row.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from app.evidence.intake.mapped.model import Numbers

LONGEST_NUMBER = 30
FORMS = 256
"""Forms kept compiled; a mapping has a few."""

PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
    "Z": r"(?P<offset>Z|[-+]\d{2}:?\d{2})",
}
"""What a format is made of; a two-digit year means two centuries and is no part."""


class Written(NamedTuple):
    """A moment as written: with its offset or local, and whether a time of day was given."""

    moment: datetime
    has_clock: bool


_parts = re.compile("|".join(sorted(PARTS, key=len, reverse=True)))
_point = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)
_offset = re.compile(r"([-+])(\d{2}):?(\d{2})", re.ASCII)


def number(text: str, numbers: Numbers, implied_decimals: int = 0) -> Decimal:
    """A number with the sender's signs for decimals and thousands."""
    if len(text) > LONGEST_NUMBER or not _number(numbers.decimal, numbers.thousands).fullmatch(
        text
    ):
        raise ValueError(f"{text[:40]!r} is not a number as the mapping says they are written")
    bare = text.replace(numbers.thousands, "") if numbers.thousands else text
    plain = bare.replace(numbers.decimal, ".")
    if implied_decimals and "." in plain:
        raise ValueError(f"{text[:40]!r} shows decimals, and the mapping says they are implied")
    return Decimal(plain).scaleb(-implied_decimals)


def point_number(text: str) -> Decimal:
    """A number with a decimal point and no thousands."""
    if len(text) > LONGEST_NUMBER or not _point.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a number")
    return Decimal(text)


@lru_cache(maxsize=FORMS)
def _number(decimal: str, thousands: str) -> re.Pattern[str]:
    plain = rf"\d+({re.escape(decimal)}\d+)?"
    if not thousands:
        return re.compile(rf"[-+]?{plain}", re.ASCII)
    grouped = rf"\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d+)?"
    return re.compile(rf"[-+]?({plain}|{grouped})", re.ASCII)


def written(text: str, formats: tuple[str, ...]) -> Written:
    """A moment or day.

    Args:
        text: as it stands in the file.
        formats: tried in their order, each for the whole text; without any, ISO 8601.
    """
    if not formats:
        return _iso(text)
    for form in formats:
        if found := _form(form).fullmatch(text):
            return _written(text, found)
    raise ValueError(f"{text[:40]!r} is not written as {' or '.join(formats)}")


def is_format(text: str) -> bool:
    """Whether a text says how a day or moment is written: with year, month and day, each once."""
    named = [name for found in _parts.finditer(text) for name in _names(found[0])]
    return {"year", "month", "day"} <= set(named) and len(named) == len(set(named))


def _names(part: str) -> tuple[str, ...]:
    return tuple(re.compile(PARTS[part]).groupindex)


@lru_cache(maxsize=FORMS)
def _form(text: str) -> re.Pattern[str]:
    pattern, position = "", 0
    for found in _parts.finditer(text):
        pattern += re.escape(text[position : found.start()]) + PARTS[found[0]]
        position = found.end()
    return re.compile(pattern + re.escape(text[position:]), re.ASCII)


def _written(text: str, found: re.Match[str]) -> Written:
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    try:
        on = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        local = datetime.combine(on, time(hour, minute, second))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not in the calendar or on the clock") from error
    moment = at_offset(local, parts["offset"]) if parts.get("offset") else local
    return Written(moment, has_clock="hour" in parts)


def _iso(text: str) -> Written:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        what = f"{text[:40]!r} is not a day or moment as ISO 8601 writes it"
        raise ValueError(what) from error
    off = moment.utcoffset()
    if off is not None and off.total_seconds() % 60:
        raise ValueError(f"{text[:40]!r} has an offset with seconds")
    return Written(moment, has_clock="T" in text or ":" in text)


def at_offset(local: datetime, text: str) -> datetime:
    """The local time with an offset: `Z`, `-06:00`, `+0530`."""
    if text == "Z":
        return local.replace(tzinfo=UTC)
    found = _offset.fullmatch(text)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError(f"{text[:40]!r} is not an offset such as -06:00")
    off = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return local.replace(tzinfo=timezone(-off if found[1] == "-" else off))
