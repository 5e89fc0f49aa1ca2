"""The peak of the period, and what lies there on a named day of the month."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from app.evidence.correlation.storage import Period
from app.pricing.shapes.storage.kept import ONE_DAY, Kept, Owed
from app.pricing.told.calendar_months import day_of_month, months_after


def at_peak(kept: Kept) -> tuple[Owed, ...]:
    """What lies there on the day on which most does, the first of them."""
    levels = dict.fromkeys(_days_of(kept.period), Fraction(0))
    for stay in kept.stays:
        for day in kept.days_of(stay):
            levels[day] += stay.quantity
    peak = max(levels, key=lambda day: (levels[day], -day.toordinal()))
    return kept.on_day(peak, f"the most of any day, {peak.isoformat()}")


def on_named_day(kept: Kept) -> tuple[Owed, ...] | str:
    """What lies there on each day of that number in the period."""
    number = kept.term.snapshot_day
    assert number is not None, "a snapshot without a day is refused when the card is read"
    days = tuple(_named_days(kept.period, number))
    if not days:
        return f"the period {kept.period} has no day {number} on which stock is counted"
    return tuple(owed for day in days for owed in kept.on_day(day, day.isoformat()))


def _days_of(period: Period) -> Iterator[date]:
    return (period.starts_on + count * ONE_DAY for count in range(period.days))


def _named_days(period: Period, number: int) -> Iterator[date]:
    month = period.starts_on.replace(day=1)
    while month < period.ends_before:
        day = day_of_month(month.year, month.month, number)
        if period.holds(day):
            yield day
        month = months_after(month, 1)
