"""When a unit's service was complete: the event on which its contract lets it be billed."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.papers import Document, DocumentStatus
from app.pricing.contract.contract import Contract, Trigger
from app.reports.standing.history import Days, History

PROOF = "POD"


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """The event, and what told of it."""

    at: datetime | None = None
    """When it happened; None while it has not."""
    facts: tuple[Fact, ...] = ()

    def known_at(self, history: History) -> datetime | None:
        """When the first word of it was received."""
        return _first_word(history, self.facts)


def completion_of(history: History, journey: Journey, days: Days) -> Completion:
    """The event on which the unit's contract lets it be billed; by its kind where it has none."""
    unit = history.unit
    if unit.kind == "storage":
        until = journey.stored_until
        closed = unit.storage_periods
        return Completion(at=days.end_of(until), facts=closed) if until else Completion()
    facts = _completing(unit, history.contract, journey)
    return Completion(at=_first(facts), facts=tuple(facts))


def is_done(journey: Journey, completion: Completion) -> bool:
    """Whether the freight has arrived or left, although a paper may be what completes it."""
    return completion.at is not None or journey.service_date is not None


def done_known_at(history: History, journey: Journey, completion: Completion) -> datetime | None:
    """When the first word of it was received; None while it is not so."""
    arrived = (*completion.facts, *journey.delivered, *journey.ship_confirmed)
    return _first_word(history, arrived) if is_done(journey, completion) else None


def first_of(facts: Sequence[Fact]) -> datetime | None:
    """When the first of them happened."""
    return min((fact.occurred_at for fact in facts), default=None, key=_instant)


def proofs_of(unit: BillableUnit) -> tuple[Fact, ...]:
    """Its accepted proofs of delivery."""
    return tuple(
        fact
        for fact in unit.documents
        if isinstance(fact.said, Document)
        and fact.said.document_type == PROOF
        and fact.said.status is DocumentStatus.ACCEPTED
        and fact.classifier is Classifier.ACTUAL
    )


def _completing(
    unit: BillableUnit, contract: Contract | None, journey: Journey
) -> tuple[Fact, ...]:
    trigger = contract.trigger if contract else None
    if trigger is Trigger.PICKUP:
        return journey.picked_up
    if trigger is Trigger.PROOF_OF_DELIVERY:
        return proofs_of(unit)
    if trigger is Trigger.SHIP_CONFIRM or unit.kind == "order":
        return journey.ship_confirmed
    return journey.delivered


def _first_word(history: History, facts: Sequence[Fact]) -> datetime | None:
    """When the first of these facts was received."""
    told = {fact.fact_id for fact in facts}
    return min((each.at for each in history.facts if each.fact.fact_id in told), default=None)


def _first(facts: Sequence[Fact]) -> datetime | None:
    """When the first of them happened; a proof when it was signed."""
    return min((_when(fact) for fact in facts), default=None, key=_instant)


def _when(fact: Fact) -> datetime:
    said = fact.said
    signed = said.signed_at if isinstance(said, Document) else None
    return signed or fact.occurred_at


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
