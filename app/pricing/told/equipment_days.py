"""Which days a container or chassis was out, which of them are free and which are charged.

Days are local days of the facility, or 24 hours each from the start, of which any fraction
counts (terminal tariffs). A day on which the terminal was closed or customs held the
container stops the clock: it neither uses free time nor is charged.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from app.pricing.agreed.rows import Row, in_force

Days = Literal["calendar days", "business days"]
"""Every day, or Monday to Friday without the terminal's holidays."""

Counting = Literal["local days", "each begun 24 hours"]
"""What a day is: from midnight to midnight at the facility, or 24 hours from the start."""

FirstDay = Literal["", "same day", "next day"]
"""With which local day counting begins."""

MOST_DAYS = 1500
"""Longer than any equipment is out; beyond it the times are a mistake."""

SATURDAY = 5


class ClosedDay(Row, frozen=True, kw_only=True, omit_defaults=True):
    """A day of the terminal's calendar that is not as others.

    Known from `known_from` on; a correction bears the same number and a later `known_from`,
    and takes the day back where it ends on the day on which it begins.
    """

    day: date
    name: str = ""
    kind: Literal["holiday", "closure"] = "holiday"
    """A holiday is no business day; a closure stops the clock, whatever days are counted."""

    @property
    def key(self) -> tuple[str, ...]:
        """The day."""
        return (self.day.isoformat(),)


class Held(msgspec.Struct, frozen=True):
    """From when to when customs held the container."""

    begun: datetime
    ended: datetime


class FreeTime(msgspec.Struct, frozen=True, kw_only=True):
    """How days are counted, and how many are free."""

    zone: str
    counting: Counting
    first_day: FirstDay
    free_days: int
    free_counted: Days
    charged_counted: Days
    closed: tuple[ClosedDay, ...] = ()
    held: tuple[Held, ...] = ()


class Day(msgspec.Struct, frozen=True):
    """One day that the equipment was out, and what it is."""

    day: date
    is_a: Literal["free", "charged", "not counted"]
    why: str = ""
    """Of a day that is not counted: what stopped the clock."""
    row: ClosedDay | None = None


def days_out(begun: datetime, ended: datetime, terms: FreeTime, known_on: date) -> tuple[Day, ...]:
    """Every day from the start to the end, each with what it is.

    Args:
        begun: the instant at which the clock starts.
        ended: the instant at which it ends, not before `begun`.
        terms: how days are counted.
        known_on: the day whose knowledge of the terminal's calendar counts.

    Returns:
        The days in order. What a day is depends on the days before it and never on the
        end, so that a later end only adds days.
    """
    free = terms.free_days
    found = []
    for since, until in _spans(begun, ended, terms):
        day = since.astimezone(ZoneInfo(terms.zone)).date()
        row = _calendar_row(terms.closed, day, known_on)
        if why := _stopped(since, until, terms.held, row):
            found.append(Day(day, "not counted", why, row))
        elif off := _off(day, row, terms.free_counted if free else terms.charged_counted):
            found.append(Day(day, "not counted", off, row))
        else:
            found.append(Day(day, "free" if free else "charged"))
            free = max(free - 1, 0)
    return tuple(found)


def _spans(
    begun: datetime, ended: datetime, terms: FreeTime
) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each day as instants."""
    zone = ZoneInfo(terms.zone)
    if terms.counting == "each begun 24 hours":
        since = begun.astimezone(UTC)
        while since < ended:
            yield since, since + timedelta(hours=24)
            since += timedelta(hours=24)
        return
    day = begun.astimezone(zone).date() + timedelta(days=terms.first_day == "next day")
    while day <= ended.astimezone(zone).date():
        yield _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        day += timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _calendar_row(closed: Iterable[ClosedDay], day: date, known_on: date) -> ClosedDay | None:
    known = (row for row in in_force(closed, day, known_on) if row.day == day)
    return next(known, None)


def _stopped(
    since: datetime, until: datetime, held: tuple[Held, ...], row: ClosedDay | None
) -> str:
    """What stopped the clock on a day, empty where nothing did."""
    if any(each.begun < until and since < each.ended for each in held):
        return "customs hold"
    if row is not None and row.kind == "closure":
        return row.name or "closed"
    return ""


def _off(day: date, row: ClosedDay | None, counted: Days) -> str:
    """Why a day is no business day, where only those are counted."""
    if counted == "calendar days":
        return ""
    if row is not None:
        return row.name or "holiday"
    return "weekend" if day.weekday() >= SATURDAY else ""
