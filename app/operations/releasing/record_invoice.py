"""The billing system tells what it calls the invoice of a release: once, for good.

Releases that were billed together get the number of their one invoice together.
"""

from functools import partial

from app.billing.events import INVOICE_POSTED, InvoicePosted
from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.digest import canonical, digest_of
from app.errors import ConflictError
from app.evidence.intake.explained import plainly
from app.infrastructure.storage.rows import OutboxEvent, StoredInvoice
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.releasing.went_out import WentOut, went_out
from app.telemetry.story import Step, tell


def record_invoice(
    house: House, release_id: str, *, number: str, system: str, posted: PostedInvoice | None = None
) -> StoredInvoice:
    """Keep the number of a release's invoice; the same again changes nothing.

    Args:
        house: who acts where.
        release_id: the release that was billed; of a consolidated invoice any one of it.
        number: what the billing system calls the invoice outside.
        system: which billing system it is.
        posted: the invoice as that system has it, where a connector read it back.

    Raises:
        NotFoundError: there is no such release.
        ConflictError: it has another number, or another system has it; or it waits for the
            consolidated invoice it will be in, and so has none yet.
    """
    with house.database.reading(house.tenant) as store:
        went = went_out(store, store.releases.by_id(release_id))
    told = posted or _as_told(went.invoice, number)
    with house.database.writing(house.tenant) as store:
        invoices = [
            _stored(house, went, document, told, number=number, system=system)
            for document in went.documents
        ]
        if not store.invoices.add(invoices[0]):
            return _same(store, release_id, number, system)
        others = [store.invoices.add(each) for each in invoices[1:]]
        assert all(others), "what is billed together gets its number together"
        store.outbox.add(_event(store, went, told, invoices[0]))
        for each, document in zip(invoices, went.documents, strict=True):
            store.once_stored(partial(_tell, each, document))
        return next(each for each in invoices if each.release_id == release_id)


def _stored(
    house: House,
    went: WentOut,
    document: Invoice,
    posted: PostedInvoice,
    *,
    number: str,
    system: str,
) -> StoredInvoice:
    """The number of one release, with what it bills and what the system has."""
    return StoredInvoice(
        release_id=document.reference,
        system=system,
        number=number,
        body=canonical(
            InvoicePosted(
                unit=document.unit,
                customer=document.customer,
                system=system,
                invoice=document,
                posted=posted,
            )
        ),
        at=house.now(),
        actor=house.actor,
        correlation_id=went.correlation_id or house.correlation_id,
    )


def _tell(invoice: StoredInvoice, document: Invoice) -> None:
    tell(
        Step.INVOICED,
        invoice.correlation_id,
        unit=document.unit,
        customer=document.customer,
        release_id=invoice.release_id,
        invoice=plainly(invoice.number),
        system=invoice.system,
        actor=invoice.actor,
    )


def _same(store: Store, release_id: str, number: str, system: str) -> StoredInvoice:
    before = store.invoices.of_release(release_id)
    assert before is not None, "what stood in the way of the number is a number"
    if (before.number, before.system) != (number, system):
        raise ConflictError(
            f"release {release_id} is invoice {before.number} of {before.system} since "
            f"{before.at.isoformat()}, told by {before.actor}; it cannot be {number} of {system} "
            "as well: credit one of them in the billing system"
        )
    return before


def _as_told(invoice: Invoice, number: str) -> PostedInvoice:
    """What a mere number says: it is posted, and so the whole of it is due."""
    return PostedInvoice(
        reference=invoice.reference,
        external_id="",
        number=number,
        state="posted",
        total=invoice.total,
        amount_due=invoice.total,
    )


def _event(
    store: Store, went: WentOut, posted: PostedInvoice, invoice: StoredInvoice
) -> OutboxEvent:
    whole = went.invoice
    told = InvoicePosted(
        unit="" if whole.parts else whole.unit,
        customer=whole.customer,
        system=invoice.system,
        invoice=whole,
        posted=posted,
    )
    return OutboxEvent(
        event_id=digest_of((INVOICE_POSTED, store.tenant, whole.reference)),
        type=INVOICE_POSTED,
        subject=went.subject,
        customer=whole.customer,
        body=canonical(told),
        correlation_id=invoice.correlation_id,
        created_at=invoice.at,
    )
