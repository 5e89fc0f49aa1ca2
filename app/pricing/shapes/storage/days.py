"""Pallet-days, and the average of the period: each day that goods lie there counts.

The first day counts; the last one counts where the card says so.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby

from app.pricing.agreed.rows import StepRow
from app.pricing.shapes.storage.kept import Kept, Owed
from app.pricing.told.stock import Stay


def by_day(kept: Kept) -> tuple[Owed, ...]:
    """Each stay times its days in the period."""
    return tuple(
        Owed(quantity=stay.quantity, times=Fraction(days), written=_days(days), age=age)
        for stay in kept.stays
        for age, days in _runs(kept, stay)
    )


def on_average(kept: Kept) -> tuple[Owed, ...]:
    """Each stay times its share of the period's days."""
    whole = kept.period.days
    return tuple(
        Owed(
            quantity=stay.quantity,
            times=Fraction(days, whole),
            written=f"{days}/{whole}",
            age=age,
        )
        for stay in kept.stays
        for age, days in _runs(kept, stay)
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _runs(kept: Kept, stay: Stay) -> Iterator[tuple[int, int]]:
    """The age at which days in a row of one rate began, and how many they are."""
    ages = (kept.age(stay, day) for day in kept.days_of(stay))
    for _, run in groupby(ages, key=lambda age: _step(kept.term.rates, age)):
        days = list(run)
        yield days[0], len(days)


def _step(rows: tuple[StepRow, ...], age: int) -> tuple[bool, ...]:
    """Which steps hold the age; two ages of one step have one answer."""
    return tuple(row.holds(Fraction(age)) for row in rows)
