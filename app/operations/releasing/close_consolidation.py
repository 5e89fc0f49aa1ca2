"""The releases of a customer's period become one invoice, once the period has ended.

A release that waits is kept with the closing it waits for, by the contract it was claimed under:
what the contract says later changes nothing, and nothing is left behind. One customer is closed at
a time, under the lock that its claims take; what is claimed at the close is either in it or waits
for the next. All of it is one transaction: a process that dies in it has done nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

import msgspec

from app.billing.consolidated import ConsolidatedInvoice, consolidated
from app.billing.events import CONSOLIDATION_CLOSED, ConsolidationClosed
from app.billing.invoice import Invoice
from app.digest import canonical, digest_of
from app.errors import ConflictError
from app.infrastructure.storage.rows import OutboxEvent, StoredConsolidation, Waiting
from app.infrastructure.storage.store import Store
from app.money import Money, of_minor_units
from app.operations.house import House
from app.operations.releasing.release_claimed import invoice_for
from app.pricing.contract.consolidation import Closing


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice: whose, until when, in which currency, and what it bills or would."""

    customer: str
    closes_at: datetime
    closes_on: date
    currency: str
    invoice: Invoice
    closed: bool
    """Whether it went out; else it is what would be in it by now."""


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its invoice."""

    place: tuple[str, int]
    """Its unit, and which of the unit's documents it is: the order of the lines."""
    invoice: Invoice
    kept: Money
    """What the release itself says."""


def close_due(house: House) -> int:
    """Close every period that has ended; how many invoices that made.

    Raises:
        ConflictError: a customer's do not add up; those of all others are closed.
    """
    return len(close_periods(house))


def close_periods(
    house: House, customer: str = "", until: date | None = None
) -> tuple[Period, ...]:
    """Close what has ended of a customer, or of everybody; the invoices that made.

    Args:
        house: who acts where.
        customer: whose; empty for everybody's.
        until: the last closing, as a day of the customer's; None: all that are over.

    Raises:
        ConflictError: a customer's do not add up; those of all others are closed.
    """
    with house.database.reading(house.tenant) as store:
        waiting = store.consolidations.waiting(customer, house.now())
    closed: list[Period] = []
    wrong: list[str] = []
    for each in dict.fromkeys(each.customer for each in waiting):
        try:
            closed += close_consolidation(house, each, until)
        except ConflictError as error:
            wrong.append(str(error))
    if wrong:
        raise ConflictError("; ".join(wrong))
    return tuple(closed)


def close_consolidation(
    house: House, customer: str, until: date | None = None
) -> tuple[Period, ...]:
    """Close the periods of a customer that have ended; closing again finds nothing left.

    Args:
        house: who acts where.
        customer: whose.
        until: the last closing, as a day of the customer's; None: all that are over.

    Raises:
        ConflictError: what is billed is not the sum of its documents; nothing went out.
    """
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        # Read before the lock: each invoice is made from a whole dossier.
        known = _parts(store, store.consolidations.waiting(customer, moment))
    with house.database.writing(house.tenant) as store:
        store.releases.lock_customer(customer)
        waiting = _until(store.consolidations.waiting(customer, moment), until)
        missing = [each for each in waiting if each.release_id not in known]
        parts = {**known, **_parts(store, missing)}
        return tuple(
            _close(house, store, closing, release_ids, parts)
            for closing, release_ids in _periods(waiting, parts)
        )


def consolidation_preview(
    house: House, customer: str = "", until: date | None = None
) -> tuple[Period, ...]:
    """What would be in each invoice if its period ended now; nothing is changed."""
    with house.database.reading(house.tenant) as store:
        waiting = _until(store.consolidations.waiting(customer), until)
        parts = _parts(store, waiting)
    return tuple(
        _period(closing, _consolidated(house, closing, ids, parts), closed=False)
        for closing, ids in _periods(waiting, parts)
    )


def _until(waiting: Iterable[Waiting], day: date | None) -> tuple[Waiting, ...]:
    return tuple(each for each in waiting if day is None or each.closes_on <= day)


def _parts(store: Store, waiting: Iterable[Waiting]) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for each in waiting:
        release = store.releases.by_id(each.release_id)
        found[each.release_id] = _Part(
            place=(release.unit, release.place),
            invoice=invoice_for(store, release),
            kept=of_minor_units(release.amount_minor, release.currency),
        )
    return found


def _periods(
    waiting: Sequence[Waiting], parts: Mapping[str, _Part]
) -> Iterator[tuple[Closing, tuple[str, ...]]]:
    """Each customer's closings, by currency, with the releases in the order of the lines."""
    for key, group in groupby(
        waiting, key=lambda each: (each.customer, each.closes_at, each.closes_on, each.currency)
    ):
        ids = sorted((each.release_id for each in group), key=lambda each: parts[each].place)
        yield Closing(at=key[1], on=key[2]), tuple(ids)


def _consolidated(
    house: House, closing: Closing, release_ids: Sequence[str], parts: Mapping[str, _Part]
) -> ConsolidatedInvoice:
    of_it = [parts[each] for each in release_ids]
    return consolidated(
        house.tenant, closing, [each.invoice for each in of_it], [each.kept for each in of_it]
    )


def _close(
    house: House,
    store: Store,
    closing: Closing,
    release_ids: Sequence[str],
    parts: Mapping[str, _Part],
) -> Period:
    whole = _consolidated(house, closing, release_ids, parts)
    invoice = whole.invoice
    if not whole.adds_up:
        wrong = "; ".join(proof.says for proof in whole.proofs if not proof.holds)
        raise ConflictError(
            f"the invoice of {invoice.customer} until {closing.on} does not add up: {wrong}"
        )
    closed = StoredConsolidation(
        consolidation_id=invoice.reference,
        customer=invoice.customer,
        currency=invoice.currency,
        amount_minor=invoice.total.minor_units,
        closes_at=closing.at,
        closes_on=closing.on,
        body=canonical(whole),
        at=house.now(),
        actor=house.actor,
        correlation_id=house.correlation_id or subject_of(invoice.reference),
    )
    store.consolidations.close(closed, release_ids)
    store.outbox.add(_event(store, closed, invoice, release_ids))
    return _period(closing, whole, closed=True)


def subject_of(consolidation_id: str) -> str:
    """What its events are about."""
    return f"consolidation:{consolidation_id}"


def _event(
    store: Store, closed: StoredConsolidation, invoice: Invoice, release_ids: Sequence[str]
) -> OutboxEvent:
    told = ConsolidationClosed(
        customer=closed.customer,
        invoice=invoice,
        releases=tuple(release_ids),
        total=invoice.total,
        currency=closed.currency,
        closes_at=closed.closes_at,
        closes_on=closed.closes_on,
        at=closed.at,
        correlation_id=closed.correlation_id,
    )
    return OutboxEvent(
        event_id=digest_of((CONSOLIDATION_CLOSED, store.tenant, invoice.reference)),
        type=CONSOLIDATION_CLOSED,
        subject=subject_of(invoice.reference),
        customer=closed.customer,
        body=canonical(told),
        correlation_id=closed.correlation_id,
        created_at=closed.at,
    )


def _period(closing: Closing, whole: ConsolidatedInvoice, *, closed: bool) -> Period:
    return Period(
        customer=whole.invoice.customer,
        closes_at=closing.at,
        closes_on=closing.on,
        currency=whole.invoice.currency,
        invoice=whole.invoice,
        closed=closed,
    )
