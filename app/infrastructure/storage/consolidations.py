"""Releases that go out together: those that wait for a closing, and the invoices that closed."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import StoredConsolidation, Waiting
from app.infrastructure.storage.tenant_rows import TenantRows

_closed = tables.consolidation.c
_member = tables.consolidated.c
_waiting = tables.consolidating.c
_CLOSED = tuple(_closed[name] for name in StoredConsolidation.__struct_fields__)
_WAITING = tuple(_waiting[name] for name in Waiting.__struct_fields__)


class Consolidations:
    """Consolidated invoices of one tenant; a release is in one at most."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def wait(self, waiting: Waiting) -> None:
        """Keep a release for its closing."""
        row = {**msgspec.structs.asdict(waiting), "closes_on": waiting.closes_on.isoformat()}
        self._rows.add(tables.consolidating, [row], _waiting.release_id)

    def waiting(self, customer: str = "", closes_by: datetime | None = None) -> tuple[Waiting, ...]:
        """What waits for a closing, by customer, closing and release.

        Args:
            customer: whose; empty for everybody's.
            closes_by: only what closes at this moment or before.
        """
        query = self._rows.select(tables.consolidating, *_WAITING)
        if customer:
            query = query.where(_waiting.customer == customer)
        if closes_by is not None:
            query = query.where(_waiting.closes_at <= closes_by)
        order = (_waiting.customer, _waiting.closes_at, _waiting.currency, _waiting.release_id)
        return tuple(
            Waiting(**{**row._asdict(), "closes_on": date.fromisoformat(row.closes_on)})
            for row in self._rows.all(query.order_by(*order))
        )

    def close(self, closed: StoredConsolidation, release_ids: Sequence[str]) -> None:
        """Keep a consolidated invoice, and that these releases are in it and wait no more."""
        row = {**msgspec.structs.asdict(closed), "closes_on": closed.closes_on.isoformat()}
        self._rows.add(tables.consolidation, [row], _closed.seq)
        named = {"consolidation_id": closed.consolidation_id}
        members = [{**named, "release_id": release_id} for release_id in release_ids]
        added = self._rows.add(tables.consolidated, members, _member.seq)
        assert len(added) == len(release_ids), "a release is in one consolidated invoice at most"
        self._rows.remove(tables.consolidating, _waiting.release_id, release_ids)

    def by_id(self, consolidation_id: str) -> StoredConsolidation | None:
        """One consolidated invoice, if there is such a one."""
        query = self._rows.select(tables.consolidation, *_CLOSED)
        row = self._rows.first(query.where(_closed.consolidation_id == consolidation_id))
        if row is None:
            return None
        day = date.fromisoformat(row.closes_on)
        return StoredConsolidation(**{**row._asdict(), "closes_on": day})

    def members(self, consolidation_id: str) -> tuple[str, ...]:
        """The releases in it, in the order of its lines; none where there is no such invoice."""
        query = self._rows.select(tables.consolidated, _member.release_id)
        query = query.where(_member.consolidation_id == consolidation_id)
        return tuple(str(row.release_id) for row in self._rows.all(query.order_by(_member.seq)))
