"""What the outside hears of a claim: everything a billing system needs to bill it."""

import msgspec

from app.billing.invoice import Invoice, invoice_of
from app.digest import canonical, digest_of
from app.dossier import Dossier
from app.evidence.correlation.links import Strength
from app.evidence.correlation.numbers import numbers_of
from app.infrastructure.storage.rows import OutboxEvent, Release
from app.judgement.decision import Decision
from app.measures import Instant
from app.money import Money

CLAIMED = "release.claimed"
_ITS_OWN = (Strength.NAMED, Strength.CLAIMED)
"""Facts that stand for this unit; what it shares with a load or stock has others' numbers."""


class ReleaseClaimed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit may be billed now, once: this is the invoice."""

    release_id: str
    unit: str
    decision_id: str
    """The decision in force when it was claimed, whose lines the invoice has."""
    asked_decision_id: str
    """The decision that the claim named; the same one, or an earlier one with the same money."""
    customer: str
    kind: str
    """`final` or `provisional`."""
    total: Money
    currency: str
    token: str
    correlation_id: str
    invoice: Invoice
    expires_at: Instant | None = None
    """Of a provisional release: when it runs out."""
    at: Instant


def claimed_event(
    release: Release, decision: Decision, token: str, dossier: Dossier
) -> OutboxEvent:
    """The event of a release under a decision, with the invoice and every number it goes by."""
    assert decision.total is not None, "only a priced decision is released"
    facts = (linked.fact for linked in dossier.facts if linked.strength in _ITS_OWN)
    told = ReleaseClaimed(
        release_id=release.release_id,
        unit=release.unit,
        decision_id=release.decision_id,
        asked_decision_id=release.asked_decision_id,
        customer=release.customer,
        kind=release.kind,
        total=decision.total,
        currency=release.currency,
        token=token,
        correlation_id=release.correlation_id,
        invoice=invoice_of(
            decision,
            reference=release.release_id,
            kind="provisional" if release.kind == "provisional" else "original",
            billed_on=release.claimed_at.date(),
            references=numbers_of(facts),
        ),
        expires_at=release.expires_at,
        at=release.claimed_at,
    )
    return OutboxEvent(
        event_id=digest_of((CLAIMED, decision.tenant, release.release_id)),
        type=CLAIMED,
        subject=release.unit,
        customer=release.customer,
        body=canonical(told),
        correlation_id=release.correlation_id,
        created_at=release.claimed_at,
    )
