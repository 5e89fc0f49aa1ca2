"""One invoice for many units: how often a customer's invoices are gathered, and when that closes.

It closes at a moment by the wall clock where the customer keeps its books, as its invoicing
calendar does: of a local time that came twice the earlier moment counts, and a day on which
nobody works gives way to the working day before it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from app.measures import Instant
from app.pricing.contract.cutoffs import next_cutoff
from app.pricing.contract.windows import InvoicingCalendar, Weekday

_SHORTEST = timedelta(microseconds=1)


class Every(StrEnum):
    """How often what is released is gathered into one invoice."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Consolidation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a customer's invoices are gathered.

    Of a week `weekday` says on which day it closes, of a month either `day_of_month` or
    `last_working_day`; of a day there is nothing to say.
    """

    every: Every
    time_zone: str
    """IANA: `America/Chicago`."""
    time_of_day: str
    """`17:00`; what was released before is in it."""
    weekday: Weekday | None = None
    day_of_month: int | None = None
    """In a month that is shorter, its last day."""
    last_working_day: bool = False
    """Of the month."""
    holidays: tuple[date, ...] = ()


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one period."""

    at: Instant
    on: date
    """The day on the customer's wall: its invoice is of that day."""


def closing_after(consolidation: Consolidation, moment: datetime) -> Closing:
    """The first closing after the moment; what is released at one belongs to the next."""
    found = (next_cutoff(each, moment + _SHORTEST) for each in _calendars(consolidation))
    at = min(each for each in found if each is not None)
    return Closing(at=at, on=at.astimezone(ZoneInfo(consolidation.time_zone)).date())


def _calendars(consolidation: Consolidation) -> Iterator[InvoicingCalendar]:
    """What it closes by: each weekday's calendar where it closes every day."""
    daily = consolidation.every is Every.DAY
    for weekday in tuple(Weekday) if daily else (consolidation.weekday,):
        yield InvoicingCalendar(
            time_zone=consolidation.time_zone,
            time_of_day=consolidation.time_of_day,
            weekday=weekday,
            day_of_month=consolidation.day_of_month,
            last_working_day=consolidation.last_working_day,
            holidays=consolidation.holidays,
        )
