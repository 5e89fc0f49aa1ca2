"""What a KPI takes of one row: the same for its number and for the line in its list."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from app.reports.kpis.conditions import Part, Row, fits_all, seconds, sorted_row
from app.reports.kpis.definition import (
    AT,
    DIMENSIONS,
    KEYS,
    SHOWN,
    Amount,
    AmountTime,
    Between,
    By,
    Kpi,
    Measure,
    Number,
    WorkingTime,
)
from app.reports.kpis.window import Window
from app.reports.kpis.working_hours import working_seconds


class Taken(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a cohort and what it adds to the number."""

    part: Part
    why: str = ""
    """Of what is left out: why."""
    hit: bool = False
    """Of a share: whether it is above the line."""
    value: int | None = None
    """Seconds, a number, minor units, or minor units times seconds."""
    below: int | None = None
    """What the value is a part of, in minor units, where it is one."""
    currency: str = ""
    age_s: int | None = None
    """Of what is open: for how long it is."""
    groups: tuple[str, ...]
    """What it is in each of the KPI's dimensions, in their order."""

    def of(self, kpi: Kpi, by: By) -> str:
        """What it is in one dimension; empty where nobody tells."""
        return self.groups[kpi.dimensions.index(by)]


def taken(kpi: Kpi, row: Row, window: Window) -> Taken:
    """What a KPI takes of a row."""
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    into = sorted_row(row, kpi.cohort, window)
    groups = tuple(str(row[each] or "") for each in DIMENSIONS[kpi.cohort.table].values())
    if into.part in {Part.LEFT_OUT, Part.ELSEWHERE}:
        return Taken(part=into.part, why=into.why, groups=groups)
    hit = kpi.measure is Measure.SHARE and fits_all(row, kpi.hits, window)
    if into.part is Part.OPEN:
        return Taken(part=into.part, hit=hit, age_s=_age(kpi, row, window), groups=groups)
    return Taken(
        part=into.part,
        hit=hit,
        value=_weighed(kpi, row, hit=hit) if kpi.weight else value_of(kpi, row, window),
        below=_below(kpi, row),
        currency=str(row.get("currency") or ""),
        groups=groups,
    )


def value_of(kpi: Kpi, row: Row, window: Window) -> int | None:
    """The value itself; None where money has no price, or there is nothing to take."""
    match kpi.value:
        case None:
            return None
        case Between() as between:
            return _between(between, row, window)
        case WorkingTime(start, stop):
            return working_seconds(_moment(row, start, window), _moment(row, stop, window))
        case Number(column):
            return _whole(row, column)
        case Amount() as amount:
            return amount_of(amount, row)
        case AmountTime(amount, time):
            minor = amount_of(amount, row)
            return None if minor is None else minor * _between(time, row, window)


def amount_of(amount: Amount, row: Row) -> int | None:
    """Money of a row in minor units; None where a part of it has no price, or no currency."""
    parts = [row[name] for name in (*amount.plus, *amount.minus)]
    if not row["currency"] or any(part is None for part in parts):
        return None
    minor = sum(_whole(row, name) for name in amount.plus)
    minor -= sum(_whole(row, name) for name in amount.minus)
    return abs(minor) if amount.absolute else minor


def columns_of(kpi: Kpi) -> tuple[str, ...]:
    """The columns a row needs for the KPI to be counted and taken apart."""
    cohort = kpi.cohort
    assert cohort is not None, f"{kpi.name} is counted over rows"
    conditions = [*cohort.about, *kpi.hits, *(c for e in cohort.leaves_out for c in e.where)]
    names = [cohort.placed_by, cohort.begun_by, cohort.open_since, cohort.matures_at]
    names += [name for each in conditions for name in (each.column, each.other)]
    names += DIMENSIONS[cohort.table].values()
    for part in (kpi.value, kpi.weight, kpi.over):
        names += _columns_in(part)
    return tuple(dict.fromkeys(name for name in names if name and name != AT))


def columns_shown(kpi: Kpi) -> tuple[str, ...]:
    """What a list shows of a row besides, to tell it apart and to lead to it."""
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    table = kpi.cohort.table
    return (*KEYS[table], *SHOWN[table])


def _columns_in(part: object) -> Iterable[str]:
    match part:
        case Between(start, stop) | WorkingTime(start, stop):
            return [start, stop]
        case Number(column):
            return [column]
        case Amount(plus, minus):
            return ["currency", *plus, *minus]
        case AmountTime(amount, time):
            return [*_columns_in(amount), *_columns_in(time)]
        case _:
            return []


def _weighed(kpi: Kpi, row: Row, *, hit: bool) -> int | None:
    """Of a share told in money: what is above the line."""
    assert kpi.weight is not None, "a share is weighed by a weight"
    minor = amount_of(kpi.weight, row)
    return minor if minor is None or hit else 0


def _below(kpi: Kpi, row: Row) -> int | None:
    below = kpi.weight or kpi.over
    return None if below is None else amount_of(below, row)


def _age(kpi: Kpi, row: Row, window: Window) -> int | None:
    """How long it is open; a customer's day may end after the same day in UTC."""
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    since = kpi.cohort.open_since
    until = window.now if kpi.cohort.matures_days else window.at
    return max(seconds(row[since], until), 0) if since else None


def _between(between: Between, row: Row, window: Window) -> int:
    return seconds(_moment(row, between.start, window), _moment(row, between.stop, window))


def _moment(row: Row, column: str, window: Window) -> datetime:
    moment = window.at if column == AT else row[column]
    assert isinstance(moment, datetime), f"{column} is a moment in every row that is counted"
    return moment


def _whole(row: Row, column: str) -> int:
    number = row[column]
    assert isinstance(number, int), f"{column} is a whole number in every row that is counted"
    return number
