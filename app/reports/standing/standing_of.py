"""Where a unit stands, worked out from everything that happened to it.

The only way to a `Standing`: what happened is folded from the beginning each time.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from app.evidence.correlation.assigned import assigned_to
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact, Quality
from app.evidence.facts.money import Approval
from app.evidence.facts.papers import (
    Document,
    ExceptionReport,
    SameThing,
    Withdrawal,
)
from app.evidence.facts.party import Place
from app.evidence.facts.work import Assignment, Waiver
from app.judgement.decision import Decision, Runs
from app.judgement.outcome import AT_ESTIMATE, TRUED_UP
from app.judgement.verdict import Verdict
from app.reports.standing.completion import (
    Completion,
    completion_of,
    done_known_at,
    first_of,
    is_done,
    proofs_of,
)
from app.reports.standing.cutoff import cutoff_in, last_day, zone_of
from app.reports.standing.final_number import final_number_at
from app.reports.standing.history import About, Days, DecisionTook, History
from app.reports.standing.invoices_of import balance_minor, invoices_of
from app.reports.standing.kept_back import kept_back_minor
from app.reports.standing.missing_paper import missing_paper
from app.reports.standing.rights_of import rights_of
from app.reports.standing.spells_of import spells_of
from app.reports.standing.standing import Permitted, Spell, Stage, Standing, WhereItStands

RULES_SHOWN = 12
"""So much of an edition's digest tells editions apart for people."""
_LETS_OUT = {Verdict.RELEASE, Verdict.PROVISIONAL}


def stands(history: History) -> WhereItStands:
    """Where the unit stands, with its spells of holds and its invoices."""
    days = Days(zone_of(history.contract))
    last = history.taken[-1]
    about = _about(history)
    journey = Journey(history.unit)
    completion = completion_of(history, journey, days)
    spells = spells_of(
        history.taken,
        about,
        history.contract,
        days.of,
        _assignments(history),
        moving=not is_done(journey, completion),
        arrived=_since(history.taken, done_known_at(history, journey, completion)),
    )
    spells = tuple(_with_paper(each, history.unit) for each in spells)
    invoices = invoices_of(history.unit, history.billed, about, days.of)
    if last.gone:
        return WhereItStands(standing=None, spells=spells, invoices=invoices)
    open_holds = sum(1 for each in spells if each.closed_at is None)
    return WhereItStands(
        standing=_standing(history, days, about, journey, completion, open_holds),
        spells=spells,
        invoices=invoices,
        permitted=_permitted(last.decision),
        rights=rights_of(history, about),
    )


def _with_paper(spell: Spell, unit: BillableUnit) -> Spell:
    """With the paper that would end it, while it is open."""
    found = missing_paper(spell.code, spell.subject, unit) if spell.closed_at is None else None
    return msgspec.structs.replace(spell, paper=found.document_type) if found else spell


def _about(history: History) -> About:
    unit = history.unit
    kind = "" if unit.kind == "shipment" else unit.kind
    return About(
        unit=unit.unit,
        customer=history.taken[-1].decision.customer,
        carrier=unit.text("carrier"),
        mode=unit.text("mode") or kind,
        lane=_lane(unit),
        rules=history.rules[:RULES_SHOWN],
    )


def _lane(unit: BillableUnit) -> str:
    ends = [unit.attribute(name) for name in ("origin", "destination")]
    regions = [each.region or each.country for each in ends if isinstance(each, Place)]
    return "-".join(regions) if len(regions) == len(ends) and all(regions) else ""


def _standing(
    history: History,
    days: Days,
    about: About,
    journey: Journey,
    completion: Completion,
    open_holds: int,
) -> Standing:
    first, last = history.taken[0], history.taken[-1]
    delivered = first_of(journey.delivered)
    proof = _proof_received(history)
    completed = completion.at
    judged = _since(history.taken, completion.known_at(history))
    released = _first_with(history.taken, _LETS_OUT)
    final = next((each for each in history.taken if _is_final(each.decision)), None)
    claimed = history.billed[0].document.claimed_at if history.billed else None
    invoiced = final_number_at(history.billed)
    acts = [each.at for each in history.facts if by_hand(each.fact)]
    evidence = [each.at for each in history.facts if not isinstance(each.fact.said, Assignment)]
    decision = last.decision
    waits = _waits(history)
    cutoff = cutoff_in(decision, history.contract)
    return Standing(
        unit=about.unit,
        customer=about.customer,
        carrier=about.carrier,
        mode=about.mode,
        lane=about.lane,
        rules=about.rules,
        decision_id=decision.decision_id,
        correlation_id=last.correlation_id,
        stage=_stage(history, done=is_done(journey, completion)),
        verdict=decision.verdict.value,
        currency=_currency(history),
        amount_minor=waits,
        held_minor=kept_back_minor(decision, [each.document for each in history.billed], waits),
        billed_minor=balance_minor(history.billed),
        holds=open_holds,
        first_fact_at=min(evidence),
        last_fact_at=max(evidence),
        completed_at=completed,
        completed_on=days.maybe(completed),
        delivered_at=delivered,
        delivered_on=days.maybe(delivered),
        pod_at=proof,
        pod_on=days.maybe(proof),
        decided_at=first.at,
        decided_on=days.of(first.at),
        first_verdict=first.decision.verdict.value,
        first_by_hand=any(at <= first.at for at in acts),
        judged_at=judged.at if judged else None,
        judged_on=days.maybe(judged.at if judged else None),
        judged_verdict=judged.decision.verdict.value if judged else "",
        judged_by_hand=judged is not None and any(at <= judged.at for at in acts),
        touches=sum(1 for at in acts if claimed is None or at <= claimed),
        released_at=released.at if released else None,
        released_on=days.maybe(released.at if released else None),
        released_as=released.decision.verdict.value if released else "",
        final_at=final.at if final else None,
        final_on=days.maybe(final.at if final else None),
        claimed_at=claimed,
        claimed_on=days.maybe(claimed),
        invoiced_at=invoiced,
        invoiced_on=days.maybe(invoiced),
        cutoff_on=cutoff.on,
        cutoff_at=cutoff.at,
        complete_by_at=cutoff.complete_by_at,
        right_until=last_day(decision, Runs.RIGHT),
        excluded=_excluded(decision, journey),
        changed_at=max([last.at, *(each.changed_at for each in history.billed)]),
    )


def _first_with(
    taken: Sequence[DecisionTook], verdicts: Collection[Verdict]
) -> DecisionTook | None:
    return next((each for each in taken if each.decision.verdict in verdicts), None)


def _is_final(decision: Decision) -> bool:
    """Whether it releases, or leaves a provisional invoice to stand as the final one."""
    return decision.verdict is Verdict.RELEASE or decision.settles in {TRUED_UP, AT_ESTIMATE}


def _since(taken: Sequence[DecisionTook], moment: datetime | None) -> DecisionTook | None:
    """The first decision that was taken at a moment or later."""
    return next((each for each in taken if moment is not None and each.at >= moment), None)


def by_hand(fact: Fact) -> bool:
    """Whether the fact is an act of a person about the work, not a report of what happened."""
    said = fact.said
    if isinstance(said, Approval | SameThing | ExceptionReport | Withdrawal):
        return True
    if isinstance(said, Waiver | Assignment):
        return True
    return isinstance(said, Document) and fact.quality is Quality.MANUAL


def _assignments(history: History) -> dict[tuple[str, str], str]:
    """To whom each hold was assigned last, by code and subject."""
    found = assigned_to((each.fact for each in history.facts), history.unit.unit)
    return {(each.hold, each.subject): each.to for each in found}


def _currency(history: History) -> str:
    """Of what may go out, else of what was billed."""
    decision = history.taken[-1].decision
    if decision.total and decision.lines:
        return decision.total.currency
    return history.billed[0].document.total.currency if history.billed else ""


def _waits(history: History) -> int | None:
    """What may go out or waits to, in minor units: nothing of what was claimed."""
    decision = history.taken[-1].decision
    if len(history.billed) > history.known_documents:
        return 0
    if history.billed and not decision.documents:
        return 0
    priced = decision.lines or decision.documents
    return decision.total.minor_units if decision.total and priced else None


def _stage(history: History, *, done: bool) -> Stage:
    decision = history.taken[-1].decision
    if not history.billed:
        return _before_billing(decision.verdict, done=done)
    is_new = len(history.billed) <= history.known_documents and bool(decision.documents)
    is_open = any(each.is_open_provisional for each in history.billed)
    if is_new and not (decision.verdict is Verdict.HOLD and is_open):
        return Stage.ADJUSTING
    if any(not each.number for each in history.billed):
        return Stage.CLAIMED
    return Stage.PROVISIONAL if is_open else Stage.BILLED


def _before_billing(verdict: Verdict, *, done: bool) -> Stage:
    if verdict is Verdict.NO_BILL:
        return Stage.NO_BILL
    if verdict in _LETS_OUT:
        return Stage.READY
    return Stage.HELD if done else Stage.MOVING


def _proof_received(history: History) -> datetime | None:
    proofs = {fact.fact_id for fact in proofs_of(history.unit)}
    return min((e.at for e in history.facts if e.fact.fact_id in proofs), default=None)


def _excluded(decision: Decision, journey: Journey) -> str:
    if journey.cancelled:
        return "cancelled"
    return "no bill" if decision.verdict is Verdict.NO_BILL else ""


def _permitted(decision: Decision) -> tuple[Permitted, ...]:
    total = decision.total
    return tuple(
        Permitted(
            rule_id=rule_id,
            unit=decision.unit,
            customer=decision.customer,
            verdict=decision.verdict.value,
            currency=total.currency if total else "",
            amount_minor=total.minor_units if total else 0,
            decision_id=decision.decision_id,
        )
        for rule_id in dict.fromkeys(decision.permitted_by)
    )
