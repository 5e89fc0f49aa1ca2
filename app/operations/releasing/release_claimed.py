"""What the outside hears of a claim: everything a billing system needs to bill it."""

import msgspec

from app.billing.events import RELEASE_CLAIMED, ReleaseClaimed
from app.billing.invoice import Invoice, invoice_of
from app.billing.release_token import token_for
from app.digest import canonical, digest_of
from app.dossier import Dossier
from app.evidence.correlation.links import Strength
from app.evidence.correlation.numbers import numbers_of
from app.family.document import DocumentKind
from app.infrastructure.storage.rows import OutboxEvent, Release
from app.infrastructure.storage.store import Store
from app.operations.deciding.family_of import document_of

_ITS_OWN = (Strength.NAMED, Strength.CLAIMED)
"""Facts that stand for this unit; what it shares with a load or stock has others' numbers."""


def invoice_for(store: Store, release: Release) -> Invoice:
    """The invoice of a release, with every number its unit goes by."""
    row = store.decisions.decision(release.decision_id)
    dossier = msgspec.json.decode(store.decisions.dossier(row.dossier_digest), type=Dossier)
    facts = (linked.fact for linked in dossier.facts if linked.strength in _ITS_OWN)
    document = document_of(store, release)
    credited = document.kind is DocumentKind.CREDIT and (document.reverses or document.adjusts)
    known = store.invoices.of_release(credited) if credited else None
    return invoice_of(
        document,
        customer=release.customer,
        unit=release.unit,
        references=numbers_of(facts),
        credited_number=known.number if known else "",
    )


def claimed_event(store: Store, release: Release) -> OutboxEvent:
    """The event of a release, with its invoice."""
    invoice = invoice_for(store, release)
    told = ReleaseClaimed(
        unit=release.unit,
        customer=release.customer,
        invoice=invoice,
        release_id=release.release_id,
        decision_id=release.decision_id,
        asked_decision_id=release.asked_decision_id,
        kind=release.kind,
        total=invoice.total,
        currency=release.currency,
        token=token_for(store.tenant, release.unit, release.asked_decision_id),
        correlation_id=release.correlation_id,
        expires_at=release.expires_at,
        at=release.claimed_at,
    )
    return OutboxEvent(
        event_id=digest_of((RELEASE_CLAIMED, store.tenant, release.release_id)),
        type=RELEASE_CLAIMED,
        subject=release.unit,
        customer=release.customer,
        body=canonical(told),
        correlation_id=release.correlation_id,
        created_at=release.claimed_at,
    )
