"""Whether a row fits, and into which part of a cohort it falls.

Storage asks a database the same (`kpi_rows.py`); whoever changes one changes the other.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

from app.reports.kpis.definition import Cell, Cohort, Condition, Op
from app.reports.kpis.window import Window, midnight

Row = Mapping[str, Cell]


class Part(StrEnum):
    """Where a row of a cohort belongs; each is in one of these."""

    COUNTED = "counted"
    OPEN = "open"
    LEFT_OUT = "left out"
    ELSEWHERE = "elsewhere"
    """In another window, or not what the KPI is about."""


class Sorted(msgspec.Struct, frozen=True):
    """The part, and why where it is left out."""

    part: Part
    why: str = ""


def fits_all(row: Row, conditions: Iterable[Condition], window: Window) -> bool:
    """Whether everything that is asked is so."""
    return all(fits(row, each, window) for each in conditions)


def fits(row: Row, asked: Condition, window: Window) -> bool:
    """Whether one thing that is asked is so."""
    return _is_so(row, asked, window) is not asked.no


def _is_so(row: Row, asked: Condition, window: Window) -> bool:
    cell = row[asked.column]
    if cell is None:
        return False
    match asked.op:
        case Op.IS:
            return cell == asked.value
        case Op.ONE_OF:
            return cell in asked.values
        case Op.KNOWN:
            return cell != ""
        case Op.ABOVE:
            return _number(cell) > _number(asked.value)
        case Op.UNTIL:
            return _is_until(cell, row[asked.other])
        case Op.LONGER:
            start = row[asked.other]
            return start is not None and seconds(start, cell) > _number(asked.value)
        case Op.WITHIN_DAYS:
            assert isinstance(cell, date), f"{asked.column} is a day"
            return cell <= window.at.date() + timedelta(days=_number(asked.value))


def seconds(start: Cell, stop: Cell) -> int:
    """From one moment to another, each taken at its whole second."""
    assert isinstance(start, datetime), "a duration begins at a moment"
    assert isinstance(stop, datetime), "a duration ends at a moment"
    whole = (each.astimezone(UTC).replace(microsecond=0) for each in (start, stop))
    first, last = whole
    return (last - first) // timedelta(seconds=1)


def sorted_row(row: Row, cohort: Cohort, window: Window) -> Sorted:
    """Into which part of the cohort a row falls."""
    placed = not cohort.snapshot and is_placed(row[cohort.placed_by], window)
    belongs = placed or _is_open(row, cohort, window)
    if not belongs or not fits_all(row, cohort.about, window):
        return Sorted(Part.ELSEWHERE)
    for each in cohort.leaves_out:
        if fits_all(row, each.where, window):
            return Sorted(Part.LEFT_OUT, each.why)
    counts = cohort.snapshot or (placed and _is_mature(row, cohort, window))
    return Sorted(Part.COUNTED if counts else Part.OPEN)


def is_placed(cell: Cell, window: Window) -> bool:
    """Whether a day or moment is in the window."""
    return cell is not None and _is_before(cell, window.before) > _is_before(cell, window.since)


def last_mature_day(cohort: Cohort, window: Window) -> date:
    """Until when a row has to be placed for it to be known now what became of it."""
    return window.now.astimezone(UTC).date() - timedelta(days=cohort.matures_days)


def _is_open(row: Row, cohort: Cohort, window: Window) -> bool:
    """Whether it had begun by the end of the window and had not ended by then."""
    if not cohort.begun_by or row[cohort.begun_by] is None:
        return False
    ended = row[cohort.placed_by]
    over = ended is not None and _is_before(ended, window.before)
    return _is_before(row[cohort.begun_by], window.before) and not over


def _is_mature(row: Row, cohort: Cohort, window: Window) -> bool:
    if cohort.matures_at:
        moment = row[cohort.matures_at]
        assert isinstance(moment, datetime), f"{cohort.matures_at} is a moment in every such row"
        return moment < window.now
    if not cohort.matures_days:
        return True
    return _is_before(row[cohort.placed_by], last_mature_day(cohort, window) + timedelta(days=1))


def _is_before(cell: Cell, day: date) -> bool:
    """Whether a day, or a moment, comes before a day begins."""
    if isinstance(cell, datetime):
        return cell < midnight(day)
    assert isinstance(cell, date), "a row is placed by a day or a moment"
    return cell < day


def _is_until(cell: Cell, other: Cell) -> bool:
    if other is None:
        return False
    if isinstance(cell, datetime) and isinstance(other, datetime):
        return cell <= other
    both = (cell, other)
    assert not any(isinstance(each, datetime) for each in both), "like is compared with like"
    assert isinstance(cell, date), "only days and moments follow one another"
    assert isinstance(other, date), "only days and moments follow one another"
    return cell <= other


def _number(value: Cell) -> int:
    assert isinstance(value, int), "numbers are compared with numbers"
    return value
