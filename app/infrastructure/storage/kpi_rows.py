"""The rows behind a KPI: all of its cohort for counting, or a page of one part for a list."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, literal, not_, or_, tuple_

from app.errors import wrong_request
from app.infrastructure.storage.columns import Day, Line, Moment
from app.infrastructure.storage.kpi_columns import (
    FROM,
    all_so,
    before,
    column_of,
    none_so,
    not_before,
)
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.kpis.conditions import Part, Row, last_mature_day
from app.reports.kpis.definition import DIMENSIONS, KEYS, By, Cohort, Kpi, Need
from app.reports.kpis.taken import columns_of, columns_shown
from app.reports.kpis.window import Window

_KINDS: tuple[tuple[type[Any], type[Any]], ...] = ((Moment, datetime), (Day, date), (Line, str))
"""What a column of each type holds; all others are numbers."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows behind a KPI somebody wants to see."""

    part: Part = Part.COUNTED
    hit: bool | None = None
    """Of a share: only what is above the line, or only the rest; None: both."""
    by: By | None = None
    value: str = ""
    """With `by`: only rows of this customer, carrier, code, ..."""
    after: str = ""
    """Where the page before ended; empty: from the first."""
    at_most: int = 50


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows, in the order of their days."""

    rows: tuple[Row, ...]
    after: str
    """Where the next page begins; empty where there is none."""


class KpiRows:
    """Asked of the same definition, so that a list adds up to its number."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def is_told(self, need: Need, window: Window) -> bool:
        """Whether somebody ever told what a KPI needs, in whatever window."""
        query = self._rows.select(FROM[need.table], literal(1))
        told = query.where(all_so(need.table, need.where, window)).limit(1)
        return self._rows.first(told) is not None

    def of(self, kpi: Kpi, window: Window) -> Iterator[Row]:
        """Every row of the cohort, placed in the window or open at its end, each once.

        To be read to the end, before the transaction ends.
        """
        cohort = _cohort(kpi)
        about = all_so(cohort.table, cohort.about, window)
        for belongs in (_placed(cohort, window), _open(cohort, window)):
            if belongs is not None:
                query = self._select(kpi, columns_of(kpi)).where(belongs, about)
                for row in self._rows.stream(query):
                    yield row._asdict()

    def page(self, kpi: Kpi, window: Window, wanted: Wanted) -> Page:
        """A page of one part of the cohort, with what tells its rows apart."""
        order = _order(kpi, wanted.part)
        names = tuple(dict.fromkeys((*columns_of(kpi), *columns_shown(kpi), *order)))
        query = self._select(kpi, names).where(_part(kpi, wanted.part, window))
        query = query.where(*_narrowed(kpi, wanted, window))
        columns = [column_of(_cohort(kpi).table, name) for name in order]
        if wanted.after:
            query = query.where(_behind(columns, wanted.after))
        rows = self._rows.all(query.order_by(*columns).limit(wanted.at_most + 1))
        shown = tuple(row._asdict() for row in rows[: wanted.at_most])
        more = len(rows) > wanted.at_most
        last = [shown[-1][name] for name in order] if more else []
        return Page(rows=shown, after=msgspec.json.encode(last).decode() if more else "")

    def _select(self, kpi: Kpi, names: tuple[str, ...]) -> Select[Any]:
        table = _cohort(kpi).table
        columns = (column_of(table, name).label(name) for name in names)
        return self._rows.select(FROM[table], *columns)


def _cohort(kpi: Kpi) -> Cohort:
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    return kpi.cohort


def _placed(cohort: Cohort, window: Window) -> ColumnElement[bool] | None:
    if cohort.snapshot:
        return None
    column = column_of(cohort.table, cohort.placed_by)
    return and_(not_before(column, window.since), before(column, window.before))


def _open(cohort: Cohort, window: Window) -> ColumnElement[bool] | None:
    """Begun by the end of the window, and not ended by then."""
    if not cohort.begun_by:
        return None
    begun = column_of(cohort.table, cohort.begun_by)
    ended = column_of(cohort.table, cohort.placed_by)
    not_over = or_(ended.is_(None), not_before(ended, window.before))
    return and_(before(begun, window.before), not_over)


def _part(kpi: Kpi, part: Part, window: Window) -> ColumnElement[bool]:
    """What makes a row one of a part: `sorted_row` asks the same of a row."""
    cohort = _cohort(kpi)
    placed, is_open = _placed(cohort, window), _open(cohort, window)
    left_out = none_so(cohort.table, (each.where for each in cohort.leaves_out), window)
    about = all_so(cohort.table, cohort.about, window)
    if part is Part.LEFT_OUT:
        belongs = or_(*(each for each in (placed, is_open) if each is not None))
        return and_(belongs, about, not_(left_out))
    if cohort.snapshot:
        assert part is Part.COUNTED, "of a snapshot what is open is counted"
        assert is_open is not None, "a snapshot is of what has begun"
        return and_(is_open, about, left_out)
    assert placed is not None, "what is no snapshot is placed"
    mature = _mature(cohort, window)
    if part is Part.COUNTED:
        return and_(placed, mature, about, left_out)
    young = and_(placed, not_(mature))
    return and_(young if is_open is None else or_(young, is_open), about, left_out)


def _mature(cohort: Cohort, window: Window) -> ColumnElement[bool]:
    if cohort.matures_at:
        return column_of(cohort.table, cohort.matures_at) < window.now
    column = column_of(cohort.table, cohort.placed_by)
    if not cohort.matures_days:
        return before(column, window.before)
    return before(column, last_mature_day(cohort, window) + timedelta(days=1))


def _narrowed(kpi: Kpi, wanted: Wanted, window: Window) -> Iterator[ColumnElement[bool]]:
    table = _cohort(kpi).table
    if wanted.hit is not None:
        hit = all_so(table, kpi.hits, window)
        yield hit if wanted.hit else not_(hit)
    if wanted.by is not None:
        column = column_of(table, DIMENSIONS[table][wanted.by])
        yield column == wanted.value


def _order(kpi: Kpi, part: Part) -> tuple[str, ...]:
    """By which columns a list is in order; each has a value in every row of it."""
    cohort = _cohort(kpi)
    keys = KEYS[cohort.table]
    if part is Part.LEFT_OUT:
        return keys
    if cohort.snapshot or (part is Part.OPEN and cohort.begun_by):
        return (cohort.begun_by, *keys)
    return (cohort.placed_by, *keys)


def _behind(columns: list[ColumnElement[Any]], after: str) -> ColumnElement[bool]:
    try:
        given = msgspec.json.decode(after, type=list[Any])
        pairs = zip(columns, given, strict=True)
        last = [literal(_told(column, value), column.type) for column, value in pairs]
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise wrong_request(
            "after", f"{after[:60]!a} is no place in this list", "what the page before gave"
        ) from error
    return tuple_(*columns) > tuple_(*last)


def _told(column: ColumnElement[Any], value: object) -> object:
    told = next((kind for stored, kind in _KINDS if isinstance(column.type, stored)), int)
    return msgspec.convert(value, told, strict=True)
