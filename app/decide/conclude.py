"""The answers of both keys become a decision and its trace."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.decide.question import Question, second_answer
from app.decide.ruled import rated_by, refused_permissions, ruled, terms_of
from app.digest import digest_of
from app.evidence.correlation.disputes import disputes_of
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.waivers import waivers_of
from app.evidence.facts.fact import Fact
from app.family.allocation import allocation_proofs
from app.family.proof import Proof, proofs_of, tax_proofs
from app.judgement.at_stake import clocks_in
from app.judgement.decision import DecidedLine, Decision, Hold
from app.judgement.holding import hold_for, with_refusals, with_waivers
from app.judgement.outcome import Outcome
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.looked import Looked
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.trace import FactUsed, Trace, attributes_used, derived_seen, rules_seen
from app.judgement.trace_as_stored import pack_seen_in
from app.judgement.verdict import Placed, Ruling
from app.money import total
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import services_billed_twice, tie_out_faults


class Concluded(msgspec.Struct, frozen=True, kw_only=True):
    """A decision and why."""

    decision: Decision
    trace: Trace


def conclude(question: Question, first: Answer | NoAnswer) -> Concluded:
    """The decision; released only if the first key's answer is complete and equals the second's."""
    second, looked = second_answer(question)
    troubles = _troubles(question, first, second)
    firings = {*second.firings, *(first.firings if isinstance(first, Answer) else ())}
    refused = refused_permissions(question, firings)
    ruling, outcome = ruled(question, firings, troubles, refused)
    proofs = _proofs(question, rated_by(question, ruling), outcome)
    if wrong := tuple(proof.says for proof in proofs if not proof.holds):
        troubles["TIE_OUT_FAILED"] = (*troubles.get("TIE_OUT_FAILED", ()), *wrong)
        ruling, outcome = ruled(question, firings, troubles, refused)
    dossier = question.dossier.digest
    # Only what the keys disagree about is evidence of its own; agreement adds nothing.
    told = first if {"ENGINE_FAILED", "ENGINE_DISAGREEMENT"} & troubles.keys() else None
    decision_id = digest_of((dossier, told)) if told is not None else dossier
    decision = Decision(
        decision_id=decision_id,
        tenant=question.dossier.tenant,
        unit=question.unit.unit,
        customer=question.unit.text("customer"),
        verdict=outcome.verdict,
        **_money(question, ruling, outcome),
        holds=_holds(question, ruling, looked, troubles, refused),
        permitted_by=ruling.permitted_by,
        provisional=terms_of(question, ruling),
        settles=outcome.settles,
        clocks=clocks_in(looked.view) if "holding_2" in question.dossier.methods else (),
        consolidation=(
            question.contract.consolidation if question.contract and outcome.documents else None
        ),
        dossier=dossier,
    )
    rated = rated_by(question, ruling)
    trace = _trace(question, rated, decision_id, looked, told, proofs)
    return Concluded(decision=decision, trace=trace)


def _holds(
    question: Question,
    ruling: Ruling,
    looked: Looked,
    troubles: Mapping[str, tuple[str, ...]],
    refused: Mapping[str, str],
) -> tuple[Hold, ...]:
    """Every hold with its evidence, and why what was to waive it does not."""
    dossier, pack, facts = question.dossier, question.pack, _facts(question)
    waivers = waivers_of(question.unit, dossier.policy_at)
    at = question.last_known
    estimates = [dict(at.lines)] if at else []
    estimates.insert(0, {charge.key: charge.amount for charge in question.rated.charges})
    with_value = "holding_2" in dossier.methods

    def told(placed: Placed) -> Hold:
        view, moment = looked.view, dossier.policy_at
        hold = hold_for(placed, pack, view, facts, moment, troubles, with_value=with_value)
        hold = with_refusals(hold, pack, refused)
        return with_waivers(hold, waivers, pack, estimates, facts) if waivers else hold

    return tuple(told(placed) for placed in ruling.holds)


def _proofs(question: Question, rated: Rated, outcome: Outcome) -> tuple[Proof, ...]:
    """That what goes out adds up; nothing of what was decided before it was kept."""
    if "family_1" not in question.dossier.methods or not outcome.documents:
        return ()
    owed = {line.key: line.amount for line in outcome.owed}
    currency = outcome.documents[0].total.currency
    borne_by = (question.unit, *question.siblings)
    return (
        *proofs_of(question.family, outcome.documents, owed, currency),
        *tax_proofs(outcome.owed, currency),
        *allocation_proofs(question.unit.unit, rated.charges, borne_by),
    )


def _money(question: Question, ruling: Ruling, outcome: Outcome) -> dict[str, Any]:
    """The amounts and lines of the decision."""
    rated, family = rated_by(question, ruling), question.family
    waiting = set(ruling.held_lines)
    now = [each.amount for each in rated.charges if each.key not in waiting]
    kept = [each.amount for each in rated.charges if each.key in waiting]
    comes_to = total(now, rated.currency) if rated.charges else None
    is_own = bool(family.documents) or outcome.is_part
    return {
        "total": outcome.total(family.currency or rated.currency) if is_own else comes_to,
        "held_total": total(kept, rated.currency) if waiting else None,
        "lines": tuple(
            DecidedLine(key=each.key, charge=each, billed=each.key not in waiting)
            for each in rated.charges
        ),
        "documents": outcome.documents if is_own else (),
        "billed_before": family.balance,
    }


def _troubles(
    question: Question, first: Answer | NoAnswer, second: Answer
) -> dict[str, tuple[str, ...]]:
    """The holds that the service itself places, each with its evidence; they can only stop."""
    troubles: dict[str, tuple[str, ...]] = {}
    if isinstance(first, NoAnswer):
        troubles["ENGINE_FAILED"] = tuple(text for text in (first.why, first.evidence) if text)
    elif first.firings != second.firings:
        one, other = set(first.firings), set(second.firings)
        troubles["ENGINE_DISAGREEMENT"] = (
            *(f"only the first key: {f.rule_id} {f.subject}" for f in sorted(one - other)),
            *(f"only the second key: {f.rule_id} {f.subject}" for f in sorted(other - one)),
        )
    faults = tie_out_faults(question.rated)
    if question.last_known is not None:
        faults += tie_out_faults(question.last_known.rated)
    if "family_1" in question.dossier.methods:
        faults += services_billed_twice(question.rated) + _other_currency(question)
    if faults:
        troubles["TIE_OUT_FAILED"] = tuple(dict.fromkeys(faults))
    return troubles


def _other_currency(question: Question) -> tuple[str, ...]:
    """Where the unit comes to another currency than it was billed in."""
    billed, now = question.family.currency, question.rated.currency
    if not billed or not now or billed == now:
        return ()
    return (f"it was billed in {billed} and comes to {now}",)


def _facts(question: Question) -> Mapping[str, Fact]:
    """Every fact of the dossier by its id."""
    dossier = question.dossier
    return {
        fact.fact_id: fact
        for fact in (
            *(linked.fact for linked in dossier.facts),
            *(doubtful.fact for doubtful in dossier.doubts),
            *(fact for sibling in dossier.siblings for fact in sibling.facts),
            *dossier.market,
            *dossier.surroundings,
        )
    }


def _trace(
    question: Question,
    rated: Rated,
    decision_id: str,
    looked: Looked,
    told: Answer | NoAnswer | None,
    proofs: tuple[Proof, ...],
) -> Trace:
    dossier = question.dossier
    linked = {each.fact.fact_id: f"{each.strength}: {each.through}" for each in dossier.facts}
    linked |= {each.fact.fact_id: "doubtful" for each in dossier.doubts}
    linked |= {f.fact_id: f"sibling {each.unit}" for each in dossier.siblings for f in each.facts}
    trace = Trace(
        decision_id=decision_id,
        dossier=dossier.digest,
        unit=dossier.unit,
        policy_at=dossier.policy_at,
        editions=msgspec.to_builtins(dossier.editions),
        methods=(*dossier.methods, *sorted({c.method for c in rated.charges})),
        facts=tuple(
            FactUsed(
                fact_id=fact_id,
                entity=fact.entity,
                source=str(fact.source),
                classifier=fact.classifier.value,
                occurred_at=fact.occurred_at,
                linked=linked.get(fact_id, "market"),
            )
            for fact_id, fact in sorted(_facts(question).items())
        ),
        attributes=attributes_used(question.unit),
        rules=(),
        unpriced=question.rated.unpriced,
        excluded=question.rated.excluded,
        disputes=disputes_of(question.unit),
        waivers=waivers_of(question.unit, dossier.policy_at),
        first_key=told,
        proofs=proofs,
    )
    if "trace_2" in dossier.methods:
        seen = pack_seen_in(looked, Journey(question.unit).service_date)
        return msgspec.structs.replace(trace, seen=seen, schema="trace-2")
    return msgspec.structs.replace(
        trace,
        rules=rules_seen(second_key_for(question.pack).numbers.truths(looked), looked.view),
        derived=derived_seen(question.pack.derived, looked.view),
    )
