"""A full charge at receipt of each lot, and on each of its anniversaries for what is left.

Anniversaries are counted from the original day: 31 January, 28 February, 31 March, 30 April.
Goods that leave between two of them are not refunded.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.evidence.correlation.storage import Period
from app.pricing.shapes.storage.kept import Kept, Owed
from app.pricing.told.calendar_months import months_after

WEEK = timedelta(days=7)


def on_anniversaries(kept: Kept) -> tuple[Owed, ...]:
    """Once for each anniversary in the period on which the goods are there."""
    return tuple(
        Owed(quantity=stay.quantity, when=day.isoformat(), age=kept.age(stay, day))
        for stay in kept.stays
        for day in anniversaries(kept.begins(stay), kept.term.every, kept.period)
        if kept.owes_on(stay, day)
    )


def anniversaries(begins: date, every: str, period: Period) -> Iterator[date]:
    """The days in the period that are whole months or weeks after the first, itself among them."""
    count = _first_count(begins, every, period.starts_on)
    while (day := _anniversary(begins, every, count)) < period.ends_before:
        if day >= period.starts_on:
            yield day
        count += 1


def _anniversary(begins: date, every: str, count: int) -> date:
    return months_after(begins, count) if every == "month" else begins + count * WEEK


def _first_count(begins: date, every: str, starts_on: date) -> int:
    """A number of anniversaries that leads to the period's first day or before it."""
    if every == "month":
        return max(0, (starts_on.year - begins.year) * 12 + starts_on.month - begins.month)
    return max(0, (starts_on - begins) // WEEK)
