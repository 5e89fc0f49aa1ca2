"""The law of worth: each cent of a unit waits, is kept back, or is billed, and never two of these.

Families live as in the law of the family, and after each decision and each claim the three figures
of where the unit stands add up to what its lines come to. What they come to an independent ledger
says (`family_ledger`). While a provisional invoice has run out and a person must say what becomes
of it, what it left of the price is in none of them: only what was billed of it is certain.
"""

from collections import Counter
from typing import Any

from app.decide import Concluded
from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.unit import unit_of
from app.judgement.outcome import PROVISIONAL_EXPIRED
from app.judgement.verdict import Verdict
from app.reports.standing.history import DecisionTook, DocumentClaimed, FactReceived, History
from app.reports.standing.standing import Standing
from app.reports.standing.standing_of import stands
from tests.laws.family_laws import Life
from tests.laws.family_world import UNIT
from tests.standing_cases import authority

EVENTS = 40
SEEN_OFTEN = {
    "kept back of what was billed",
    "kept back beside what goes out",
    "kept back by a provisional invoice",
    "kept back on a hold",
    "waits to be given back",
    "claimed and not known",
}


class Counted(Life):
    """A family of which the figures are looked at whenever something has happened."""

    def decision(self) -> Concluded:
        """Decided: the decision knows all that was claimed."""
        concluded = super().decision()
        self.known = len(self.world.family)
        self.adds_up(concluded)
        return concluded

    def claimed(self, concluded: Concluded) -> None:
        """Claimed: the decision does not know of it yet."""
        super().claimed(concluded)
        self.seen["claimed and not known"] += 1
        self.adds_up(concluded)

    def adds_up(self, concluded: Concluded) -> None:
        """The law, of a unit of which it is known what it comes to."""
        decision, comes_to = concluded.decision, self.comes_to(concluded)
        found = self.standing(concluded)
        if comes_to is None or self.asks_a_person(concluded):
            self.seen["nobody knows"] += 1
            return
        waits, held = found.amount_minor or 0, found.held_minor
        self.looked(concluded, found)
        left = comes_to - waits - held - found.billed_minor
        self.law(
            left == 0,
            f"{left} of the unit are nowhere, or twice: {decision.verdict} {decision.settles},"
            f" {waits} wait, {held} are kept back, {found.billed_minor} are billed",
        )

    def comes_to(self, concluded: Concluded) -> int | None:
        """By the ledger; of what was called off, whatever lines the decision still has."""
        if self.world.ledger.called_off:
            return sum(line.charge.amount.minor_units for line in concluded.decision.lines)
        owed = self.world.ledger.owed()
        return None if owed is None else sum(owed.values())

    def asks_a_person(self, concluded: Concluded) -> bool:
        """Whether a line has no price, or nobody knows what becomes of what was billed ahead."""
        decision = concluded.decision
        if decision.verdict is not Verdict.HOLD:
            return False
        expired = any(hold.code == PROVISIONAL_EXPIRED for hold in decision.holds)
        return bool(concluded.trace.unpriced) or (expired and not decision.documents)

    def looked(self, concluded: Concluded, found: Standing) -> None:
        verdict, held = concluded.decision.verdict, found.held_minor
        if held and verdict is Verdict.PROVISIONAL:
            self.seen["kept back by a provisional invoice"] += 1
        elif held and verdict is Verdict.HOLD:
            self.seen["kept back on a hold"] += 1
        elif held and not found.billed_minor:
            self.seen["kept back beside what goes out"] += 1
        billed = self.world.ledger.live
        if any(line.key in billed for line in concluded.decision.lines if not line.billed):
            self.seen["kept back of what was billed"] += 1
        if (found.amount_minor or 0) < 0:
            self.seen["waits to be given back"] += 1

    def standing(self, concluded: Concluded) -> Standing:
        """Where the unit stands by its last decision and everything that was claimed."""
        facts = in_force(self.world.facts)
        history = History(
            unit=unit_of(UNIT, facts, authority()),
            contract=None,
            rules="rules",
            facts=tuple(FactReceived(fact, fact.recorded_at) for fact in facts),
            taken=(DecisionTook(decision=concluded.decision, at=self.world.now),),
            billed=tuple(DocumentClaimed(document=each) for each in self.world.family),
            known_documents=self.known,
        )
        found = stands(history).standing
        assert found is not None
        return found


def test_each_cent_of_a_unit_waits_is_kept_back_or_is_billed() -> None:
    seen: Counter[Any] = Counter()
    for seed in range(300, 320):
        seen.update(Counted(seed).lives(EVENTS).seen)
    assert not SEEN_OFTEN - seen.keys(), "a law of what never happens says nothing"
