"""Everything that flows are told from: what is stored about one unit, as values."""

from collections.abc import Iterable, Mapping

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.ledger import Receivable
from app.explanation.flows.stage import Act, Waiting
from app.explanation.overtaken import said_in_words
from app.family.document import DocumentKind
from app.judgement.decision import Decision, Hold

Ledger = tuple[tuple[Receivable, Act], ...]
"""What the billing system said of one invoice, in order."""


class TakenDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, and when it was taken in which affair."""

    decision: Decision
    act: Act


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the family after the first, and what became of it."""

    kind: DocumentKind
    release: Act
    invoice: Act | None = None
    ledger: Ledger = ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One unit, from its first fact to its payment."""

    unit: BillableUnit
    affairs: Mapping[str, str] = {}
    """The correlation id of the message each fact came in."""
    decisions: tuple[TakenDecision, ...] = ()
    """As they were taken; the last is in force."""
    release: Act | None = None
    sendings: tuple[Act, ...] = ()
    """What was sent because of the release, and how far that came."""
    invoice: Act | None = None
    ledger: Ledger = ()
    """What the billing system said of the invoice since, in order."""
    followed: tuple[Followed, ...] = ()
    """The documents that followed on the first, in order."""
    credited: bool = False
    """Whether all that was billed was taken back."""

    @property
    def current(self) -> TakenDecision | None:
        """The decision in force."""
        return self.decisions[-1] if self.decisions else None

    def acts(self, facts: Iterable[Fact]) -> tuple[Act, ...]:
        """Facts as what brought the unit further, in business order."""
        return tuple(
            Act(
                kind="fact",
                id=fact.fact_id,
                at=fact.occurred_at,
                by=str(fact.source),
                says=said_in_words(fact),
                correlation_id=self.affairs.get(fact.fact_id, ""),
            )
            for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id))
        )

    def held_by(self, codes: Iterable[str]) -> Waiting | None:
        """What a step waits for because of holds in force: the one due first is asked after."""
        current = self.current
        wanted = frozenset(codes)
        holds = current.decision.holds if current else ()
        found = [hold for hold in holds if hold.stands and hold.code in wanted]
        if current is None or not found:
            return None
        return waiting_on(found, current)


def waiting_on(holds: Iterable[Hold], taken: TakenDecision) -> Waiting:
    """The holds as one waiting, each once, the one that is due first before the others."""
    ordered = sorted(holds, key=lambda hold: (hold.due_at, hold.code))
    return Waiting(
        waits_for="; ".join(dict.fromkeys(f"{hold.code}: {hold.waits_for}" for hold in ordered)),
        owner="; ".join(dict.fromkeys(hold.owner for hold in ordered)),
        since=taken.act.at,
        due_at=ordered[0].due_at,
    )
