"""Facts that nobody has told yet, and the dossier as it would be with them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from app.dossier import Dossier, Editions, LinkedFact
from app.evidence.correlation.links import Strength
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.judgement.decision import Decision, Hold
from app.measures import Instant
from app.money import Money
from app.pricing.lines.charge import Rated, Unpriced

EXPECTED = "expected"
"""Stands where only the source can name the thing: no message has told it yet."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The unit as decided, and whose word counts for it."""

    dossier: Dossier
    editions: Editions
    unit: BillableUnit
    siblings: tuple[BillableUnit, ...]
    rated: Rated
    decision: Decision

    @property
    def number(self) -> str:
        """The unit's own number."""
        return self.unit.unit.partition(":")[2]

    @property
    def next_moment(self) -> Instant:
        """Right after the last word on the unit, so that what is told then is the last."""
        return self.dossier.policy_at + timedelta(seconds=1)

    def who_may(self, attribute: str) -> tuple[str, ...]:
        """The systems with authority over an attribute or act, in order."""
        owner = self.editions.authority.owner_of(attribute, self.unit.text("customer"))
        return owner.systems if owner else ()

    def may_say(self, attribute: str, preferred: str) -> str:
        """A system with authority over the attribute: the preferred one where it has it."""
        systems = self.who_may(attribute)
        return preferred if not systems or preferred in systems else systems[0]

    def amount_of(self, line: str) -> Money | None:
        """What a charge line comes to."""
        return next((each.charge.amount for each in self.decision.lines if each.key == line), None)

    def unpriced(self, hold: Hold) -> Unpriced | None:
        """What has no price, where the hold is about that."""
        place = hold.subject.rpartition("#")[2]
        if not hold.subject.startswith("unpriced:") or not place.isdigit():
            return None
        every = self.rated.unpriced
        return every[int(place)] if int(place) < len(every) else None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of one hold: what is said, by whom, as facts."""

    says: str
    system: str
    facts: tuple[Fact, ...] = ()
    of_siblings: tuple[tuple[str, Fact], ...] = ()
    """Facts about other units of the same load."""
    market: tuple[Fact, ...] = ()
    around: tuple[Fact, ...] = ()
    """Facts that count for every unit: accounting periods, feeds."""
    joins: tuple[str, ...] = ()
    """Doubtful facts that somebody says belong to the unit."""
    parts: tuple[str, ...] = ()
    """Doubtful facts that somebody says do not."""
    assumes: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What it would say, whichever hold it is for."""
        told = (*self.facts, *(fact for _, fact in self.of_siblings), *self.market, *self.around)
        return (*sorted({fact.fact_id for fact in told}), "+", *self.joins, "-", *self.parts)


Ways = Iterable[Way]


def new_fact(
    at: Situation,
    system: str,
    said: Said,
    *,
    moment: Instant | None = None,
    instance: str = EXPECTED,
    after: Iterable[Fact] = (),
) -> Fact:
    """A fact that this system has yet to tell; it stands above the revisions of those before."""
    return identified(
        Fact(
            fact_id="",
            tenant=at.dossier.tenant,
            actor="",
            source=Source(system=system, instance=instance, message_id=EXPECTED),
            classifier=Classifier.ACTUAL,
            quality=Quality.MANUAL,
            occurred_at=moment or at.next_moment,
            recorded_at=at.next_moment,
            revision=max((fact.revision + 1 for fact in after), default=0),
            said=said,
        )
    )


def corrected(at: Situation, fact: Fact, **changes: Any) -> Fact:
    """The same source's next word on the same thing, about the same moment."""
    references = changes.pop("references", fact.references)
    said: Any = msgspec.structs.replace(fact.said, **changes)
    return identified(
        msgspec.structs.replace(
            fact,
            source=msgspec.structs.replace(fact.source, message_id=EXPECTED, position=0),
            revision=fact.revision + 1,
            recorded_at=at.next_moment,
            supersedes=fact.fact_id,
            references=references,
            remarks=(),
            said=said,
        )
    )


def key_of(hold: Hold) -> str:
    """The thing a hold is about, without its kind."""
    return hold.subject.partition(":")[2]


def who(facts: Iterable[Fact]) -> str:
    """`carrier PLVX and tms one`, each once."""
    return " and ".join(dict.fromkeys(f"{f.source.system} {f.source.instance}" for f in facts))


def with_ways(dossier: Dossier, ways: Iterable[Way]) -> Dossier:
    """The dossier as it would be once all this is said; what is corrected is gone from it."""
    taken = tuple(ways)
    facts = {fact.fact_id: fact for way in taken for fact in way.facts}
    of_siblings = {(u, f.fact_id): f for way in taken for u, f in way.of_siblings}
    market = {fact.fact_id: fact for way in taken for fact in way.market}
    around = {fact.fact_id: fact for way in taken for fact in way.around}
    joined = {fact_id for way in taken for fact_id in way.joins}
    settled = joined | {fact_id for way in taken for fact_id in way.parts}
    gone = {fact.supersedes for fact in (*facts.values(), *around.values())}
    told = [
        *(fact for _, fact in sorted(facts.items())),
        *(each.fact for each in dossier.doubts if each.fact.fact_id in joined),
    ]
    return msgspec.structs.replace(
        dossier,
        facts=(
            *(each for each in dossier.facts if each.fact.fact_id not in gone),
            *(_linked(fact) for fact in told if fact.fact_id not in gone),
        ),
        doubts=tuple(each for each in dossier.doubts if each.fact.fact_id not in settled),
        siblings=tuple(
            msgspec.structs.replace(
                each,
                facts=(
                    *each.facts,
                    *(f for (u, _), f in sorted(of_siblings.items()) if u == each.unit),
                ),
            )
            for each in dossier.siblings
        ),
        market=(*dossier.market, *(fact for _, fact in sorted(market.items()))),
        surroundings=(
            *(fact for fact in dossier.surroundings if fact.fact_id not in gone),
            *(fact for _, fact in sorted(around.items())),
        ),
    )


def _linked(fact: Fact) -> LinkedFact:
    return LinkedFact(fact=fact, strength=Strength.NAMED, through="what would release it")
