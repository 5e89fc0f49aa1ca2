"""The billing system tells what it calls the invoice of a release: once, for good."""

import msgspec

from app.billing.posted import PostedInvoice
from app.digest import canonical, digest_of
from app.errors import ConflictError
from app.infrastructure.storage.rows import OutboxEvent, Release, StoredInvoice
from app.infrastructure.storage.store import Store
from app.measures import Instant
from app.money import Money, of_minor_units
from app.operations.house import House

POSTED = "invoice.posted"


class InvoicePosted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release has become an invoice in a billing system."""

    release_id: str
    unit: str
    decision_id: str
    customer: str
    number: str
    system: str
    """Which billing system has it: the destination's name, or what the caller says."""
    total: Money
    correlation_id: str
    external_id: str = ""
    """What that system calls it inside, where it says so."""
    at: Instant


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
        told = _told(house, release, number=number, system=system, posted=posted)
        invoice = StoredInvoice(
            release_id=release_id,
            system=system,
            number=number,
            body=canonical(told),
            at=told.at,
            actor=house.actor,
            correlation_id=told.correlation_id,
        )
        if store.invoices.add(invoice):
            store.outbox.add(_event(house, told))
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


def _told(
    house: House, release: Release, *, number: str, system: str, posted: PostedInvoice | None
) -> InvoicePosted:
    return InvoicePosted(
        release_id=release.release_id,
        unit=release.unit,
        decision_id=release.decision_id,
        customer=release.customer,
        number=number,
        system=system,
        total=of_minor_units(release.amount_minor, release.currency),
        correlation_id=release.correlation_id or house.correlation_id,
        external_id=posted.external_id if posted else "",
        at=house.now(),
    )


def _event(house: House, told: InvoicePosted) -> OutboxEvent:
    return OutboxEvent(
        event_id=digest_of((POSTED, house.tenant, told.release_id)),
        type=POSTED,
        subject=told.unit,
        customer=told.customer,
        body=canonical(told),
        correlation_id=told.correlation_id,
        created_at=told.at,
    )
