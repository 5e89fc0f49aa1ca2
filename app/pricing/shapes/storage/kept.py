"""The stock of a storage period as the methods see it, and what they find is owed."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from app.evidence.correlation.storage import Period
from app.pricing.shapes.storage.terms import Storage
from app.pricing.told.calendar_months import completed_months
from app.pricing.told.stock import Stay

ONE_DAY = timedelta(days=1)


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """So much of the goods, so many times the rate of that age."""

    quantity: Fraction
    times: Fraction = Fraction(1)
    written: str = ""
    """The times as they read in the working: `22 days`, `1/2`; empty for once."""
    when: str = ""
    """On which day, where it is one."""
    age: int = 0
    """Days or months in stock, as the card counts them."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The stays of the period's stock, under the terms by which they are counted."""

    stays: tuple[Stay, ...]
    period: Period
    term: Storage

    def begins(self, stay: Stay) -> date:
        """The first day of its storage, after the free days."""
        return stay.came_on + self.term.free_days * ONE_DAY

    def ends(self, stay: Stay) -> date:
        """The first day on which it is no longer counted."""
        if stay.left_on is None:
            return date.max
        return stay.left_on + ONE_DAY if self.term.out_day_counts else stay.left_on

    def lies(self, stay: Stay, day: date) -> bool:
        """Whether it is counted on the day."""
        return self.begins(stay) <= day < self.ends(stay)

    def is_received(self, stay: Stay, day: date) -> bool:
        """Whether the day is that of its receipt, when it owes its first charge in any case."""
        return stay.came_on == day and not self.term.free_days

    def owes_on(self, stay: Stay, day: date) -> bool:
        """Whether a charge that falls on the day is owed for it."""
        return self.is_received(stay, day) or self.lies(stay, day)

    def age(self, stay: Stay, day: date) -> int:
        """How long it has been in stock on the day; 0 where no rate asks."""
        if not self.term.has_ages:
            return 0
        if self.term.ages_in == "months":
            return completed_months(stay.came_on, day)
        return (day - stay.came_on).days

    def days_of(self, stay: Stay) -> Iterator[date]:
        """The days of the period on which it is counted."""
        day = max(self.begins(stay), self.period.starts_on)
        while day < min(self.ends(stay), self.period.ends_before):
            yield day
            day += ONE_DAY

    def on_day(self, day: date, when: str = "") -> tuple[Owed, ...]:
        """Everything that is counted on the day."""
        return tuple(
            Owed(quantity=stay.quantity, when=when, age=self.age(stay, day))
            for stay in self.stays
            if self.lies(stay, day)
        )
