"""Facts, messages and decisions with as little in them as storage needs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.freight import Shipment
from app.evidence.facts.reference import Reference, ReferenceKind
from app.infrastructure.storage.rows import Message, Outcome, Release, StoredDecision, Taken
from app.infrastructure.storage.store import Store

TENANT = "acme"
ACTOR = "tester"
MORNING = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)


def hours_later(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


def pro(value: str, issuer: str = "SCAC") -> Reference:
    return Reference(kind=ReferenceKind.PRO, issuer=issuer, value=value)


def a_fact(
    number: str,
    *references: Reference,
    said: Said | None = None,
    message_id: str = "m1",
    position: int = 0,
    tenant: str = TENANT,
) -> Fact:
    return identified(
        Fact(
            fact_id="",
            tenant=tenant,
            actor=ACTOR,
            source=Source(system="tms", instance="main", message_id=message_id, position=position),
            classifier=Classifier.ACTUAL,
            quality=Quality.API,
            occurred_at=MORNING,
            recorded_at=MORNING,
            references=references or (pro(number),),
            said=said or Shipment(shipment=number, pallets=Decimal("2.50")),
        )
    )


def a_message(
    store: Store,
    message_id: str = "m1",
    *,
    outcome: Outcome = "recorded",
    content_digest: str = "c1",
    received_at: datetime = MORNING,
) -> int:
    """Keep a delivery and add one message of it."""
    delivery_id = store.messages.keep_delivery(
        raw=message_id.encode(errors="replace"),
        name="a.edi",
        media="x12",
        received_at=received_at,
        actor=ACTOR,
    )
    return store.messages.add(
        Message(
            source_system="tms",
            source_instance="main",
            source_message_id=message_id,
            kind="x12 214",
            delivery_id=delivery_id,
            outcome=outcome,
            content_digest=content_digest,
            faults=b"[]",
            received_at=received_at,
            actor=ACTOR,
        )
    )


def a_decision(
    store: Store, decision_id: str = "d1", unit: str = "U1", *, body: bytes = b"{}"
) -> StoredDecision:
    """Keep a decision with a dossier of its own."""
    decision = StoredDecision(
        decision_id=decision_id,
        unit=unit,
        customer="globex",
        verdict="bill",
        currency="USD",
        amount_minor=123_45,
        dossier_digest=store.decisions.keep_dossier(decision_id.encode()),
        body=body,
        trace=b"[]",
        answers=b"[1]",
        decided_at=MORNING,
        actor=ACTOR,
    )
    store.decisions.keep(decision)
    return decision


def taken(decision: StoredDecision, hours: float, *, known_at: datetime | None = None) -> Taken:
    return Taken(
        unit=decision.unit,
        decision_id=decision.decision_id,
        known_at=known_at,
        taken_at=hours_later(hours),
        actor=ACTOR,
    )


def a_release(decision: StoredDecision, release_id: str, *, provisional: bool = False) -> Release:
    return Release(
        release_id=release_id,
        unit=decision.unit,
        decision_id=decision.decision_id,
        customer="globex",
        kind="provisional" if provisional else "final",
        currency="USD",
        amount_minor=100_00,
        expires_at=hours_later(24) if provisional else None,
        claimed_at=MORNING,
        actor=ACTOR,
    )
