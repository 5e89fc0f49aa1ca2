"""The invoice that each release became, as the billing system calls it: told once."""

from collections.abc import Iterator

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import StoredInvoice
from app.infrastructure.storage.tenant_rows import TenantRows

_invoice = tables.invoice.c
_STORED = tuple(_invoice[name] for name in StoredInvoice.__struct_fields__)


class Invoices:
    """Numbers of invoices, one for each release."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def of_release(self, release_id: str) -> StoredInvoice | None:
        """The release's invoice, if its number was told."""
        query = self._rows.select(tables.invoice, *_STORED)
        row = self._rows.first(query.where(_invoice.release_id == release_id))
        return None if row is None else StoredInvoice(**row._asdict())

    def add(self, invoice: StoredInvoice) -> bool:
        """Keep it; false where the release has an invoice already, which is left alone."""
        return bool(self._rows.add(tables.invoice, [msgspec.structs.asdict(invoice)], _invoice.seq))

    def of_system(self, system: str) -> Iterator[StoredInvoice]:
        """Every invoice that a billing system has, in the order in which they were told."""
        query = self._rows.select(tables.invoice, *_STORED).where(_invoice.system == system)
        for row in self._rows.stream(query.order_by(_invoice.seq)):
            yield StoredInvoice(**row._asdict())
