"""What to expect of a hold from its opening, group by group, in the order of their codes."""

from datetime import datetime

import msgspec

from app.reports.forecast.clear_times import ENOUGH, ClearTimes, Group, from_age
from app.reports.forecast.clears_in import Forecast, forecast_from

BEFORE_IT_OPENS = -1


class ForecastRow(msgspec.Struct, frozen=True, kw_only=True):
    """One group."""

    code: str
    carrier: str
    """Empty where all carriers are taken together, and so the customers."""
    customer: str
    closed: int
    unseen: int
    """How many were not seen clearing: open, gone, or back again."""
    forecast: Forecast


class ForecastTable(msgspec.Struct, frozen=True, kw_only=True):
    """Groups, as of when history was looked at."""

    as_of: datetime
    enough: int = ENOUGH
    """So many closed holds make a forecast."""
    rows: tuple[ForecastRow, ...]


def forecast_table(tables: ClearTimes, code: str = "") -> ForecastTable:
    """Every code taken as a whole; or of one code, every group with enough holds as well."""
    rows = (
        _row(group)
        for group in tables.groups
        if (group.code == code if code else not any(group.key[1:]))
    )
    return ForecastTable(as_of=tables.as_of, rows=tuple(rows))


def _row(group: Group) -> ForecastRow:
    return ForecastRow(
        code=group.code,
        carrier=group.carrier,
        customer=group.customer,
        closed=group.closed,
        unseen=group.unseen,
        forecast=forecast_from(*from_age(group, BEFORE_IT_OPENS)),
    )
