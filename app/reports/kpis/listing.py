"""A list behind a number, line by line as people read it."""

from datetime import date, datetime

import msgspec

from app.reports.kpis.conditions import Part, Row
from app.reports.kpis.definition import Kpi, Measure, Table
from app.reports.kpis.in_words import duration, value_in_words
from app.reports.kpis.taken import Taken, taken
from app.reports.kpis.window import Window

_WHAT: dict[Table, tuple[str, ...]] = {
    Table.UNIT: (),
    Table.SPELL: ("code", "subject"),
    Table.INVOICE: ("kind", "number"),
    Table.MESSAGE: ("kind", "source_message_id", "outcome"),
    Table.FACT: ("entity", "fact_id"),
}
_LONGEST_ID = 12
"""So much of a fact's id tells facts apart for people."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row behind a number."""

    unit: str = ""
    """Empty where it is no unit's."""
    what: str = ""
    """Which hold, invoice, message or fact of it."""
    customer: str = ""
    on: str
    """The day or moment that placed it, or since when it is open."""
    says: str = ""
    """What it adds, in words."""
    value: int | None = None
    currency: str = ""
    hit: bool | None = None
    """Of a share: whether it is above the line."""
    why: str = ""
    """Of what is left out: why."""


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of a list."""

    name: str
    part: str
    lines: tuple[Line, ...]
    after: str = ""
    """Where it ends; empty where nothing follows."""


def line_of(kpi: Kpi, row: Row, window: Window) -> Line:
    """One row as a line."""
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    took = taken(kpi, row, window)
    share = kpi.measure is Measure.SHARE and took.part is not Part.LEFT_OUT
    return Line(
        unit=str(row.get("unit") or ""),
        what=_what(row, kpi.cohort.table),
        customer=str(row.get("customer") or ""),
        on=_on(kpi, row, took),
        says=_says(kpi, took),
        value=took.age_s if took.part is Part.OPEN else took.value,
        currency=took.currency,
        hit=took.hit if share else None,
        why=took.why,
    )


def _says(kpi: Kpi, took: Taken) -> str:
    if took.part is Part.COUNTED:
        return value_in_words(kpi, took.value, took.currency)
    if took.part is Part.OPEN and took.age_s is not None:
        return f"open for {duration(took.age_s)}"
    return took.why


def _what(row: Row, table: Table) -> str:
    told = [str(row[name] or "") for name in _WHAT[table]]
    short = [each[:_LONGEST_ID] if table is Table.FACT else each for each in told]
    return " ".join(each for each in short if each)


def _on(kpi: Kpi, row: Row, took: Taken) -> str:
    cohort = kpi.cohort
    assert cohort is not None, f"{kpi.name} is counted over rows"
    placed = row[cohort.placed_by]
    waits = cohort.snapshot or took.part is Part.OPEN or placed is None
    cell = row[cohort.begun_by] if waits and cohort.begun_by else placed
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return cell.isoformat() if isinstance(cell, date) else ""
