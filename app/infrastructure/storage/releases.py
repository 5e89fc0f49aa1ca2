"""Claims to bill: one for each unit, ever."""

from datetime import datetime

from sqlalchemy import and_, func
from sqlalchemy.sql import ColumnElement

from app.errors import ConflictError, NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.tenant_rows import TenantRows

_release = tables.release.c
_invoice = tables.invoice.c
_COLUMNS = tuple(name for name in Release.__struct_fields__ if name != "invoice_number")
_RELEASE = (
    *(_release[name] for name in _COLUMNS),
    func.coalesce(_invoice.number, "").label("invoice_number"),
)
_ITS_INVOICE = and_(_invoice.tenant == _release.tenant, _invoice.release_id == _release.release_id)


class Releases:
    """What may be billed, once."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

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

    def of_unit(self, unit: str) -> Release | None:
        """The unit's release, if it was claimed, with its invoice's number, if that was told."""
        return self._one(_release.unit == unit)

    def by_id(self, release_id: str) -> Release:
        """One release, with its invoice's number, if that was told."""
        release = self._one(_release.release_id == release_id)
        if release is None:
            raise NotFoundError(f"there is no release {release_id}")
        return release

    def add(self, release: Release) -> None:
        """Claim; a unit is claimed once, whoever else tries at the same moment."""
        row = {name: getattr(release, name) for name in _COLUMNS}
        if not self._rows.add(tables.release, [row], _release.seq):
            raise ConflictError(f"unit {release.unit} was released before")

    def page(
        self, *, since: datetime, before: datetime, after_seq: int, limit: int
    ) -> tuple[tuple[int, Release], ...]:
        """Releases claimed in a window, in order, each with its place."""
        query = self._rows.select(tables.release, _release.seq, *_RELEASE)
        query = query.outerjoin(tables.invoice, _ITS_INVOICE)
        query = query.where(_release.claimed_at >= since, _release.claimed_at < before)
        query = query.where(_release.seq > after_seq).order_by(_release.seq).limit(limit)
        found = (row._asdict() for row in self._rows.all(query))
        return tuple((int(columns.pop("seq")), Release(**columns)) for columns in found)

    def _one(self, which: ColumnElement[bool]) -> Release | None:
        query = self._rows.select(tables.release, *_RELEASE)
        query = query.outerjoin(tables.invoice, _ITS_INVOICE).where(which)
        row = self._rows.first(query)
        return None if row is None else Release(**row._asdict())

    def expired_provisional(self, before: datetime) -> tuple[Release, ...]:
        """Provisional releases that ran out before this moment, in the order of their claims."""
        query = self._rows.select(tables.release, *_RELEASE)
        query = query.outerjoin(tables.invoice, _ITS_INVOICE)
        query = query.where(_release.kind == "provisional", _release.expires_at < before)
        rows = self._rows.all(query.order_by(_release.seq))
        return tuple(Release(**row._asdict()) for row in rows)

    def oldest_provisional(self, customer: str) -> datetime | None:
        """When the customer's oldest open provisional release was claimed."""
        query = self._rows.select(tables.release, _release.claimed_at)
        query = query.where(_release.customer == customer, _release.kind == "provisional")
        row = self._rows.first(query.order_by(_release.claimed_at).limit(1))
        return None if row is None else row.claimed_at

    def open_provisional_minor(self, customer: str, currency: str) -> int:
        """What of this customer is billed provisionally, in minor units.

        An expired claim still counts: it was billed, and nothing has replaced it.
        """
        query = self._rows.select(tables.release, func.sum(_release.amount_minor)).where(
            _release.customer == customer,
            _release.currency == currency,
            _release.kind == "provisional",
        )
        # PostgreSQL sums to a decimal, and either sums nothing to null.
        return int(self._rows.one_value(query) or 0)
