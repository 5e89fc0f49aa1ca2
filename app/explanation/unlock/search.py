"""Ways out put together until the unit is released, and taken apart to what is needed.

With each set the decision is computed anew from the dossier with the set added. Both answers
are then the second key's, as nothing real is let out by it: when the facts are really told,
the unit is decided with both keys like any other. A set that does not release is not shown.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product

import msgspec

from app.decide import conclude, prepare, second_answer
from app.dossier import Dossier, Editions
from app.evidence.correlation.unit import unit_of
from app.explanation.unlock.answer import Need, Step, Unlocking, UnlockSet
from app.explanation.unlock.situation import Situation, Way, with_ways
from app.explanation.unlock.ways_out import NOT_BY_FACTS, ways_out
from app.judgement.decision import Decision, Hold
from app.judgement.verdict import Verdict
from app.money import Money

ROUNDS = 6
"""How often new holds may appear behind those that are ended."""

TRIES = 120
"""Decisions computed for one unit; where that is not enough, it is said."""

SETS_SHOWN = 4
SETS_SOUGHT = 8
"""The smallest of so many are shown."""

OF_THE_ENGINE = {"ENGINE_FAILED", "ENGINE_DISAGREEMENT"}
"""Placed where the first key failed: what the second says alone would prove nothing."""


def unlocking_of(dossier: Dossier, editions: Editions, decision: Decision) -> Unlocking:
    """The smallest sets of facts that would release the unit, and what facts cannot do.

    Args:
        dossier: what the decision was computed from.
        editions: those the dossier names.
        decision: held, provisional, or released in part; anything else has nothing to unlock.
    """
    if decision.verdict is Verdict.NO_BILL or is_free(decision):
        return Unlocking(decision_id=decision.decision_id)
    return Search(dossier, editions, decision).result()


def is_free(decision: Decision) -> bool:
    """Whether everything may go out for good."""
    done = decision.verdict in {Verdict.RELEASE, Verdict.CREDIT, Verdict.BILLED}
    return done and decision.held_total is None


def goes_out(decision: Decision) -> bool:
    """Whether the invoice may go out, if only ahead of what it waits for."""
    return decision.verdict in {Verdict.RELEASE, Verdict.PROVISIONAL, Verdict.CREDIT}


class Chosen(msgspec.Struct, frozen=True):
    """A way taken out of a hold."""

    hold: Hold
    way: Way


Chain = tuple[Chosen, ...]
"""Ways taken one after the other; what counts is which, not in what order."""


class Search:
    """One unit's search, with the decisions it may still compute."""

    def __init__(self, dossier: Dossier, editions: Editions, decision: Decision) -> None:
        self.dossier, self.editions, self.decision = dossier, editions, decision
        self.bound_reached = False
        self.decided: dict[frozenset[tuple[str, ...]], Situation] = {}
        self.ahead: dict[frozenset[tuple[str, ...]], Chain] = {}

    def result(self) -> Unlocking:
        """Sets where there are any, else all that stands in the way."""
        held = in_the_way(self.decision)
        engine = any(hold.code in OF_THE_ENGINE for hold in held)
        found = () if engine else self.sets()
        ahead = () if engine else self.provisional_sets(found)
        return Unlocking(
            decision_id=self.decision.decision_id,
            sets=self._shown(found),
            provisional=self._shown(ahead),
            needs=() if found else tuple(_need(hold) for hold in held),
            given_up=self.bound_reached,
            tried=len(self.decided),
        )

    def sets(self) -> tuple[Chain, ...]:
        """Minimal sets that release the whole unit for good, the smallest first."""
        found: dict[frozenset[tuple[str, ...]], Chain] = {}
        for chain in self._releasing((), ROUNDS):
            smallest = self._smallest(chain, is_free)
            if smallest is not None:
                found.setdefault(_words(smallest), smallest)
            if len(found) == SETS_SOUGHT:
                break
        return tuple(sorted(found.values(), key=_order))

    def provisional_sets(self, found: Sequence[Chain]) -> tuple[Chain, ...]:
        """Minimal sets seen on the way with which a held unit may go out provisionally."""
        if self.decision.verdict is not Verdict.HOLD:
            return ()
        small = {
            _words(smallest): smallest
            for chain in sorted(self.ahead.values(), key=_order)
            if (smallest := self._smallest(chain, goes_out)) is not None
        }
        final = {_words(chain) for chain in found}
        return tuple(sorted((c for key, c in small.items() if key not in final), key=_order))

    def _releasing(self, chain: Chain, rounds: int) -> Iterator[Chain]:
        """Chains that release, found by ending all holds at once and then what appears behind."""
        at = self.with_steps(chain)
        if at is None:
            return
        if is_free(at.decision):
            yield chain
            return
        for more in _choices(at, chain) if rounds else ():
            yield from self._releasing((*chain, *more), rounds - 1)
            if self.bound_reached:
                return

    def _smallest(self, chain: Chain, goal: Callable[[Decision], bool]) -> Chain | None:
        """Without every step that is not needed; None where the bound forbids to find out."""
        kept, looking = chain, True
        while looking:
            looking = False
            for each in kept:
                without = tuple(other for other in kept if other is not each)
                at = self.with_steps(without) if without else None
                if self.bound_reached:
                    return None
                if at is not None and goal(at.decision):
                    kept, looking = without, True
        return kept

    def with_steps(self, chain: Chain) -> Situation | None:
        """The unit decided with these steps taken; None when the bound is reached."""
        key = _key(chain)
        if key not in self.decided:
            if len(self.decided) >= TRIES:
                self.bound_reached = True
                return None
            at = self.decided[key] = self._decide(chain)
            if chain and at.decision.verdict is Verdict.PROVISIONAL:
                self.ahead[key] = chain
        return self.decided[key]

    def _decide(self, chain: Chain) -> Situation:
        dossier = with_ways(self.dossier, (each.way for each in chain))
        question = prepare(dossier, self.editions)
        answer = second_answer(question)[0]
        return Situation(
            dossier=dossier,
            editions=self.editions,
            unit=question.unit,
            siblings=tuple(
                unit_of(each.unit, each.facts, self.editions.authority) for each in dossier.siblings
            ),
            rated=question.rated,
            decision=conclude(question, answer).decision if chain else self.decision,
        )

    def _shown(self, found: Iterable[Chain]) -> tuple[UnlockSet, ...]:
        return tuple(self._shown_set(chain) for chain in islice(found, SETS_SHOWN))

    def _shown_set(self, chain: Chain) -> UnlockSet:
        at = self.with_steps(chain)
        assert at is not None, "a set that is shown was decided before"
        assert at.decision.total is not None, "what goes out has a total"
        steps = tuple(_step(each) for each in sorted(chain, key=_name))
        return UnlockSet(
            steps=steps,
            due_at=min(step.due_at for step in steps),
            unlocks=_more(at.decision.total, self.decision),
        )


def in_the_way(decision: Decision) -> tuple[Hold, ...]:
    """The holds that stop the invoice, a line, or its final form."""
    return tuple(hold for hold in decision.holds if hold.stands)


def _choices(at: Situation, chain: Chain) -> Iterator[Chain]:
    """One way out for every hold that has one, in all combinations, the usual ones first."""
    taken = {each.way.key for each in chain}
    options: list[list[Chosen]] = []
    for hold in sorted(in_the_way(at.decision), key=_follows_from_others):
        ways = [way for way in ways_out(hold, at) if way.key not in taken]
        if ways:
            options.append([Chosen(hold, way) for way in ways])
    for combination in _usual_first(options) if options else ():
        if not _contradicts_itself(combination, options):
            yield _once(combination)


def _usual_first(options: list[list[Chosen]]) -> Iterator[Chain]:
    """Every combination; before all others the first ways, then those with one other way."""
    usual = tuple(each[0] for each in options)
    yield usual
    for place, ways in enumerate(options):
        for other in ways[1:]:
            yield (*usual[:place], other, *usual[place + 1 :])
    for combination in product(*options):
        if sum(one is not other for one, other in zip(combination, usual, strict=True)) > 1:
            yield combination


def _contradicts_itself(combination: Chain, options: list[list[Chosen]]) -> bool:
    """Whether it takes two ways out of one hold: then one source is told to take back the other."""
    taken = {each.way.key for each in combination}
    return any(len(taken & {each.way.key for each in ways}) > 1 for ways in options)


def _follows_from_others(hold: Hold) -> bool:
    """What has no price often only waits for what another hold asks of somebody else."""
    return hold.subject.startswith("unpriced:")


def _once(chosen: Iterable[Chosen]) -> Chain:
    """Each way once, for the first of the holds that it ends."""
    first: dict[tuple[str, ...], Chosen] = {}
    for each in chosen:
        first.setdefault(each.way.key, each)
    return tuple(first.values())


def _key(chain: Chain) -> frozenset[tuple[str, ...]]:
    return frozenset(each.way.key for each in chain)


def _words(chain: Chain) -> frozenset[tuple[str, ...]]:
    """What people would read: two sets that read alike are one."""
    return frozenset((each.way.system, each.way.says) for each in chain)


def _name(chosen: Chosen) -> tuple[str, ...]:
    return chosen.hold.code, chosen.hold.subject, chosen.way.says


def _order(chain: Chain) -> tuple[int, list[tuple[str, ...]]]:
    return len(chain), sorted(_name(each) for each in chain)


def _step(chosen: Chosen) -> Step:
    hold = chosen.hold
    return Step(
        says=chosen.way.says,
        ends=hold.code,
        subject=hold.subject,
        owner=hold.owner,
        ask=hold.ask,
        system=chosen.way.system,
        due_at=hold.due_at,
        assumes=chosen.way.assumes,
    )


def _need(hold: Hold) -> Need:
    return Need(
        code=hold.code,
        subject=hold.subject,
        says=hold.says,
        owner=hold.owner,
        way_out=hold.way_out,
        due_at=hold.due_at,
        changes=NOT_BY_FACTS.get(hold.code, ""),
    )


def _more(total: Money, before: Decision) -> Money:
    """What goes out with it and would not go out for good without it."""
    if before.verdict is not Verdict.RELEASE or before.total is None:
        return total
    return total + (-before.total)
