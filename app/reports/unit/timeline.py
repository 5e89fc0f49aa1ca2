"""The life of one billable unit in order of business time, in one lane for each who told of it.

What happened is told by facts; what was decided and what was billed stand among them. A fact that
was received at another minute than the one at which it happened says so, as a decision could not
know of it before. Lanes are in the order in which freight moves to money; whoever has none of
these has a lane of its own between them and the people.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.work import Assignment
from app.explanation.billed import BilledDocument, invoice_in_words, terms_in_words
from app.explanation.story import fact_in_words
from app.judgement.verdict import Verdict
from app.measures import Instant
from app.money import Money
from app.reports.unit.fact_head import head_of

LANE_OF = {
    "tms": "TMS",
    "wms": "WMS",
    "carrier": "carrier",
    "erp": "billing",
    "billing": "billing",
    "ops": "people",
    "cs": "people",
    "finance": "people",
}
FIRST, LAST = ("TMS", "WMS", "carrier"), ("billing", "people")
DECISIONS = "billing"
"""The lane of what is decided and billed."""
CONSOLE = "console"
"""The instance of a source under which people act here."""
UNDECIDED = "not decided on yet"
LATE = timedelta(days=1)
"""A fact that was received later than that after it happened came late."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, when its message was received, and in which message it came."""

    fact: Fact
    received_at: Instant
    message_seq: int


class TakenAt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a decision was the answer about the unit, from a moment on."""

    decision_id: str
    at: Instant
    by: str
    verdict: str
    total: Money | None = None
    gone: bool = False
    """The unit was none any more from then on."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to the unit."""

    at: Instant
    """Business time, with the offset of the place where it happened."""
    lane: str
    head: str
    """In a few words: `delivered`, `POD accepted`, `hold 525.70 USD`."""
    says: str = ""
    """All of it."""
    by: str = ""
    """Which system in which message, or who decided."""
    person: str = ""
    """Of what somebody did in the console: who."""
    received_at: Instant | None = None
    """Of a fact that was received at another minute than it happened at."""
    late: bool = False
    fact_id: str = ""
    decision_id: str = ""
    release_id: str = ""
    intended: str = ""
    """`planned`, `estimated` or `requested`; empty of what happened."""
    standing: str = ""
    """Why the current decision does not count it; empty where it does."""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """All entries in order, and the lanes that have any."""

    lanes: tuple[str, ...]
    entries: tuple[Entry, ...]


def timeline_of(
    arrived: Iterable[Arrived],
    taken: Sequence[TakenAt],
    billed: Sequence[BilledDocument],
    *,
    counting: Iterable[str],
) -> Timeline:
    """Everything that happened, in order of business time.

    Args:
        arrived: the facts of the unit, and those that name it and do not count.
        taken: its decisions that were in force, the oldest first.
        billed: its documents, in order.
        counting: the ids of the facts that the current decision knows.
    """
    decided_at = taken[-1].at if taken else None
    known = frozenset(counting)
    facts = tuple(arrived)
    corrected = {each.fact.supersedes for each in facts if each.fact.supersedes}
    entries = (
        *(_fact(each, _standing(each, known, corrected, decided_at)) for each in facts),
        *(_decision(each) for each in taken),
        *(_document(each) for each in billed),
    )
    # At one moment what happened comes before what was decided on it, that before its invoice,
    # and that before what was decided once it was billed.
    claimed = {each.document.decision_id for each in billed}
    ordered = sorted(entries, key=lambda each: (each.at, _rank(each, claimed), each.fact_id))
    return Timeline(lanes=_lanes(entries), entries=tuple(ordered))


def lane_of(system: str) -> str:
    """`carrier`; of a system that has no lane by its role, one under its own name."""
    return LANE_OF.get(system, system)


def _lanes(entries: Iterable[Entry]) -> tuple[str, ...]:
    found = {each.lane for each in entries}
    others = sorted(found.difference(FIRST, LAST))
    return (*(lane for lane in FIRST if lane in found), *others, *_last(found))


def _last(found: set[str]) -> Iterator[str]:
    return (lane for lane in LAST if lane in found)


def _rank(entry: Entry, claimed: set[str]) -> int:
    if entry.fact_id:
        return 0
    if entry.release_id:
        return 2
    return 1 if entry.decision_id in claimed else 3


def _fact(arrived: Arrived, standing: str) -> Entry:
    fact = arrived.fact
    away = arrived.received_at - fact.occurred_at
    return Entry(
        at=fact.occurred_at,
        lane=lane_of(fact.source.system),
        head=head_of(fact),
        says=fact_in_words(fact),
        by=str(fact.source),
        person=fact.actor if fact.source.instance == CONSOLE else "",
        received_at=arrived.received_at if abs(away) >= timedelta(minutes=1) else None,
        late=fact.classifier is Classifier.ACTUAL and away > LATE,
        fact_id=fact.fact_id,
        intended="" if fact.classifier is Classifier.ACTUAL else fact.classifier.value,
        standing=standing,
    )


def _standing(
    arrived: Arrived, known: frozenset[str], corrected: set[str], decided_at: Instant | None
) -> str:
    if arrived.fact.fact_id in known or isinstance(arrived.fact.said, Assignment):
        return ""  # no decision sees an assignment
    if arrived.fact.fact_id in corrected:
        return "corrected since"
    if decided_at is None or arrived.received_at > decided_at:
        return UNDECIDED
    return "does not count: it was taken back, or belongs elsewhere"


def _decision(taken: TakenAt) -> Entry:
    return Entry(
        at=taken.at,
        lane=DECISIONS,
        head="gone: its facts belong to another unit" if taken.gone else decided_in_words(taken),
        by=taken.by,
        decision_id=taken.decision_id,
    )


def decided_in_words(taken: TakenAt) -> str:
    """`hold 525.70 USD`; of a unit with nothing left to bill the verdict alone."""
    verdict = taken.verdict.replace("_", " ")
    if taken.total is None or taken.verdict in (Verdict.BILLED, Verdict.NO_BILL):
        return f"decided: {verdict}"
    return f"decided: {verdict} {taken.total}"


def _document(billed: BilledDocument) -> Entry:
    document = billed.document
    return Entry(
        at=document.claimed_at,
        lane=DECISIONS,
        head=f"billed as {billed.place}: {invoice_in_words(billed)}, {document.total}",
        says=terms_in_words(document),
        decision_id=document.decision_id,
        release_id=document.reference,
    )
