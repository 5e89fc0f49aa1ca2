"""Dates and times as both syntaxes write them: digits, the year before the month and the day.

Every function raises `ValueError` with a sentence when the text is none; whoever reads the
message adds where it stood.
"""

import re
from datetime import date, datetime, time

EARLIEST_YEAR = 1980
LATEST_YEAR = 2099
CENTURY_TURNS_AT = 80
"""Two-digit years from here on are of the last century."""

_digits = re.compile(r"\d+", re.ASCII)


def day(text: str) -> date:
    """A date as CCYYMMDD, or YYMMDD in the ISA segment and in old versions."""
    if not _digits.fullmatch(text) or len(text) not in (6, 8):
        raise ValueError(f"{text[:40]!r} is not a date (CCYYMMDD)")
    if len(text) == 6:
        text = ("19" if int(text[:2]) >= CENTURY_TURNS_AT else "20") + text
    try:
        value = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar") from error
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"{text!r} is not within {EARLIEST_YEAR} to {LATEST_YEAR}")
    return value


def clock(text: str) -> time:
    """A time as HHMM, HHMMSS or HHMMSSDD; a lost leading or trailing zero is put back."""
    if not _digits.fullmatch(text) or not 3 <= len(text) <= 8:
        raise ValueError(f"{text[:40]!r} is not a time (HHMM)")
    full = (text.zfill(4) if len(text) == 3 else text).ljust(8, "0")
    hour, minute, second, hundredth = (int(full[at : at + 2]) for at in (0, 2, 4, 6))
    try:
        return time(hour, minute, second, hundredth * 10_000)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time of the day") from error


def moment(date_text: str, time_text: str) -> datetime:
    """A date and a time together, still without a zone."""
    return datetime.combine(day(date_text), clock(time_text))
