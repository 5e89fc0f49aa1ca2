"""What happened to a unit in order of time: what came, what was decided, and what went out.

It is told from what is stored and computes nothing anew: each amount is one that a decision or a
document has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from app.evidence.facts.dispute import Dispute, DisputeState
from app.evidence.facts.fact import Classifier, Fact
from app.explanation.billed import (
    BilledDocument,
    invoice_in_words,
    minute,
    proof_in_words,
    terms_in_words,
)
from app.explanation.overtaken import said_in_words
from app.family.proof import Proof
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.measures import Instant


class FactCame(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the unit, and when its message was received."""

    at: Instant
    fact: Fact


class DecisionTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about the unit, when it was taken, and what was proved of its documents."""

    at: Instant
    decision: Decision
    proofs: tuple[Proof, ...] = ()


class Moment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened."""

    at: Instant
    says: str
    details: tuple[str, ...] = ()


def story_of(
    billed: Sequence[BilledDocument], taken: Sequence[DecisionTaken], came: Sequence[FactCame]
) -> tuple[Moment, ...]:
    """Everything in order; at one moment what came, what was decided, and what went out by that.

    Args:
        billed: the unit's documents, in order.
        taken: every decision that was in force, in order.
        came: every fact that belongs to the unit.
    """
    decided = {each.decision.decision_id: each for each in taken}
    facts = sorted(came, key=lambda each: (each.at, each.fact.occurred_at, each.fact.fact_id))
    claimed = {each.document.decision_id for each in billed}
    ranked = (
        *((0, Moment(at=each.at, says=_came(each.fact))) for each in facts),
        *((1 if each.decision.decision_id in claimed else 3, _taken(each)) for each in taken),
        *((2, _billed(each, billed, decided)) for each in billed),
    )
    return tuple(moment for _, moment in sorted(ranked, key=lambda each: (each[1].at, each[0])))


def story_report(moments: Sequence[Moment]) -> Iterator[str]:
    """The story as lines, each with its moment; nothing of none."""
    if not moments:
        return
    yield ""
    yield "The whole story"
    for moment in moments:
        yield f"  {minute(moment.at)}  {moment.says}"
        yield from (f"      {detail}" for detail in moment.details)


def fact_in_words(fact: Fact) -> str:
    """All that a fact says: `status delivered, shipment N1`."""
    return _dispute(fact.said) if isinstance(fact.said, Dispute) else said_in_words(fact)


def _came(fact: Fact) -> str:
    words = fact_in_words(fact)
    planned = "" if fact.classifier is Classifier.ACTUAL else f" ({fact.classifier.value})"
    return f"{fact.source.system} told: {words}{planned}"


def _dispute(said: Dispute) -> str:
    """One word on a dispute: what is claimed, or what was granted and by whom."""
    head = f"dispute {said.dispute} of {said.line} is {said.state.value}"
    if said.state is DisputeState.OPENED:
        text = f": {said.text}" if said.text else ""
        return f"{head}, {said.amount} claimed, {said.reason.value}{text}"
    if said.state is DisputeState.ANSWERED:
        return head
    who = f" by {said.resolved_by} as {said.authority}" if said.resolved_by else ""
    granted = f", {said.granted} of {said.amount} granted" if said.granted else ""
    return f"{head}, {said.outcome.value}{granted}{who}"


def _taken(taken: DecisionTaken) -> Moment:
    decision = taken.decision
    return Moment(
        at=taken.at,
        says=f"decided: {'; '.join(_decided(decision))}",
        details=tuple(_holds(decision)),
    )


def _decided(decision: Decision) -> Iterator[str]:
    verdict = decision.verdict.value.replace("_", " ")
    if decision.verdict is Verdict.BILLED:
        yield "billed, nothing is left to bill or to give back"
    elif decision.verdict is Verdict.PROVISIONAL and decision.billed_before is not None:
        yield "provisional, what it waits for has not come"
    elif decision.total is None:
        yield verdict
    else:
        yield f"{verdict}, {decision.total}"
    if decision.held_total is not None:
        yield f"{decision.held_total} is kept back"
    if decision.settles:
        yield f"the provisional invoice ends: {decision.settles}"


def _holds(decision: Decision) -> Iterator[str]:
    """Each hold once: what it stops, or by which rule it is waived."""
    told: dict[str, None] = {}
    for hold in decision.holds:
        about = f" on {hold.subject}" if hold.subject and hold.on_line else ""
        waived = f", waived by {', '.join(hold.waived_by)}" if hold.waived_by else ""
        told[f"{hold.code}{about}{waived}: waits for {hold.waits_for}"] = None
    return iter(told)


def _billed(
    each: BilledDocument, billed: Sequence[BilledDocument], decided: Mapping[str, DecisionTaken]
) -> Moment:
    document = each.document
    places = {other.document.reference: other.place for other in billed}
    return Moment(
        at=document.claimed_at,
        says=f"billed as {each.place}: {invoice_in_words(each)}, {document.total}",
        details=(
            *(f"{line.key} {line.amount}" for line in document.lines),
            *_follows(each, places),
            *_by_which(each, decided.get(document.decision_id)),
        ),
    )


def _follows(each: BilledDocument, places: Mapping[str, int]) -> Iterator[str]:
    document = each.document
    if document.reverses:
        yield f"takes back {places.get(document.reverses, document.reverses)}, line by line"
    if document.adjusts:
        yield f"adjusts {places.get(document.adjusts, document.adjusts)}"


def _by_which(each: BilledDocument, taken: DecisionTaken | None) -> Iterator[str]:
    """The rules that let it go out, what they waived, and that it adds up."""
    document = each.document
    holds = taken.decision.holds if taken else ()
    ahead = (hold for hold in holds if not hold.waived_for_good)
    rules = _once(rule for hold in ahead for rule in hold.waived_by)
    if document.waived:
        by = f" by {', '.join(rules)}" if rules else ""
        yield f"waives {', '.join(document.waived)}{by}, {terms_in_words(document)}"
    elif taken and taken.decision.permitted_by:
        yield f"permitted by {', '.join(taken.decision.permitted_by)}"
    if taken:
        yield from (f"proved: {proof_in_words(proof)}" for proof in taken.proofs)


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
