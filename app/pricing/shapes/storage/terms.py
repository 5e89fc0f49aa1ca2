"""What was agreed about storage."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import StepRow
from app.pricing.agreed.term import StockTerm

StorageMethod = Literal[
    "storage_anniversary_1",
    "storage_split_month_1",
    "storage_calendar_1",
    "storage_daily_1",
    "storage_peak_1",
    "storage_average_1",
    "storage_snapshot_1",
]

BY_CYCLE = ("storage_split_month_1", "storage_calendar_1")


class StorageRow(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one unit of measure; `at_least` and `below` are its age in stock."""

    at_least: Decimal = Decimal(0)
    rate: Decimal


class HalfMonth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is owed for goods that come in the course of a cycle."""

    full_until: int
    """The last day of the cycle, counted from 1, on which a full month is owed."""
    then: Literal["half", "prorated"]
    """Afterwards: half of it, or the days that are left by the days of the cycle."""
    half_when_out_until: bool = False
    """Whether goods that leave by that day owe half a month only."""


class Storage(StockTerm, frozen=True, kw_only=True, omit_defaults=True, tag="storage"):
    """How storage is counted, of what and from when on.

    `method` is named and versioned; a field that says nothing for a method is refused.
    """

    method: StorageMethod
    out_day_counts: bool
    """Whether goods are still stored on the day they leave. What was received owes its first
    charge in any case where a method charges at receipt."""
    free_days: int = 0
    """So many days from receipt are free; storage begins, and anniversaries count, after them."""
    outs_without_lot: Literal["", "first in first out"] = ""
    """Which lot goes when a movement out names none; empty: then the stock is not known."""
    ages_in: Literal["days", "months"] = "days"
    """What `at_least` and `below` of the rates count: days, or months that are complete."""
    every: Literal["month", "week"] = "month"
    """Of anniversaries: how far they are apart."""
    cycle_day: int = 1
    """Of calendar and split month: the day of the month on which a cycle begins."""
    half_month: HalfMonth | None = None
    """Of split month."""
    snapshot_day: int | None = None
    """Of a snapshot: the day of the month, its last one where the month has fewer."""
    rate_days: int = 1
    """Of daily storage: for how many days the rate is: 30 for a month's rate by the day."""
    rates: tuple[StorageRow, ...]

    @property
    def has_ages(self) -> bool:
        """Whether the rate depends on how long goods are in stock."""
        return any(row.at_least or row.below is not None for row in self.rates)

    @property
    def needs_lots(self) -> bool:
        """Whether it matters which goods leave, and not only how many."""
        splits = self.half_month is not None and self.half_month.half_when_out_until
        by_lot = self.method == "storage_anniversary_1" or bool(self.free_days)
        return by_lot or splits or self.has_ages

    def flaws(self) -> Iterator[Flaw]:
        """What a method needs and does not have, or has and does not look at."""
        yield from super().flaws()
        for field, wanted, given in (
            ("half_month", self.method == "storage_split_month_1", self.half_month is not None),
            ("snapshot_day", self.method == "storage_snapshot_1", self.snapshot_day is not None),
        ):
            if wanted and not given:
                yield self._flaw(field, f"{self.method} needs `{field.replace('_', ' ')}`")
            elif given and not wanted:
                yield self._unread(field)
        if self.every != "month" and self.method != "storage_anniversary_1":
            yield self._unread("every")
        if self.cycle_day != 1 and self.method not in BY_CYCLE:
            yield self._unread("cycle_day")
        if self.rate_days != 1 and self.method != "storage_daily_1":
            yield self._unread("rate_days")
        yield from self._impossible()

    def _impossible(self) -> Iterator[Flaw]:
        """Numbers that no month has."""
        if not 1 <= self.cycle_day <= 28:
            yield self._flaw("cycle_day", "a cycle begins on a day that every month has: 1 to 28")
        if self.snapshot_day is not None and not 1 <= self.snapshot_day <= 31:
            yield self._flaw("snapshot_day", "the day of a month is one of 1 to 31")
        if self.half_month is not None and not 1 <= self.half_month.full_until <= 31:
            yield self._flaw("half_month", "`full until` is one of the days 1 to 31 of a cycle")
        if self.rate_days < 1:
            yield self._flaw("rate_days", "a rate is for one day or more")

    def _unread(self, field: str) -> Flaw:
        return self._flaw(field, f"`{field.replace('_', ' ')}` says nothing for {self.method}")

    def _flaw(self, field: str, what: str) -> Flaw:
        return Flaw(what=what, charge=self.charge, field=field)
