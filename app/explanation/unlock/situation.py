"""The unit as decided, and how a fact that nobody has told yet is made."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from app.dossier import Dossier, Editions
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.judgement.decision import Decision, Hold
from app.money import Money


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The unit as decided, and whose word counts for it."""

    dossier: Dossier
    editions: Editions
    unit: BillableUnit
    decision: Decision

    def may_say(self, attribute: str, preferred: str) -> str:
        """A system with authority over the attribute: the preferred one where it has it."""
        owner = self.editions.authority.owner_of(attribute, self.unit.text("customer"))
        systems = owner.systems if owner else ()
        return preferred if not systems or preferred in systems else systems[0]

    def number(self) -> str:
        """The unit's own number."""
        return self.unit.unit.partition(":")[2]

    def amount_of(self, line: str) -> Money | None:
        """What a charge line comes to."""
        return next((each.charge.amount for each in self.decision.lines if each.key == line), None)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of one hold: what is said, by whom, as facts."""

    says: str
    system: str
    facts: tuple[Fact, ...] = ()
    settles: tuple[str, ...] = ()
    """Doubtful facts that somebody says do not belong to the unit."""


Ways = Iterable[Way]


def new_fact(at: Situation, system: str, said: Said) -> Fact:
    """A fact that this system has yet to tell, dated right after the last word on the unit."""
    moment = at.dossier.policy_at + timedelta(seconds=1)
    return identified(
        Fact(
            fact_id="",
            tenant=at.dossier.tenant,
            actor="",
            source=Source(system=system, instance="expected", message_id="expected"),
            classifier=Classifier.ACTUAL,
            quality=Quality.MANUAL,
            occurred_at=moment,
            recorded_at=moment,
            said=said,
        )
    )


def corrected(at: Situation, fact: Fact, **changes: Any) -> Fact:
    """The same source's next word on the same thing."""
    said: Any = msgspec.structs.replace(fact.said, **changes)
    moment = at.dossier.policy_at + timedelta(seconds=1)
    return identified(
        msgspec.structs.replace(
            fact,
            source=msgspec.structs.replace(fact.source, message_id="expected", position=0),
            revision=fact.revision + 1,
            occurred_at=moment,
            recorded_at=moment,
            supersedes=fact.fact_id,
            remarks=(),
            said=said,
        )
    )


def key_of(hold: Hold) -> str:
    """What the hold is about, without its kind."""
    return hold.subject.partition(":")[2]
