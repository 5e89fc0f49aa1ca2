"""One unit with its timeline, its decisions and its invoices, by a handful of indexed queries.

The facts are those that the current decision knows, and those that name the unit by its own
number: what came since, and what was corrected. Whoever wants to know which facts belong to a
unit that was never decided has them correlated first.
"""

from collections.abc import Sequence

import msgspec

from app.access import Person
from app.dossier import EditionsUsed
from app.evidence.correlation.links import Strength, reference_of
from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.money import Cost
from app.evidence.facts.work import Assignment
from app.infrastructure.storage.rows import Answered, StoredDecision, StoredFact
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.trace import FactUsed, Trace
from app.judgement.trace_as_stored import permissions_in
from app.judgement.verdict import Verdict
from app.money import of_minor_units
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.gather_dossier import find_unit, units_going_by
from app.operations.house import House
from app.operations.looking.family import billed_documents
from app.reports.unit.decision_diff import Compared, TraceHead
from app.reports.unit.document_types import document_types
from app.reports.unit.timeline import UNDECIDED, Arrived, TakenAt, timeline_of
from app.reports.unit.unit_page import (
    Around,
    CurrentShown,
    Earlier,
    UnitPage,
    answers_of,
    family_shown,
    holds_shown,
)
from app.reports.unit.why_not import stopped_in, why_not

SHOWN = 20
"""So many answers are shown at once."""
OWN = tuple(f"{each.value}:" for each in Strength if each is not Strength.CUSTOMER)
"""How the link of a fact begins that is about the unit itself."""


def unit_named(house: House, reference: str) -> str:
    """The unit that goes by a number; at once where it is the unit's own name and was decided.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        if store.decisions.last_answers_of(reference, 1):
            return reference
        return find_unit(store, reference, None)[0]


def unit_page(
    house: House, reference: str, person: Person, *, answers: int = SHOWN
) -> UnitPage | str:
    """What is known of a unit; only its name where that is another than was asked for.

    Args:
        house: where.
        reference: its own name, `shipment:KS88123`, or a number it goes by.
        person: who looks: only acts that are allowed are offered.
        answers: how many of its decisions are shown.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        taken = store.decisions.last_answers_of(reference, answers + 1)
        unit = reference if taken else find_unit(store, reference, None)[0]
        if unit != reference:
            return unit
        answered = len(taken) if len(taken) <= answers else store.decisions.times_taken(unit)
        # The decisions before the last two are not read: there may be very many.
        stored = store.decisions.some(each.decision_id for each in taken[-2:])
        releases = store.releases.of_unit(unit)
        billed = billed_documents(store, releases) if releases else ()
        last = taken[-1] if taken else None
        whole = _whole(stored[last.decision_id]) if last else None
        compared = {
            name: whole.compared if whole and name == whole.decision.decision_id else _compared(row)
            for name, row in stored.items()
        }
        head = whole.compared.head if whole else None
        facts = _facts(store, unit, head)
        answer = [_taken_at(each) for each in taken]
        gone = bool(answer) and answer[-1].gone
        standing = answer[-1] if answer and not gone else None
        current = _current(store, standing, whole, person, facts) if standing and whole else None
        known = {fact.fact_id for fact in head.facts} if head and current else set()
        timeline = timeline_of(
            (Arrived(**msgspec.structs.asdict(each)) for each in facts),
            answer[-answers:],
            billed,
            counting=known,
        )
        return UnitPage(
            unit=unit,
            customer=current.decision.customer if current else "",
            standing=store.standings.standing_of([unit]).get(unit),
            timeline=timeline,
            sources=_sources(facts, head),
            current=current,
            gone=gone,
            belongs_to=units_going_by(store, unit) if gone else (),
            family=family_shown(billed),
            answers=answers_of(answer, compared, answered=answered, at_most=answers),
            answered=answered,
            undecided=sum(1 for entry in timeline.entries if entry.standing == UNDECIDED),
        )


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what was answered about a unit, the last first."""

    unit: str
    answers: tuple[Earlier, ...]
    """Each with what changed from the one before."""
    answered: int
    """How many there are in all parts."""


def unit_changes(
    house: House, reference: str, *, before: int | None = None, answers: int = SHOWN
) -> Changes:
    """The answers about a unit, a part at a time, each with what changed from the one before.

    Args:
        house: where.
        reference: its own name, or a number it goes by.
        before: the place of the answer before which the part ends; None: it ends with the last.
        answers: how many are in one part.

    Raises:
        NotFoundError: no unit goes by the number.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        answered = store.decisions.times_taken(reference)
        unit = reference if answered else find_unit(store, reference, None)[0]
        answered = answered or store.decisions.times_taken(unit)
        until = answered if before is None else min(before - 1, answered)
        taken = store.decisions.last_answers_of(unit, answers + 1, but=answered - until)
        stored = store.decisions.some(each.decision_id for each in taken)
    shown = answers_of(
        [_taken_at(each) for each in taken],
        {name: _compared(row) for name, row in stored.items()},
        answered=until,
        at_most=answers,
    )
    return Changes(unit=unit, answers=shown, answered=answered)


def _facts(store: Store, unit: str, head: TraceHead | None) -> tuple[StoredFact, ...]:
    """What the decision knows of the unit, and what else names it."""
    if head is None:
        unit, near = find_unit(store, unit, None)
        return store.facts.arrived([link.fact_id for link in near.correlation.units[unit].links])
    own = {fact.fact_id for fact in head.facts if fact.linked.startswith(OWN)}
    # Most of its facts name it: only the rest is asked for by id.
    others = {fact.fact_id for fact in head.facts} - own
    naming = store.facts.arrived_naming([reference_of(unit).key], but=others)
    return (*naming, *store.facts.arrived(own - {each.fact.fact_id for each in naming}))


class _Whole(msgspec.Struct, frozen=True):
    """A decision with its whole trace."""

    decision: Decision
    trace: Trace

    @property
    def compared(self) -> Compared:
        """What tells it apart from another one."""
        trace = self.trace
        head = TraceHead(facts=trace.facts, editions=trace.editions, methods=trace.methods)
        return Compared(decision=self.decision, head=head)


def _whole(row: StoredDecision) -> _Whole:
    return _Whole(
        msgspec.json.decode(row.body, type=Decision), msgspec.json.decode(row.trace, type=Trace)
    )


def _compared(row: StoredDecision) -> Compared:
    return Compared(
        decision=msgspec.json.decode(row.body, type=Decision),
        head=msgspec.json.decode(row.trace, type=TraceHead),
    )


def _taken_at(answered: Answered) -> TakenAt:
    minor, currency = answered.amount_minor, answered.currency
    return TakenAt(
        decision_id=answered.decision_id,
        at=answered.taken_at,
        by=answered.actor,
        verdict=answered.verdict,
        total=None if minor is None or not currency else of_minor_units(minor, currency),
        gone=bool(answered.gone),
    )


def _current(
    store: Store,
    standing: TakenAt,
    whole: _Whole,
    person: Person,
    facts: Sequence[StoredFact],
) -> CurrentShown:
    decision, trace = whole.decision, whole.trace
    editions = editions_by_digest(store, msgspec.convert(trace.editions, EditionsUsed))
    rules = editions.rules
    used = {fact.fact_id for fact in trace.facts}
    known = [each.fact for each in facts if each.fact.fact_id in used]
    permissions = permissions_in(trace, rules)
    around = Around(
        unit=unit_of(decision.unit, known, editions.authority),
        waivable={kind.code for kind in rules.holds if kind.waivable},
        permitted=bool(stopped_in(permissions)),
        assigned=_assigned(facts),
        costs=_costs(store, facts, trace.facts),
        spells=store.standings.open_of([decision.unit]),
    )
    return CurrentShown(
        decision=decision,
        taken=standing,
        holds=holds_shown(decision.holds, person, around),
        document_types=document_types(rules, editions.contract),
        why_not=why_not(permissions),
        stopped=stopped_in(permissions) if decision.verdict is Verdict.HOLD else (),
        unpriced=trace.unpriced,
        excluded=trace.excluded,
    )


def _assigned(facts: Sequence[StoredFact]) -> dict[tuple[str, str], str]:
    """To whom each hold was given last, by code and subject."""
    said = [each.fact for each in facts if isinstance(each.fact.said, Assignment)]
    words = (fact.said for fact in sorted(said, key=rank))
    return {(word.hold, word.subject): word.to for word in words if isinstance(word, Assignment)}


def _costs(store: Store, facts: Sequence[StoredFact], used: Sequence[FactUsed]) -> tuple[Cost, ...]:
    """What carriers ask for the unit, and for the others of its loads; these are asked for here."""
    known = {each.fact.fact_id for each in facts}
    others = {each.fact_id for each in used if each.entity == "cost"} - known
    told = (*facts, *(store.facts.arrived(others) if others else ()))
    return tuple(each.fact.said for each in told if isinstance(each.fact.said, Cost))


def _sources(facts: Sequence[StoredFact], head: TraceHead | None) -> dict[str, str]:
    told = {fact.fact_id: fact.source for fact in head.facts} if head else {}
    return told | {each.fact.fact_id: str(each.fact.source) for each in facts}
