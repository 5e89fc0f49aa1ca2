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
from app.evidence.correlation.disputes import disputes_of
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
from app.judgement.holding import hold_for, with_refusals
from app.judgement.outcome import Outcome, counting, outcome_of, unless_nothing
from app.judgement.provisional_amounts import LastKnown, asks_for_last_known, cannot_bill
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.looked import Looked
from app.judgement.rulebook.model import ProvisionalTerms, RulePack, in_force
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import View
from app.judgement.rulebook.view import view_of
from app.judgement.trace import FactUsed, Trace, attributes_used, derived_seen, rules_seen
from app.judgement.trace_as_stored import pack_seen_in
from app.judgement.verdict import Ruling, ruling_on
from app.money import Money, total
from app.pricing.contract.contract import AdjustmentStyle, Contract, for_storage
from app.pricing.entitlement.made import Scene
from app.pricing.entitlement.standing import NOTHING_EXTRA, Extra, standing_of
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import services_billed_twice, tie_out_faults


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
    last_known: LastKnown | None = None
    """The unit at the last known prices, where rules may bill these instead of missing ones."""
    extra: Extra = NOTHING_EXTRA
    """The life of each extra service, and what nobody claims."""


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
    pack = in_force(editions.rules, as_of, service_date)
    bills_stand = "cost_2" in dossier.methods
    scene = Scene(
        unit=unit,
        siblings=siblings,
        market=dossier.market,
        card=editions.card,
        known_on=dossier.known_on or date.max,
        contract=contract,
        shares_proved="rating_2" in dossier.methods,
        endings_told="rating_3" in dossier.methods,
        bills_stand=bills_stand,
        billed=frozenset(family.live_lines),
    )

    def seen(priced: Rated, extra: Extra, billed: Family) -> View:
        at = dossier.policy_at
        return view_of(
            unit, doubts, priced, contract, at, around_it, billed, extra, bills_stand=bills_stand
        )

    rated, extra = standing_of(scene, dossier.policy_at)
    last_known = None
    if asks_for_last_known(pack, rated):
        at_last = msgspec.structs.replace(scene, last_known=True)
        estimate, of_estimate = standing_of(at_last, dossier.policy_at)
        view = seen(estimate, of_estimate, Family())
        last_known = LastKnown(rated=estimate, view=view)
    return Question(
        dossier=dossier,
        editions=editions,
        unit=unit,
        siblings=siblings,
        rated=rated,
        contract=contract,
        family=family,
        pack=pack,
        view=seen(rated, extra, family),
        last_known=last_known,
        extra=extra,
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
    refused = _refused(question, firings)
    ruling, outcome = _ruled(question, firings, troubles, refused)
    proofs = _proofs(question, _rated(question, ruling), outcome)
    if wrong := tuple(proof.says for proof in proofs if not proof.holds):
        troubles["TIE_OUT_FAILED"] = (*troubles.get("TIE_OUT_FAILED", ()), *wrong)
        ruling, outcome = _ruled(question, firings, troubles, refused)
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
            with_refusals(
                hold_for(
                    placed,
                    question.pack,
                    looked.view,
                    _facts(question),
                    question.dossier.policy_at,
                    troubles,
                    with_value="holding_2" in question.dossier.methods,
                ),
                question.pack,
                refused,
            )
            for placed in ruling.holds
        ),
        permitted_by=ruling.permitted_by,
        provisional=_terms(question, ruling),
        settles=outcome.settles,
        clocks=clocks_in(looked.view) if "holding_2" in question.dossier.methods else (),
        consolidation=(
            question.contract.consolidation if question.contract and outcome.documents else None
        ),
        dossier=dossier,
    )
    rated = _rated(question, ruling)
    trace = _trace(question, rated, decision_id, looked, told, proofs)
    return Concluded(decision=decision, trace=trace)


def _refused(question: Question, firings: Collection[Firing]) -> Mapping[str, str]:
    """The provisional permissions whose amount cannot be found, and why."""
    return cannot_bill(question.pack, firings, question.rated, question.last_known, _cost(question))


def _cost(question: Question) -> Money | None:
    """What the move costs so far, as rules see it."""
    cost = question.view.unit["cost_total"].value
    return cost if isinstance(cost, Money) else None


def _rated(question: Question, ruling: Ruling) -> Rated:
    """The prices that a ruling is about."""
    at = question.last_known
    return at.rated if ruling.at_last_known and at is not None else question.rated


def _terms(question: Question, ruling: Ruling) -> tuple[ProvisionalTerms, ...]:
    return tuple(
        rule.provisional
        for rule in question.pack.rules
        if rule.rule_id in ruling.permitted_by and rule.provisional is not None
    )


def _ruled(
    question: Question,
    firings: Collection[Firing],
    troubles: Collection[str],
    refused: Mapping[str, str],
) -> tuple[Ruling, Outcome]:
    """The ruling, and what it means beside what was billed before."""
    family, contract, at = question.family, question.contract, question.last_known

    def ruling(over: Collection[Firing]) -> Ruling:
        return ruling_on(
            question.pack,
            over,
            [(charge.key, charge.amount) for charge in question.rated.charges],
            split_held_lines=_splits(contract, (at or question).rated),
            placed_by_service=troubles,
            credits_wait="verdict_1" in question.dossier.methods,
            last_known=at.lines if at else None,
            cannot_bill=refused.keys(),
            credits_of=_credits_of_unbilled(question),
        )

    found = ruling(counting(question.pack, firings, family))
    rated = _rated(question, found)
    known = not family.documents or not (rated.unpriced or "TIE_OUT_FAILED" in troubles)
    outcome = outcome_of(
        found,
        family,
        [line_of(charge) for charge in rated.charges] if known else None,
        contract.adjustments if contract else AdjustmentStyle.DELTA_ONLY,
        question.dossier.policy_at,
        _terms(question, found),
        _cost(question),
    )
    if "family_1" in question.dossier.methods:
        found, outcome = unless_nothing(outcome, found, family)
    return (ruling(firings) if outcome.overdue else found), outcome


def _credits_of_unbilled(question: Question) -> Mapping[str, str]:
    """The agreed credits of lines that are not billed, each with its line."""
    live = question.family.live_lines
    lines = {each.dispute: each.line for each in disputes_of(question.unit)}
    credits_ = (each for each in question.rated.charges if each.of_dispute)
    found = {each.key: lines[each.of_dispute] for each in credits_}
    return {credit: line for credit, line in found.items() if line not in live}


def _proofs(question: Question, rated: Rated, outcome: Outcome) -> tuple[Proof, ...]:
    """That what goes out adds up; nothing of what was decided before it was kept."""
    if "family_1" not in question.dossier.methods or not outcome.documents:
        return ()
    owed = {line.key: line.amount for line in outcome.owed}
    currency = outcome.documents[0].total.currency
    borne_by = (question.unit, *question.siblings)
    return (
        *proofs_of(question.family, outcome.documents, owed, currency),
        *allocation_proofs(question.unit.unit, rated.charges, borne_by),
    )


def _money(question: Question, ruling: Ruling, outcome: Outcome) -> dict[str, Any]:
    """The amounts and lines of the decision."""
    rated, family = _rated(question, ruling), question.family
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
