"""What would release a unit: the smallest sets of facts, each proved by deciding again.

The decision is computed anew with the set added to its dossier. Both answers are then the
second key's, as nothing real is let out by it: when the facts are really told, the unit is
decided with both keys like any other. A set that does not release is not shown.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

from app.decide import conclude, prepare, second_answer
from app.dossier import Dossier, Editions, LinkedFact
from app.evidence.correlation.links import Strength
from app.explanation.unlock.situation import Situation, Way
from app.explanation.unlock.ways_out import ways_out
from app.judgement.decision import Decision, Hold
from app.judgement.verdict import Verdict
from app.measures import Instant
from app.money import Money

ROUNDS = 8
"""How often new holds may appear behind those that are ended."""

TRIES = 60
"""Decisions computed for one unit; what is not found by then is said to be not found."""

SETS_SHOWN = 4


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that has to be said or done, and who sees to it."""

    says: str
    ends: str
    """The hold it is for."""
    subject: str = ""
    owner: str
    ask: str = ""
    system: str
    """The kind of system that would tell it."""
    due_at: Instant


class UnlockSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Steps which together release the unit, none of them needlessly."""

    steps: tuple[Step, ...]
    due_at: Instant
    """When the first of its holds is due."""
    unlocks: Money
    """What could be billed with it and cannot be now."""


class Need(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hold of a unit for which no set of facts could be proved.

    Something else has to change first (a price, a contract, a code map, a rule), or a value
    has to be told that nobody may make up.
    """

    code: str
    subject: str = ""
    says: str
    owner: str
    way_out: str
    due_at: Instant


class Unlocking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What would release a unit: proved sets of facts, and what facts alone cannot do."""

    decision_id: str
    sets: tuple[UnlockSet, ...] = ()
    needs: tuple[Need, ...] = ()
    given_up: bool = False
    """The search ended at its bound; there may be more."""


class _Chosen(msgspec.Struct, frozen=True):
    """A way taken out of a hold."""

    hold: Hold
    way: Way


def unlocking_of(dossier: Dossier, editions: Editions, decision: Decision) -> Unlocking:
    """The smallest sets of facts that would release the unit, and what facts cannot do.

    Args:
        dossier: what the decision was computed from.
        editions: those the dossier names.
        decision: held, provisional, or released in part; anything else has nothing to unlock.
    """
    if decision.verdict is Verdict.NO_BILL or _is_free(decision):
        return Unlocking(decision_id=decision.decision_id)
    return _Search(dossier, editions, decision).result()


def _is_free(decision: Decision) -> bool:
    """Whether everything may go out for good."""
    return decision.verdict is Verdict.RELEASE and decision.held_total is None


class _Search:
    """One unit's search, with the decisions it may still compute."""

    def __init__(self, dossier: Dossier, editions: Editions, decision: Decision) -> None:
        self.dossier, self.editions, self.decision = dossier, editions, decision
        self.left = TRIES
        self.decided: dict[frozenset[str], Situation] = {}

    def result(self) -> Unlocking:
        """Sets where there are any, else all that stands in the way."""
        first = self._first_set()
        if not first:
            return Unlocking(
                decision_id=self.decision.decision_id,
                needs=tuple(_need(hold) for hold in _in_the_way(self.decision)),
                given_up=self.left <= 0,
            )
        sets = [self._shown(each) for each in self._alternatives(first)]
        return Unlocking(
            decision_id=self.decision.decision_id,
            sets=tuple(islice(sorted(sets, key=_order), SETS_SHOWN)),
            given_up=self.left <= 0,
        )

    def _first_set(self) -> tuple[_Chosen, ...]:
        """The first way out of every hold, and of those behind; empty where one has none."""
        chosen: list[_Chosen] = []
        for _ in range(ROUNDS):
            at = self._with(chosen)
            if at is None:
                break
            if _is_free(at.decision):
                return self._smallest(chosen)
            taken = {_name(each) for each in chosen}
            found = [
                _Chosen(hold, ways[0])
                for hold in _in_the_way(at.decision)
                if (ways := ways_out(hold, at))
            ]
            new = [each for each in found if _name(each) not in taken]
            if not new:
                break
            chosen += new
        return ()

    def _smallest(self, chosen: Sequence[_Chosen]) -> tuple[_Chosen, ...]:
        """Without every step that is not needed."""
        kept = list(chosen)
        for each in tuple(kept):
            without = [other for other in kept if other is not each]
            at = self._with(without) if without else None
            if at is not None and _is_free(at.decision):
                kept = without
        return tuple(kept)

    def _alternatives(self, first: tuple[_Chosen, ...]) -> list[tuple[_Chosen, ...]]:
        """The first set, and those in which one step is another way out of the same hold."""
        found = [first]
        for place, each in enumerate(first):
            before = self._with([*first[:place], *first[place + 1 :]])
            if before is None:
                break
            hold = next((h for h in _in_the_way(before.decision) if _same(h, each.hold)), None)
            for way in ways_out(hold, before)[1:] if hold else ():
                swapped = (*first[:place], _Chosen(each.hold, way), *first[place + 1 :])
                at = self._with(swapped)
                if at is not None and _is_free(at.decision):
                    found.append(self._smallest(swapped))
        return found

    def _with(self, chosen: Iterable[_Chosen]) -> Situation | None:
        """The unit decided with these steps taken; None when the bound is reached."""
        chosen = tuple(chosen)
        key = frozenset(_name(each) for each in chosen)
        if key not in self.decided:
            if self.left <= 0:
                return None
            self.left -= 1
            self.decided[key] = self._decided(chosen)
        return self.decided[key]

    def _decided(self, chosen: tuple[_Chosen, ...]) -> Situation:
        settled = {fact_id for each in chosen for fact_id in each.way.settles}
        told = {fact.fact_id: fact for each in chosen for fact in each.way.facts}
        dossier = msgspec.structs.replace(
            self.dossier,
            facts=(
                *self.dossier.facts,
                *(
                    LinkedFact(fact=fact, strength=Strength.NAMED, through="what would release it")
                    for _, fact in sorted(told.items())
                ),
            ),
            doubts=tuple(d for d in self.dossier.doubts if d.fact.fact_id not in settled),
        )
        question = prepare(dossier, self.editions)
        answer = second_answer(question)[0]
        decision = conclude(question, answer).decision if chosen else self.decision
        return Situation(
            dossier=dossier, editions=self.editions, unit=question.unit, decision=decision
        )

    def _shown(self, chosen: tuple[_Chosen, ...]) -> UnlockSet:
        at = self._with(chosen)
        assert at is not None, "a set that is shown was decided before"
        assert at.decision.total is not None, "what is released has a total"
        steps = tuple(_step(each) for each in sorted(chosen, key=_name))
        return UnlockSet(
            steps=steps,
            due_at=min(step.due_at for step in steps),
            unlocks=_more(at.decision.total, self.decision),
        )


def _in_the_way(decision: Decision) -> tuple[Hold, ...]:
    """The holds that stop the invoice, a line, or its final form."""
    return tuple(hold for hold in decision.holds if hold.blocks)


def _same(one: Hold, other: Hold) -> bool:
    return (one.code, one.subject) == (other.code, other.subject)


def _name(chosen: _Chosen) -> str:
    return f"{chosen.hold.code} {chosen.hold.subject} {chosen.way.says}"


def _order(each: UnlockSet) -> tuple[int, str]:
    return len(each.steps), " ".join(step.says for step in each.steps)


def _step(chosen: _Chosen) -> Step:
    hold = chosen.hold
    return Step(
        says=chosen.way.says,
        ends=hold.code,
        subject=hold.subject,
        owner=hold.owner,
        ask=hold.ask,
        system=chosen.way.system,
        due_at=hold.due_at,
    )


def _need(hold: Hold) -> Need:
    return Need(
        code=hold.code,
        subject=hold.subject,
        says=hold.says,
        owner=hold.owner,
        way_out=hold.way_out,
        due_at=hold.due_at,
    )


def _more(total: Money, before: Decision) -> Money:
    """What goes out with it and would not go out for good without it."""
    if before.verdict is not Verdict.RELEASE or before.total is None:
        return total
    return total + (-before.total)
