"""The billing system tells what it calls the invoice of a release: once, for good."""

from app.billing.events import INVOICE_POSTED, InvoicePosted
from app.billing.posted import PostedInvoice
from app.digest import canonical, digest_of
from app.errors import ConflictError
from app.infrastructure.storage.rows import OutboxEvent, Release, StoredInvoice
from app.infrastructure.storage.store import Store
from app.money import of_minor_units
from app.operations.house import House
from app.operations.releasing.release_claimed import invoice_for


def record_invoice(
    house: House, release_id: str, *, number: str, system: str, posted: PostedInvoice | None = None
) -> StoredInvoice:
    """Keep the number of a release's invoice; the same again changes nothing.

    Args:
        house: who acts where.
        release_id: the release that was billed.
        number: what the billing system calls the invoice outside.
        system: which billing system it is.
        posted: the invoice as that system has it, where a connector read it back.

    Raises:
        NotFoundError: there is no such release.
        ConflictError: it has another number, or another system has it.
    """
    with house.database.writing(house.tenant) as store:
        release = store.releases.by_id(release_id)
        told = InvoicePosted(
            unit=release.unit,
            customer=release.customer,
            system=system,
            invoice=invoice_for(store, release),
            posted=posted or _as_told(release, number),
        )
        invoice = StoredInvoice(
            release_id=release_id,
            system=system,
            number=number,
            body=canonical(told),
            at=house.now(),
            actor=house.actor,
            correlation_id=release.correlation_id or house.correlation_id,
        )
        if store.invoices.add(invoice):
            store.outbox.add(_event(store, told, invoice))
            return invoice
        return _same(store, release_id, number, system)


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


def _as_told(release: Release, number: str) -> PostedInvoice:
    """What a mere number says: it is posted, and so the whole of it is due."""
    total = of_minor_units(release.amount_minor, release.currency)
    return PostedInvoice(
        reference=release.release_id,
        external_id="",
        number=number,
        state="posted",
        total=total,
        amount_due=total,
    )


def _event(store: Store, told: InvoicePosted, invoice: StoredInvoice) -> OutboxEvent:
    return OutboxEvent(
        event_id=digest_of((INVOICE_POSTED, store.tenant, invoice.release_id)),
        type=INVOICE_POSTED,
        subject=told.unit,
        customer=told.customer,
        body=canonical(told),
        correlation_id=invoice.correlation_id,
        created_at=invoice.at,
    )
