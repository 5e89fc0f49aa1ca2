"""Months on the calendar: anniversaries counted from the original day, so that none drifts."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """The day so many months later, the last of the month where that has no such day.

    31 January leads to 28 February and 31 March: each is counted from the original day.
    """
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def completed_months(since: date, day: date) -> int:
    """How many months have passed from one day to a later one."""
    months = (day.year - since.year) * 12 + day.month - since.month
    return months if months_after(since, months) <= day else months - 1


def day_of_month(year: int, month: int, day: int) -> date:
    """The day of that number in a month, its last one where it has fewer."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
