"""The invoice that a release went out in: its own, or that of its customer's period."""

import msgspec

from app.billing.consolidated import ConsolidatedInvoice, part_of
from app.billing.invoice import Invoice
from app.errors import ConflictError
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.operations.releasing.close_consolidation import subject_of
from app.operations.releasing.release_claimed import invoice_for


class WentOut(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice, and the documents that it bills."""

    invoice: Invoice
    subject: str
    """What its events are about."""
    correlation_id: str
    documents: tuple[Invoice, ...]
    """Each release by itself; where it went out alone, the invoice."""


def stands_for(invoice: Invoice) -> str:
    """The release under which it is noted that the invoice is being created.

    Of several the first stands for all: they are billed, and get their number, together.
    """
    return invoice.parts[0].reference if invoice.parts else invoice.reference


def went_out(store: Store, release: Release) -> WentOut:
    """What the release was billed by.

    Raises:
        ConflictError: by nothing yet, as it waits for the close of its period.
    """
    if release.closes_at is not None:
        raise ConflictError(
            f"release {release.release_id} goes out in the consolidated invoice of "
            f"{release.customer} that closes at {release.closes_at.isoformat()}; until then it "
            "has no invoice"
        )
    closed = store.consolidations.by_id(release.consolidation) if release.consolidation else None
    if closed is None:
        invoice = invoice_for(store, release)
        return WentOut(
            invoice=invoice,
            subject=release.unit,
            correlation_id=release.correlation_id,
            documents=(invoice,),
        )
    invoice = msgspec.json.decode(closed.body, type=ConsolidatedInvoice).invoice
    return WentOut(
        invoice=invoice,
        subject=subject_of(invoice.reference),
        correlation_id=closed.correlation_id,
        documents=tuple(part_of(invoice, part.reference) for part in invoice.parts),
    )
