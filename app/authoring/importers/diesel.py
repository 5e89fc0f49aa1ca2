"""Weekly diesel prices as the EIA publishes them, made messages for intake.

Files differ: a comma-separated file has a day in its first column as `01/18/2021`, a saved
spreadsheet as the number of days since 1899-12-30 (`34414.0`), below a few lines of heads. The
series is named by the text that stands above its column. Each value is dated by its Monday;
where that was a federal holiday it came out on Tuesday, which the files do not tell.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import msgspec

from app.errors import FileError, Mistake, Place
from app.evidence.facts.market import IndexValue

SPREADSHEET_EPOCH = date(1899, 12, 30)
WEEK = timedelta(days=7)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One series of a file: in which column it stands, and what cards call it."""

    column: str
    """`D1`, `EMD_EPD2D_PTE_NUS_DPG`, ..."""
    name: str = "EIA on-highway diesel"
    region: str = "US"


def index_values(
    text: str, file: str, series: Series, put_off: Collection[date] = ()
) -> tuple[IndexValue, ...]:
    """Each published value; a week whose cell is empty has none.

    Args:
        text: the whole file.
        file: its name, for mistakes.
        series: which column is wanted.
        put_off: Mondays whose value came out on Tuesday.

    Raises:
        FileError: with every line that cannot be read.
    """
    mistakes: list[Mistake] = []
    found: list[IndexValue] = []
    at: int | None = None
    for line, cells in enumerate(csv.reader(io.StringIO(text.removeprefix("\ufeff"))), start=1):
        if at is None:
            at = cells.index(series.column) if series.column in cells else None
            continue
        day = _day(cells[0]) if cells else None
        if day is None and (found or mistakes):
            what = f"{cells[0] if cells else ''!r} is not a day"
            mistakes.append(Mistake(place=Place(file=file, line=line, column=1), what=what))
        if day is None or not cells[at].strip():
            continue
        price = _price(cells[at])
        if price is None:
            place = Place(file=file, line=line, column=at + 1)
            mistakes.append(Mistake(place=place, what=f"{cells[at]!r} is not a price"))
            continue
        published_on = day + timedelta(days=int(day in put_off))
        found.append(
            IndexValue(
                series=series.name, region=series.region, published_on=published_on, price=price
            )
        )
    if not found and not mistakes:
        what = f"there is no value in a column {series.column!r}"
        mistakes.append(Mistake(place=Place(file=file), what=what))
    if mistakes:
        raise FileError(f"{file} cannot be imported", mistakes)
    return tuple(found)


def missing_weeks(values: Iterable[IndexValue]) -> tuple[date, ...]:
    """Mondays between the first and the last value for which there is none."""
    mondays = sorted({_monday(value.published_on) for value in values})
    return tuple(
        day
        for one, other in pairwise(mondays)
        for day in (one + WEEK * step for step in range(1, (other - one).days // 7))
    )


def messages_of(values: Iterable[IndexValue], published_by: str = "eia") -> str:
    """The values as CloudEvents, one a line, as intake reads them."""
    return "".join(f"{json.dumps(_event(value, published_by))}\n" for value in values)


def _event(value: IndexValue, published_by: str) -> dict[str, object]:
    """Published at 17:00 Eastern, as the EIA does; the offset of standard time all year."""
    moment = f"{value.published_on.isoformat()}T17:00:00-05:00"
    said = {
        "series": value.series,
        "region": value.region,
        "published_on": value.published_on.isoformat(),
        "price": f"{value.price:f}",
    }
    return {
        "specversion": "1.0",
        "id": f"{value.series}/{value.region}/{value.published_on.isoformat()}",
        "source": f"/pricing/{published_by}",
        "type": "tollgate.fact.index_value.v1",
        "time": moment,
        "datacontenttype": "application/json",
        "data": {"classifier": "actual", "occurred_at": moment, "index_value": said},
    }


def _day(cell: str) -> date | None:
    text = cell.strip()
    try:
        serial = Decimal(text)
    except InvalidOperation:
        serial = Decimal("NaN")
    if serial.is_finite():
        return SPREADSHEET_EPOCH + timedelta(days=int(serial)) if serial == int(serial) else None
    try:
        return datetime.strptime(f"{text} +0000", "%m/%d/%Y %z").date()
    except ValueError:
        return None


def _price(cell: str) -> Decimal | None:
    try:
        price = Decimal(cell.strip())
    except InvalidOperation:
        return None
    return price if price.is_finite() and price > 0 else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
