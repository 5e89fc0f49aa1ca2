"""What a table looks like on one day, and on each day on which it changes, as it was known then.

The latter for proofs over rows that are not simply alike: ranges that overlap, cells that leave
a gap.
"""

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

import msgspec

from app.pricing.agreed.rows import Row, in_force
from app.pricing.agreed.term import Term

T = TypeVar("T", bound=Term)
R = TypeVar("R", bound=Row)


def states_of(rows: tuple[R, ...]) -> Iterator[tuple[date, tuple[R, ...]]]:
    """Each day of change with the rows that count on it, for each day of knowledge."""
    begins = {row.effective_from for row in rows}
    ends = {row.effective_before for row in rows if row.effective_before is not None}
    for known_on in sorted({row.known_from for row in rows}):
        for day in sorted(begins | ends):
            if current := in_force(rows, day, known_on):
                yield day, current


def as_of(term: T, day: date, known_on: date) -> T:
    """The terms with only those rows that count on `day` as it was known on `known_on`.

    Worked out once for all packages of a unit: a table of a carrier has thousands of rows.
    """
    tables = {
        name: in_force(value, day, known_on)
        for name in term.__struct_fields__
        if isinstance(value := getattr(term, name), tuple)
        and all(isinstance(each, Row) for each in value)
    }
    return msgspec.structs.replace(term, **tables)


def share_a_day(one: Row, other: Row) -> bool:
    """Whether both are in force on some day."""
    begins = max(one.effective_from, other.effective_from)
    return one.counts_on(begins) and other.counts_on(begins)
