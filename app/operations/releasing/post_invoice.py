"""A claimed release becomes an invoice in a billing system, and its number comes back.

A connector destination may also claim by itself: then whatever may go out goes out as soon as it
is decided, and nobody has to ask.
"""

import msgspec

from app.billing.destination import Destination
from app.billing.events import BILLED, DECISION_CHANGED, DecisionChanged
from app.billing.invoice import Invoice
from app.billing.release_token import may_be_claimed
from app.errors import ConflictError, LimitReachedError, NotFoundError, StaleDecisionError
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.send_invoice import look_again, send_invoice
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.infrastructure.storage.rows import Release
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from app.operations.releasing.creation_notes import CreationNotes
from app.operations.releasing.record_invoice import record_invoice
from app.operations.releasing.went_out import stands_for


class _Billed(msgspec.Struct, frozen=True, kw_only=True):
    """What of an event is billed."""

    invoice: Invoice


def post_invoice(house: House, connector: Connector, event: Outgoing, system: str) -> Sent:
    """Post the invoice of a release, or of several, and keep its number; again is harmless.

    Args:
        house: who acts where.
        connector: the billing system.
        event: of type `release.claimed` or `consolidation.closed`.
        system: the name under which the invoice is kept: the destination's address.

    Raises:
        NotSentError: it is not posted, or nobody knows; calling again goes on where this ended.
        ConflictError: another number was told for the release meanwhile.
    """
    assert event.type in BILLED, "what is posted was claimed"
    invoice = msgspec.json.decode(event.body, type=_Billed).invoice
    notes = CreationNotes(
        house,
        stands_for(invoice),
        subject=event.subject,
        system=system,
        settles_within_s=connector.settles_within_s,
    )
    try:
        return Sent(reference=_number(house, connector, invoice, system, notes))
    except NotSentError as error:
        wait = None if error.retry else notes.unsettled()
        if wait is None:
            raise
        # Not given up while a creation may be going on: it may leave another draft.
        raise notes.waits(wait, error.detail) from error


def _number(
    house: House, connector: Connector, invoice: Invoice, system: str, notes: CreationNotes
) -> str:
    with house.database.reading(house.tenant) as store:
        told = store.invoices.of_release(stands_for(invoice))
    if told is not None and told.system != system:
        return told.number
    # Told before, by us or by a person: a second invoice would bill it twice.
    number = told.number if told else _posted(house, connector, invoice, system, notes)
    wait = notes.unsettled()
    if wait is not None:
        raise notes.waits(
            wait,
            f"invoice {invoice.reference} is {number}; an earlier request to create it was not "
            "answered, and what it may leave there is looked for when that must have ended",
        )
    if told is not None and notes.was_begun():
        look_again(connector, invoice, number, notes)
    return number


def _posted(
    house: House, connector: Connector, invoice: Invoice, system: str, notes: CreationNotes
) -> str:
    posted = send_invoice(connector, invoice, notes)
    record_invoice(house, stands_for(invoice), number=posted.number, system=system, posted=posted)
    return posted.number


def claim_for(house: House, event: Outgoing, destination: Destination) -> Release | None:
    """Claim what a changed decision permits, for a destination that claims by itself.

    Returns:
        The release; nothing where the destination does not claim this customer's, the decision
        permits nothing, another one has taken its place, which tells of itself, or its facts were
        taken back and it is no unit any more.

    Raises:
        LimitReachedError: the customer's provisional limit is used up; a person must look.
        EngineError: facts arrive faster than it is claimed; to be tried again.
    """
    if event.type != DECISION_CHANGED or not destination.claims:
        return None
    changed = msgspec.json.decode(event.body, type=DecisionChanged)
    if destination.customers and changed.customer not in destination.customers:
        return None
    with house.database.reading(house.tenant) as store:
        decision = decoded(store.decisions.decision(changed.decision_id)).decision
    if not may_be_claimed(decision):
        return None
    try:
        return claim_release(house, decision.decision_id)
    except LimitReachedError:
        raise  # no other event tells when there is room again: a person must know of it
    except (ConflictError, NotFoundError, StaleDecisionError):
        return None
