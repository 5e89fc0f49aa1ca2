"""Dates and times as DTM writes them: a value, and a code that says how it is written (2379)."""

import re
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from app.evidence.intake.edifact.segments import Segment
from app.evidence.intake.enveloped import dates
from app.evidence.intake.enveloped.moments import NOON

WRITTEN = {
    "101": "YYMMDD",
    "102": "CCYYMMDD",
    "201": "YYMMDDHHMM",
    "202": "YYMMDDHHMMSS",
    "203": "CCYYMMDDHHMM",
    "204": "CCYYMMDDHHMMSS",
    "205": "CCYYMMDDHHMMZHHMM",
    "303": "CCYYMMDDHHMMZZZ",
    "304": "CCYYMMDDHHMMSSZZZ",
}
UTC_NAMES = ("UTC", "GMT", "UCT")
"""Of the three letters of a zone; every other abbreviation is used by several."""

_with_hours = re.compile(r"(?P<local>\d{12})(?P<sign>[-+])(?P<h>\d\d)(?P<min>[0-5]\d)", re.ASCII)


class Moment(msgspec.Struct, frozen=True):
    """When it was, as far as the segment says it."""

    local: datetime
    """With an offset where one is given, else without."""
    has_time: bool


def moment(dtm: Segment) -> Moment:
    """The moment in a DTM segment.

    Raises:
        ValueError: with a sentence, when it is no moment or written in a way not read.
    """
    text, written = dtm.at(1, 2), dtm.at(1, 3)
    if written not in WRITTEN:
        ways = ", ".join(f"{code} ({how})" for code, how in WRITTEN.items())
        raise ValueError(f"date format {written[:8]!r} (2379) is not read; read are {ways}")
    if written == "205":
        return Moment(_with_offset(text), has_time=True)
    if written in ("303", "304"):
        if text[-3:] not in UTC_NAMES:
            raise ValueError(f"{text[:40]!r} names no zone that is read ({', '.join(UTC_NAMES)})")
        local = _local(text[:-3], WRITTEN[written].removesuffix("ZZZ"))
        return Moment(local.local.replace(tzinfo=UTC), has_time=True)
    return _local(text, WRITTEN[written])


def _local(text: str, how: str) -> Moment:
    if len(text) != len(how):
        raise ValueError(f"{text[:40]!r} is not written {how}")
    days = 8 if how.startswith("CC") else 6
    day = dates.day(text[:days])
    if len(how) == days:
        return Moment(datetime.combine(day, NOON), has_time=False)
    return Moment(datetime.combine(day, dates.clock(text[days:])), has_time=True)


def _with_offset(text: str) -> datetime:
    found = _with_hours.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not written {WRITTEN['205']}")
    ahead = timedelta(hours=int(found["h"]), minutes=int(found["min"]))
    if ahead > timedelta(hours=14):
        raise ValueError(f"{text!r} is further from UTC than any place")
    zone = timezone(ahead if found["sign"] == "+" else -ahead)
    return _local(found["local"], WRITTEN["203"]).local.replace(tzinfo=zone)
