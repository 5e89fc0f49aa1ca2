"""A claimed release becomes an invoice in a billing system, and its number comes back.

A connector destination may also claim by itself: then whatever may go out goes out as soon as it
is decided, and nobody has to ask.
"""

from datetime import timedelta
from functools import partial

import msgspec

from app.billing.destination import Destination
from app.billing.events import (
    CONSOLIDATION_CLOSED,
    DECISION_CHANGED,
    RELEASE_CLAIMED,
    DecisionChanged,
)
from app.billing.invoice import Invoice
from app.billing.release_token import may_be_claimed
from app.errors import ConflictError, LimitReachedError, NotFoundError, StaleDecisionError
from app.infrastructure.sending.connector import Connector, send_invoice
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.infrastructure.storage.rows import Release
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from app.operations.releasing.record_invoice import record_invoice

BILLED = (RELEASE_CLAIMED, CONSOLIDATION_CLOSED)
"""Events that a billing system makes an invoice of."""


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
    # Of several releases the first one stands for all: they get their number together.
    release_id = invoice.parts[0].reference if invoice.parts else invoice.reference
    with house.database.reading(house.tenant) as store:
        before = store.invoices.of_release(release_id)
    if before is not None:
        # Told before, by us or by a person: a second invoice would bill it twice.
        return Sent(reference=before.number)
    begin = partial(_begin, house, release_id, connector.settles_within_s)
    posted = send_invoice(connector, invoice, begin)
    record_invoice(house, release_id, number=posted.number, system=system, posted=posted)
    return Sent(reference=posted.number)


def _begin(house: House, release_id: str, settles_within_s: float) -> None:
    """Committed before the request leaves: a process that is killed in it is waited for, too."""
    with house.database.writing(house.tenant) as store:
        wait = store.invoices.begin(
            release_id,
            at=house.now(),
            settled_after=timedelta(seconds=settles_within_s),
            actor=house.actor,
        )
    if wait is not None:
        raise NotSentError(
            f"invoice {release_id} may be being created by an earlier request that was not "
            "answered; it is looked for again when that must have ended",
            retry=True,
            after_s=wait.total_seconds(),
            only_this=True,
        )


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
