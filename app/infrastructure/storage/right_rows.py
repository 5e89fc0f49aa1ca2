"""Lines that have to be billed by a day: summed by their days, and listed, the soonest first."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, literal, tuple_

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.standing.standing import RightToBill
from app.reports.work.board import Ends, Runway, days_of, runway_of
from app.reports.work.wanted import WantedRights

_right = tables.right_to_bill.c
_IN_ORDER = (_right.last_day, _right.unit, _right.line)


class RightRows:
    """Rights to bill that run."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def counted(self, on: date) -> tuple[Ends, ...]:
        """How many lines there are and what they come to, by how soon their days are over."""
        by = (_right.last_day, _right.currency)
        sums = (func.count().label("number"), func.sum(_right.value_minor).label("minor"))
        query = self._rows.select(tables.right_to_bill, *by, *sums).group_by(*by)
        found: dict[tuple[Runway, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in self._rows.all(query):
            lines_and_minor = found[runway_of(row.last_day, on), row.currency]
            lines_and_minor[0] += int(row.number)
            lines_and_minor[1] += int(row.minor)
        return tuple(
            Ends(runway=each, currency=currency, lines=lines, minor=minor)
            for each in Runway
            for (of, currency), (lines, minor) in sorted(found.items())
            if of is each
        )

    def ending(self, wanted: WantedRights, at_most: int) -> tuple[RightToBill, ...]:
        """The next lines."""
        columns = (_right[name] for name in RightToBill.__struct_fields__)
        query = self._rows.select(tables.right_to_bill, *columns)
        if wanted.currency:
            query = query.where(_right.currency == wanted.currency)
        if wanted.runway is not None:
            query = query.where(*_within(wanted.runway, wanted.on))
        if wanted.after is not None:
            pairs = zip(_IN_ORDER, wanted.after, strict=True)
            last = (literal(value, column.type) for column, value in pairs)
            query = query.where(tuple_(*_IN_ORDER) > tuple_(*last))
        rows = self._rows.all(query.order_by(*_IN_ORDER).limit(at_most))
        return tuple(RightToBill(**row._asdict()) for row in rows)


def _within(runway: Runway, on: date) -> Iterator[Any]:
    """That a day runs out so soon."""
    first, last = days_of(runway, on)
    if first is not None:
        yield _right.last_day >= first
    if last is not None:
        yield _right.last_day <= last
