"""The whole way from a dossier to a decision, on one screen.

`prepare` prices the unit and states the question; both keys answer it (the first in a child
process, which is why it stands between the two functions and not inside them); `conclude`
gives the decision and its trace. No I/O, no clock, no random number, no float.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date
from typing import Any

import msgspec

from app.digest import digest_of
from app.dossier import Dossier, Editions
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.surroundings import surroundings_of
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Fact
from app.family.allocation import allocation_proofs
from app.family.document import line_of
from app.family.family import Family
from app.family.proof import Proof, proofs_of
from app.judgement.at_stake import clocks_in
from app.judgement.decision import DecidedLine, Decision
from app.judgement.holding import hold_for
from app.judgement.outcome import Outcome, counting, outcome_of
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.looked import Looked
from app.judgement.rulebook.model import RulePack, in_force
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import View
from app.judgement.rulebook.view import view_of
from app.judgement.trace import FactUsed, Trace, attributes_used, derived_seen, rules_seen
from app.judgement.trace_as_stored import pack_seen_in
from app.judgement.verdict import Ruling, ruling_on
from app.money import total
from app.pricing.contract.contract import AdjustmentStyle, Contract, for_storage
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import services_billed_twice, tie_out_faults
from app.pricing.rating.rate import price


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A priced unit and the rules in force, ready to be judged."""

    dossier: Dossier
    editions: Editions
    unit: BillableUnit
    siblings: tuple[BillableUnit, ...]
    """The other units of its load."""
    rated: Rated
    contract: Contract | None
    """The customer's contract, if it is in force on the day that counts."""
    family: Family
    """What was billed for the unit before."""
    pack: RulePack
    view: View


class Concluded(msgspec.Struct, frozen=True, kw_only=True):
    """A decision and why."""

    decision: Decision
    trace: Trace


def prepare(dossier: Dossier, editions: Editions) -> Question:
    """The unit folded, priced and seen as rules see it."""
    unit = unit_of(dossier.unit, (linked.fact for linked in dossier.facts), editions.authority)
    siblings = tuple(
        unit_of(sibling.unit, sibling.facts, editions.authority) for sibling in dossier.siblings
    )
    known_on = dossier.known_on or date.max
    shares = "rating_2" in dossier.methods
    rated = price(unit, siblings, dossier.market, editions.card, known_on, shares_proved=shares)
    as_of = dossier.policy_at.astimezone(UTC).date()
    service_date = Journey(unit).service_date
    contract = editions.contract
    if contract is not None and not contract.covers(service_date or as_of):
        contract = None
    if contract is not None and unit.kind == "storage":
        contract = for_storage(contract)
    doubts = [(each.doubt, each.fact) for each in dossier.doubts]
    family = Family(documents=dossier.family)
    opened = family.open_provisional
    until = opened.expires_at if opened else dossier.provisional_until
    around_it = surroundings_of(dossier.surroundings, editions.authority, dossier.billed_as, until)
    return Question(
        dossier=dossier,
        editions=editions,
        unit=unit,
        siblings=siblings,
        rated=rated,
        contract=contract,
        family=family,
        pack=in_force(editions.rules, as_of, service_date),
        view=view_of(unit, doubts, rated, contract, dossier.policy_at, around_it, family),
    )


def second_answer(question: Question) -> tuple[Answer, Looked]:
    """The second key's answer, and everything that it saw."""
    looked = second_key_for(question.pack).looked(question.view)
    return Answer(firings=looked.firings), looked


def conclude(question: Question, first: Answer | NoAnswer) -> Concluded:
    """The decision; released only if the first key's answer is complete and equals the second's."""
    second, looked = second_answer(question)
    troubles = _troubles(question, first, second)
    firings = {*second.firings, *(first.firings if isinstance(first, Answer) else ())}
    ruling, outcome = _ruled(question, firings, troubles)
    proofs = _proofs(question, outcome)
    if wrong := tuple(proof.says for proof in proofs if not proof.holds):
        troubles["TIE_OUT_FAILED"] = (*troubles.get("TIE_OUT_FAILED", ()), *wrong)
        ruling, outcome = _ruled(question, firings, troubles)
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
        holds=tuple(
            hold_for(
                placed,
                question.pack,
                looked.view,
                _facts(question),
                question.dossier.policy_at,
                troubles,
                with_value="holding_2" in question.dossier.methods,
            )
            for placed in ruling.holds
        ),
        permitted_by=ruling.permitted_by,
        provisional=tuple(
            rule.provisional
            for rule in question.pack.rules
            if rule.rule_id in ruling.permitted_by and rule.provisional is not None
        ),
        settles=outcome.settles,
        clocks=clocks_in(looked.view) if "holding_2" in question.dossier.methods else (),
        consolidation=(
            question.contract.consolidation if question.contract and outcome.documents else None
        ),
        dossier=dossier,
    )
    return Concluded(decision=decision, trace=_trace(question, decision_id, looked, told, proofs))


def _ruled(
    question: Question, firings: Collection[Firing], troubles: Collection[str]
) -> tuple[Ruling, Outcome]:
    """The ruling, and what it means beside what was billed before."""
    family, rated, contract = question.family, question.rated, question.contract

    def ruling(over: Collection[Firing]) -> Ruling:
        return ruling_on(
            question.pack,
            over,
            [(charge.key, charge.amount) for charge in rated.charges],
            split_held_lines=_splits(contract, rated),
            placed_by_service=troubles,
            credits_wait="verdict_1" in question.dossier.methods,
        )

    known = not family.documents or not (rated.unpriced or "TIE_OUT_FAILED" in troubles)
    found = ruling(counting(question.pack, firings, family))
    outcome = outcome_of(
        found,
        family,
        [line_of(charge) for charge in rated.charges] if known else None,
        contract.adjustments if contract else AdjustmentStyle.DELTA_ONLY,
        question.dossier.policy_at,
    )
    return (ruling(firings) if outcome.overdue else found), outcome


def _proofs(question: Question, outcome: Outcome) -> tuple[Proof, ...]:
    """That what goes out adds up; nothing of what was decided before it was kept."""
    if "family_1" not in question.dossier.methods or not outcome.documents:
        return ()
    owed = {line.key: line.amount for line in outcome.owed}
    currency = outcome.documents[0].total.currency
    borne_by = (question.unit, *question.siblings)
    return (
        *proofs_of(question.family, outcome.documents, owed, currency),
        *allocation_proofs(question.unit.unit, question.rated.charges, borne_by),
    )


def _money(question: Question, ruling: Ruling, outcome: Outcome) -> dict[str, Any]:
    """The amounts and lines of the decision."""
    rated, family = question.rated, question.family
    waiting = set(ruling.held_lines)
    now = [each.amount for each in rated.charges if each.key not in waiting]
    kept = [each.amount for each in rated.charges if each.key in waiting]
    comes_to = total(now, rated.currency) if rated.charges else None
    return {
        "total": outcome.total(family.currency) if family.documents else comes_to,
        "held_total": total(kept, rated.currency) if waiting else None,
        "lines": tuple(
            DecidedLine(key=each.key, charge=each, billed=each.key not in waiting)
            for each in rated.charges
        ),
        "documents": outcome.documents if family.documents else (),
        "billed_before": family.balance,
    }


def _splits(contract: Contract | None, rated: Rated) -> bool:
    """Whether a held line waits alone; never where there is tax, which is on all of them."""
    taxed = any(charge.tax for charge in rated.charges)
    return contract is not None and contract.split_held_lines and not taxed


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
    if "family_1" in question.dossier.methods:
        faults += services_billed_twice(question.rated) + _other_currency(question)
    if faults:
        troubles["TIE_OUT_FAILED"] = faults
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
        methods=(*dossier.methods, *sorted({c.method for c in question.rated.charges})),
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
