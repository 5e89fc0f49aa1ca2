"""Claims to send out an invoice: the documents of each unit's family, in order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, and_, func
from sqlalchemy.sql import ColumnElement

from app.errors import ConflictError, NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Release, Settlement
from app.infrastructure.storage.standings import Standings
from app.infrastructure.storage.tenant_rows import TenantRows

_release = tables.release.c
_invoice = tables.invoice.c
_settlement = tables.settlement.c
_consolidated = tables.consolidated.c
_consolidating = tables.consolidating.c
_ELSEWHERE = ("invoice_number", "settled", "settled_at", "closes_at", "consolidation")
_COLUMNS = tuple(name for name in Release.__struct_fields__ if name not in _ELSEWHERE)
_RELEASE = (
    *(_release[name] for name in _COLUMNS),
    func.coalesce(_invoice.number, "").label("invoice_number"),
    func.coalesce(_settlement.how, "").label("settled"),
    _settlement.at.label("settled_at"),
    _consolidating.closes_at,
    func.coalesce(_consolidated.consolidation_id, "").label("consolidation"),
)
_ITS_SETTLEMENT = and_(
    _settlement.tenant == _release.tenant, _settlement.release_id == _release.release_id
)
_ITS_INVOICE = and_(_invoice.tenant == _release.tenant, _invoice.release_id == _release.release_id)

_ITS_CONSOLIDATION = and_(
    _consolidated.tenant == _release.tenant, _consolidated.release_id == _release.release_id
)
_WAITS_FOR_ONE = and_(
    _consolidating.tenant == _release.tenant, _consolidating.release_id == _release.release_id
)


class Releases:
    """What may be billed, once."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows
        self._standings = Standings(rows)

    def lock_customer(self, customer: str) -> None:
        """Wait until no other claim of this customer is open, and let none begin before we end.

        Nor does any fact come in meanwhile: what is checked now holds until the claim is made.

        PostgreSQL locks the customer's row; in SQLite whoever writes is alone anyway. What was
        read before is stale: read exposure and releases after this.
        """
        lock = tables.customer_lock
        self._rows.add(lock, [{"customer": customer}], lock.c.customer)
        query = self._rows.select(lock, lock.c.customer).where(lock.c.customer == customer)
        self._rows.first(query.with_for_update())
        self._rows.no_arrivals()

    def of_unit(self, unit: str, known_at: datetime | None = None) -> tuple[Release, ...]:
        """The unit's family in order, with invoice numbers where they were told.

        Args:
            unit: whose.
            known_at: what was claimed and settled by then; None: by now.
        """
        query = self._query().where(_release.unit == unit).order_by(_release.place)
        if known_at is not None:
            query = query.where(_release.claimed_at <= known_at)
        found = tuple(Release(**row._asdict()) for row in self._rows.all(query))
        if known_at is None:
            return found
        early = self._settled_by([each.release_id for each in found], known_at)
        return tuple(
            each
            if each.release_id in early
            else msgspec.structs.replace(each, settled="", settled_at=None)
            for each in found
        )

    def claimed_by(self, decision_id: str) -> tuple[Release, ...]:
        """What was claimed by the token of a decision, in order."""
        # Rows from before tokens were claimed under the very decision that was asked for.
        asked = func.coalesce(func.nullif(_release.asked_decision_id, ""), _release.decision_id)
        # They are its unit's, by which they are found.
        decided = self._rows.select(tables.decision, tables.decision.c.unit)
        unit = decided.where(tables.decision.c.decision_id == decision_id).scalar_subquery()
        query = self._query().where(_release.unit == unit, asked == decision_id)
        rows = self._rows.all(query.order_by(_release.seq))
        return tuple(Release(**row._asdict()) for row in rows)

    def by_id(self, release_id: str) -> Release:
        """One release, with its invoice's number, if that was told."""
        release = self._one(_release.release_id == release_id)
        if release is None:
            raise NotFoundError(f"there is no release {release_id}")
        return release

    def add(self, release: Release) -> None:
        """Claim; each place in a family is claimed once, whoever else tries at the same moment."""
        row = {name: getattr(release, name) for name in _COLUMNS}
        if not self._rows.add(tables.release, [row], _release.seq):
            raise ConflictError(
                f"unit {release.unit} was released before: its invoice {release.place} is claimed"
            )
        self._standings.due([release.unit])

    def settle(self, settlement: Settlement) -> bool:
        """Note how a provisional invoice ended; false where that was noted before."""
        row = msgspec.structs.asdict(settlement)
        return bool(self._rows.add(tables.settlement, [row], _settlement.seq))

    def page(
        self, *, since: datetime, before: datetime, after_seq: int, limit: int
    ) -> tuple[tuple[int, Release], ...]:
        """Releases claimed in a window, in order, each with its place."""
        query = self._query(_release.seq)
        query = query.where(_release.claimed_at >= since, _release.claimed_at < before)
        query = query.where(_release.seq > after_seq).order_by(_release.seq).limit(limit)
        found = (row._asdict() for row in self._rows.all(query))
        return tuple((int(columns.pop("seq")), Release(**columns)) for columns in found)

    def _one(self, which: ColumnElement[bool]) -> Release | None:
        row = self._rows.first(self._query().where(which))
        return None if row is None else Release(**row._asdict())

    def _query(self, *more: ColumnElement[Any]) -> Select[Any]:
        query = self._rows.select(tables.release, *more, *_RELEASE)
        query = query.outerjoin(tables.invoice, _ITS_INVOICE)
        query = query.outerjoin(tables.consolidated, _ITS_CONSOLIDATION)
        query = query.outerjoin(tables.consolidating, _WAITS_FOR_ONE)
        return query.outerjoin(tables.settlement, _ITS_SETTLEMENT)

    def _settled_by(self, release_ids: Iterable[str], moment: datetime) -> set[str]:
        query = self._rows.select(tables.settlement, _settlement.release_id)
        query = query.where(_settlement.at <= moment)
        found = self._rows.among(query, _settlement.release_id, set(release_ids))
        return {str(row.release_id) for row in found}

    def expired_provisional(self, before: datetime) -> tuple[Release, ...]:
        """Open provisional releases that ran out before this moment, in the order of claims."""
        query = self._query().where(
            _settlement.how.is_(None),
            _release.kind == "provisional",
            _release.expires_at < before,
        )
        rows = self._rows.all(query.order_by(_release.seq))
        return tuple(Release(**row._asdict()) for row in rows)

    def oldest_provisional(self, customer: str) -> datetime | None:
        """When the customer's oldest open provisional release was claimed."""
        query = self._query().where(
            _settlement.how.is_(None),
            _release.customer == customer,
            _release.kind == "provisional",
        )
        row = self._rows.first(query.order_by(_release.claimed_at).limit(1))
        return None if row is None else row.claimed_at

    def open_provisional_minor(self, customer: str, currency: str) -> int:
        """What of this customer is billed provisionally, in minor units.

        An expired claim still counts: it was billed, and nothing has settled it.
        """
        query = self._rows.select(tables.release, func.sum(_release.amount_minor))
        query = query.outerjoin(tables.settlement, _ITS_SETTLEMENT).where(
            _settlement.how.is_(None),
            _release.customer == customer,
            _release.currency == currency,
            _release.kind == "provisional",
        )
        # PostgreSQL sums to a decimal, and either sums nothing to null.
        return int(self._rows.one_value(query) or 0)


def _unsettled(release: Release) -> Release:
    return msgspec.structs.replace(release, settled="", settled_at=None)
