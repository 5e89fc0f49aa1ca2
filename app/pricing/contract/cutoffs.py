"""The customer's invoicing calendar: when a batch closes, and which one a service belongs to.

A batch closes at a moment, by the wall clock where the customer keeps its books. Of a local time
that came twice the earlier moment counts, and one that the clocks left out is the moment it
would have been: either way nobody is told of more time than there is.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.evidence.intake.zones import in_zone
from app.pricing.contract.windows import InvoicingCalendar, Weekday

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def next_cutoff(calendar: InvoicingCalendar, at: datetime) -> datetime | None:
    """The first cut-off at or after the moment; None where it depends on the service alone."""
    if calendar.days_after_service is not None:
        return None
    today = day_at_customer(calendar, at)
    nominal = _weekly(today, calendar.weekday) if calendar.weekday else _monthly(today, calendar)
    # One that is moved before a holiday may be over although its nominal day is still to come.
    moments = (_moment(calendar, _working_day(calendar, day)) for day in nominal)
    return next(moment for moment in moments if moment >= at)


def cutoff_of(calendar: InvoicingCalendar, served_at: datetime) -> datetime:
    """The cut-off by which a service that was complete at that moment has to be billed."""
    if calendar.days_after_service is None:
        moment = next_cutoff(calendar, served_at)
        assert moment is not None, "a calendar of weeks or months always has a next cut-off"
        return moment
    # The day of service is that of the place where it was rendered, as the contract counts it.
    day = served_at.date() + timedelta(days=calendar.days_after_service)
    return _moment(calendar, day)


def closes_at(day: date, calendar: InvoicingCalendar | None, time_zone: str) -> datetime:
    """When the batch of a known cut-off day closes; what is billed at that moment is in it.

    Args:
        day: the customer's, as `cutoff_of` has it.
        calendar: by whose time of day it closes; None where the contract names days alone, so
            that the batch closes with the day.
        time_zone: of the customer's days, where there is no calendar.
    """
    if calendar is not None:
        return _moment(calendar, day)
    return _end_of(day, time_zone)


def complete_by(closing: datetime, calendar: InvoicingCalendar | None) -> datetime:
    """Until when a service has to be complete for its invoice to be due in that batch."""
    # A lead is a span, not a time on the wall: it lasts as long when clocks change meanwhile.
    lead = timedelta(hours=calendar.lead_hours) if calendar is not None else timedelta()
    return closing.astimezone(UTC) - lead


def end_of(day: date, calendar: InvoicingCalendar) -> datetime:
    """The end of a day of the customer's."""
    return _end_of(day, calendar.time_zone)


def day_at_customer(calendar: InvoicingCalendar, at: datetime) -> date:
    """The date on the customer's wall at that moment."""
    return at.astimezone(ZoneInfo(calendar.time_zone)).date()


def _end_of(day: date, time_zone: str) -> datetime:
    return in_zone(datetime.combine(day + ONE_DAY, time()), time_zone)


def _weekly(today: date, weekday: Weekday) -> Iterator[date]:
    day = today + timedelta(days=(weekday.number - today.weekday()) % 7)
    while True:
        yield day
        day += timedelta(days=7)


def _monthly(today: date, calendar: InvoicingCalendar) -> Iterator[date]:
    first = today.replace(day=1)
    while True:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        wanted = calendar.day_of_month
        yield last if wanted is None else min(last, first + timedelta(days=wanted - 1))
        first = last + ONE_DAY


def _working_day(calendar: InvoicingCalendar, day: date) -> date:
    """The day, or the last one before it on which somebody works."""
    own = calendar.weekday.number if calendar.weekday else None
    while day in calendar.holidays or (day.weekday() >= SATURDAY and day.weekday() != own):
        day -= ONE_DAY
    return day


def _moment(calendar: InvoicingCalendar, day: date) -> datetime:
    at = time.fromisoformat(calendar.time_of_day)
    return in_zone(datetime.combine(day, at), calendar.time_zone)
