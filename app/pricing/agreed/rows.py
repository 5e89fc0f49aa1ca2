"""Rows of a rate table: from when they count, and from when they were known.

A price is never changed. A new price is a row with a later effective date; a correction
is a row with a later `known_from`, and whoever replays a decision passes the day of that
decision and sees the rows as they were known then. A row that bears the number of an
earlier row is a new version of it: the earlier version is gone as a whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

import msgspec

from app.pricing.lines.charge import RowUsed


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a rate table; subclasses hold its values."""

    table: str
    """The file it stands in, and in which line."""
    line: int
    row: str
    """Its number, by which people cite it."""
    effective_from: date
    effective_before: date | None = None
    """The first day on which it no longer counts; None while no end is agreed."""
    known_from: date
    """The first day on which it was agreed knowledge."""

    @property
    def key(self) -> tuple[str, ...]:
        """What it prices; of two rows with one key, the later known supersedes."""
        return ()

    def counts_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        ended = self.effective_before is not None and day >= self.effective_before
        return self.effective_from <= day and not ended

    def used(self) -> RowUsed:
        """The row as a charge cites it."""
        return RowUsed(
            table=self.table,
            line=self.line,
            row=self.row,
            effective_from=self.effective_from.isoformat(),
            known_from=self.known_from.isoformat(),
        )

    def __str__(self) -> str:
        """`row 12 of tables/linehaul.csv`."""
        return f"row {self.row} of {self.table}"


@lru_cache(maxsize=65536)
def words(cell: str) -> str:
    """A cell as it is compared: capitals and blanks make no difference."""
    return " ".join(cell.upper().split())


class LaneRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """A row that may be limited to a lane and a freight class; `*` is any."""

    origin: str = "*"
    destination: str = "*"
    freight_class: str = "*"

    @property
    def key(self) -> tuple[str, ...]:
        """The lane and class it prices."""
        return words(self.origin), words(self.destination), words(self.freight_class)


class StepRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a step function: `at_least` inclusive, `below` exclusive, None for no end."""

    at_least: Decimal
    below: Decimal | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Where the step begins."""
        return (str(Fraction(self.at_least)),)

    def holds(self, value: Fraction | Decimal) -> bool:
        """Whether the value falls on this step."""
        exact = Fraction(value)
        return exact >= self.at_least and (self.below is None or exact < self.below)


R = TypeVar("R", bound=Row)


def in_force(rows: Iterable[R], day: date, known_on: date) -> tuple[R, ...]:
    """The rows that count on `day` as it was known on `known_on`.

    Two rows left for one key are a mistake in the card; both are returned, so that
    whoever asks finds the price ambiguous and takes neither.
    """
    known = [row for row in rows if row.known_from <= known_on]
    current = _latest_known(known, lambda row: (row.row,))
    return _latest_known((row for row in current if row.counts_on(day)), lambda row: row.key)


def _latest_known(rows: Iterable[R], name: Callable[[Row], tuple[str, ...]]) -> tuple[R, ...]:
    """Of the rows of one name those known last; usually one."""
    named: dict[tuple[str, ...], list[R]] = defaultdict(list)
    for row in rows:
        named[name(row)].append(row)
    return tuple(
        row
        for same in named.values()
        for row in same
        if row.known_from == max(other.known_from for other in same)
    )
