"""What was told about an accessorial, as acts in the order in which they count.

A claim counts from when it was written down, a paper from its acceptance, a decision from when
it was made; whether an act has an effect is said in `accessorial_life`.
"""

from collections.abc import Iterator, Mapping

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.money import Accessorial, Approval, Outcome
from app.evidence.facts.papers import Document, DocumentStatus
from app.measures import Instant
from app.money import Money
from app.pricing.contract.accessorial_moves import Act


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about: a claim, or what the facts show without one."""

    accessorial: str
    """The claim's id; of what nobody claims the stop, or the entitlement."""
    charge: str
    stop: str = ""
    amount: Money | None = None
    """What it comes to, where it has a price."""


class Event(msgspec.Struct, frozen=True):
    """Something that was told, in the order in which it counts."""

    at: Instant
    order: int
    fact: Fact
    act: Act
    why: str = ""
    refused: str = ""
    expires_at: Instant | None = None
    """Of an approval."""


def events_of(unit: BillableUnit, subject: Subject, *, is_billed: bool) -> tuple[Event, ...]:
    """Everything told about it, earliest first; of one moment claims, then papers."""
    told = (*_claimed(unit, subject), *_decided(unit, subject, is_billed=is_billed))
    return tuple(sorted(told, key=lambda each: (each.at, each.order, each.fact.fact_id)))


def _claimed(unit: BillableUnit, subject: Subject) -> Iterator[Event]:
    """Each claim when it was written down, and each paper of it once it is accepted."""
    accepted = _papers_accepted(unit)
    for fact in unit.facts.values():
        said = fact.said
        if (
            isinstance(said, Accessorial)
            and fact.classifier is Classifier.ACTUAL
            and (said.accessorial, said.charge) == (subject.accessorial, subject.charge)
        ):
            at = _told_at(fact)
            why = f"names {', '.join(said.evidence)}" if said.evidence else "names no paper"
            yield Event(at, 0, fact, Act.CLAIM, why)
            for name in said.evidence:
                if paper := accepted.get(name):
                    yield Event(
                        max(at, _told_at(paper)), 1, paper, Act.SUPPORT, f"{name} is accepted"
                    )


def _told_at(fact: Fact) -> Instant:
    """When it was written down; what it tells of may be long past."""
    return max(fact.occurred_at, fact.recorded_at)


def _papers_accepted(unit: BillableUnit) -> Mapping[str, Fact]:
    return {
        fact.said.document: fact
        for fact in unit.documents
        if isinstance(fact.said, Document)
        and fact.said.status is DocumentStatus.ACCEPTED
        and fact.classifier is Classifier.ACTUAL
        and fact.fact_id in unit.owned_acts
    }


def papers_came(unit: BillableUnit) -> Mapping[str, Instant]:
    """When each paper was first told of."""
    came: dict[str, Instant] = {}
    for fact in unit.facts.values():
        if isinstance(fact.said, Document):
            at = _told_at(fact)
            came[fact.said.document] = min(at, came.get(fact.said.document, at))
    return came


def _decided(unit: BillableUnit, subject: Subject, *, is_billed: bool) -> Iterator[Event]:
    """What was decided about it, with why an act may not be; what was asked for is no act."""
    for fact in unit.approvals:
        said = fact.said
        if (
            not isinstance(said, Approval)
            or fact.classifier is not Classifier.ACTUAL
            or said.subject not in {subject.accessorial, subject.charge}
        ):
            continue
        act, refused = _act(said, subject), ""
        if fact.fact_id not in unit.owned_acts:
            refused = f"{fact.source.system} has no authority to decide about extra charges"
        elif act is not Act.GRANT and act is not Act.LAPSE:
            refused = _not_given_up(said, subject, is_billed=is_billed)
        yield Event(fact.occurred_at, 2, fact, act, _why(said, subject), refused, said.expires_at)


def _act(said: Approval, subject: Subject) -> Act:
    """A grant that falls short, and a no without a word for it, end an approval at most."""
    if said.outcome is Outcome.REJECTED:
        return Act.REJECT
    if said.outcome is Outcome.WAIVED:
        return Act.WAIVE
    return Act.GRANT if said.granted and _covers(said, subject) else Act.LAPSE


def _covers(said: Approval, subject: Subject) -> bool:
    limit, amount = said.up_to, subject.amount
    if limit is None:
        return True
    return (
        amount is not None and limit.currency == amount.currency and amount.amount <= limit.amount
    )


def _why(said: Approval, subject: Subject) -> str:
    limit = f"up to {said.up_to}" if said.up_to is not None else ""
    if said.granted and not _covers(said, subject):
        limit += f", which does not cover {subject.amount or 'what has no price yet'}"
    if said.outcome is None and not said.granted:
        limit = "says no, and neither that it is rejected nor waived"
    return ": ".join(part for part in (limit, said.reason) if part)


def _not_given_up(said: Approval, subject: Subject, *, is_billed: bool) -> str:
    """Why it is neither rejected nor waived by this act; empty where it is."""
    if is_billed:
        return "it is billed already; only a credit takes it back"
    if not _covers(said, subject):
        return f"{said.approver} decides up to {said.up_to}, and it comes to {subject.amount}"
    return ""
