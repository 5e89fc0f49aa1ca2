"""One customer's units and invoices, a part at a time; every query names the customer."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, or_, union
from sqlalchemy.sql import ColumnElement

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.tenant_rows import TenantRows
from app.reports.standing.standing import BilledInvoice, Stage

_standing = tables.standing.c
_invoice = tables.billed_invoice.c
_spell = tables.hold_spell.c


class AfterInvoice(msgspec.Struct, frozen=True):
    """The last invoice of the part of the list before."""

    claimed_at: datetime
    release_id: str


class CustomerRows:
    """What may be shown to somebody of a customer, and nothing of any other."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def units(
        self, customer: str, stages: Collection[Stage], after: str, limit: int
    ) -> tuple[str, ...]:
        """The customer's units in these stages, by name, behind one."""
        query = self._rows.select(tables.standing, _standing.unit)
        query = query.where(_standing.customer == customer, _standing.unit > after)
        query = query.order_by(_standing.unit).limit(limit)
        # Each stage by its own part of the index: over several at once, all would be sorted.
        of_each = [query.where(_standing.stage == stage) for stage in stages]
        return self._first_of(of_each, limit)

    def numbered(
        self, customer: str, after: AfterInvoice | None, limit: int
    ) -> tuple[BilledInvoice, ...]:
        """The customer's invoices that have a number, the latest first."""
        names = BilledInvoice.__struct_fields__
        query = self._rows.select(tables.billed_invoice, *(_invoice[name] for name in names))
        query = query.where(_invoice.customer == customer, _invoice.number != "")
        if after is not None:
            query = query.where(
                _invoice.claimed_at <= after.claimed_at,  # where the index begins
                or_(
                    _invoice.claimed_at < after.claimed_at,
                    and_(
                        _invoice.claimed_at == after.claimed_at,
                        _invoice.release_id > after.release_id,
                    ),
                ),
            )
        order = (_invoice.claimed_at.desc(), _invoice.release_id)
        rows = self._rows.all(query.order_by(*order).limit(limit))
        return tuple(BilledInvoice(**row._asdict()) for row in rows)

    def disputed_units(self, customer: str, after: str, limit: int) -> tuple[str, ...]:
        """The customer's units with a dispute that may be open, by name, behind one."""
        of_each = [
            query.where(unit > after).distinct().order_by(unit).limit(limit)
            for query, unit in _disputed(self._rows, customer)
        ]
        return self._first_of(of_each, limit)

    def disputed(self, customer: str) -> int:
        """How many units of the customer have a dispute that may be open."""
        units = union(*(query for query, _ in _disputed(self._rows, customer))).subquery()
        return int(self._rows.one_value(self._rows.plain(func.count(units.c.unit))))

    def _first_of(self, parts: Iterable[Select[Any]], limit: int) -> tuple[str, ...]:
        """The first units of several queries that are each in order, in one question."""
        # SQLite has no order within a part of a union, but in what such a part is taken from.
        found = union(*(self._rows.plain(part.subquery().c.unit) for part in parts)).subquery()
        query = self._rows.plain(found.c.unit).order_by(found.c.unit).limit(limit)
        return tuple(str(row.unit) for row in self._rows.all(query))


def _disputed(
    rows: TenantRows, customer: str
) -> tuple[tuple[Select[Any], ColumnElement[str]], ...]:
    """The units of a customer that are held by a dispute, and those of a disputed invoice."""
    held = rows.select(tables.hold_spell, _spell.unit).where(
        _spell.customer == customer, tables.HELD_BY_DISPUTE
    )
    billed = rows.select(tables.billed_invoice, _invoice.unit).where(
        _invoice.customer == customer, tables.STILL_DISPUTED
    )
    return (held, _spell.unit), (billed, _invoice.unit)
