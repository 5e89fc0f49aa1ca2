"""The invoice that each release became, as the billing system calls it: told once.

And when somebody began to have it created, which may go on when whoever began is gone.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Row

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import StoredInvoice
from app.infrastructure.storage.standings import Standings
from app.infrastructure.storage.tenant_rows import TenantRows

_invoice = tables.invoice.c
_begun = tables.invoice_begun.c
_STORED = tuple(_invoice[name] for name in StoredInvoice.__struct_fields__)


class Invoices:
    """Numbers of invoices, one for each release."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows
        self._standings = Standings(rows)

    def of_release(self, release_id: str) -> StoredInvoice | None:
        """The release's invoice, if its number was told."""
        query = self._rows.select(tables.invoice, *_STORED)
        row = self._rows.first(query.where(_invoice.release_id == release_id))
        return None if row is None else StoredInvoice(**row._asdict())

    def of_releases(self, release_ids: Collection[str]) -> dict[str, StoredInvoice]:
        """The invoices of those of the releases whose numbers were told, by release."""
        query = self._rows.select(tables.invoice, *_STORED)
        rows = self._rows.among(query, _invoice.release_id, release_ids)
        return {str(row.release_id): StoredInvoice(**row._asdict()) for row in rows}

    def units_of(self, number: str) -> tuple[str, ...]:
        """The units that were billed by invoices of this number, whichever system gave it."""
        query = self._rows.select(tables.invoice, _invoice.release_id)
        told = [row.release_id for row in self._rows.all(query.where(_invoice.number == number))]
        release = tables.release.c
        query = self._rows.select(tables.release, release.unit)
        return tuple(
            sorted({row.unit for row in self._rows.among(query, release.release_id, told)})
        )

    def add(self, invoice: StoredInvoice) -> bool:
        """Keep it; false where the release has an invoice already, which is left alone."""
        if not self._rows.add(tables.invoice, [msgspec.structs.asdict(invoice)], _invoice.seq):
            return False
        release = tables.release.c
        query = self._rows.select(tables.release, release.unit)
        whose = self._rows.one_value(query.where(release.release_id == invoice.release_id))
        self._standings.due([whose])
        return True

    def begun_at(self, release_id: str) -> datetime | None:
        """When its creation was begun last, if it ever was."""
        last = self._begun(release_id)
        return None if last is None else last.at

    def begin(
        self, release_id: str, *, at: datetime, settled_after: timedelta, actor: str
    ) -> timedelta | None:
        """Note that the invoice is about to be created, unless it may be being created already.

        Args:
            release_id: the release that it bills.
            at: now.
            settled_after: how long a creation that began may go on unheard.
            actor: who begins.

        Returns:
            None where it is noted; else how long to wait, and then to look whether it is there.
        """
        last = self._begun(release_id)
        wait: timedelta = last.at + settled_after - at if last is not None else timedelta(0)
        if wait > timedelta(0):
            return wait
        number = 1 if last is None else int(last.number) + 1
        row = {"release_id": release_id, "number": number, "at": at, "actor": actor}
        added = self._rows.add(tables.invoice_begun, [row], _begun.seq)
        return None if added else settled_after

    def of_system(self, system: str) -> Iterator[StoredInvoice]:
        """Every invoice that a billing system has, in the order in which they were told."""
        query = self._rows.select(tables.invoice, *_STORED).where(_invoice.system == system)
        for row in self._rows.stream(query.order_by(_invoice.seq)):
            yield StoredInvoice(**row._asdict())

    def _begun(self, release_id: str) -> Row[tuple[object, ...]] | None:
        query = self._rows.select(tables.invoice_begun, _begun.number, _begun.at)
        query = query.where(_begun.release_id == release_id).order_by(_begun.number.desc())
        return self._rows.first(query.limit(1))
