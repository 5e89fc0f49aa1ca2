"""Disputes of a unit, each folded from every word that was said about it, with its times.

A word counts when it is actual and its system may say it: to open is one act, to answer and
resolve another, and whoever opened may withdraw. Of each source the last word stands, and of
those the latest moment. What was granted outlives a dispute that is opened again: only
another grant or a rejection takes its place, so that no credit is clawed back meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Classifier, Fact
from app.measures import Instant
from app.money import Money, payable


class DisputeTimes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a dispute was opened, first answered and resolved, as those say who may."""

    opened_at: Instant
    open_since: Instant
    """When it was last opened: later than `opened_at` where it was opened again."""
    answered_at: Instant | None = None
    """The first answer; a resolution is one."""
    resolved_at: Instant | None = None
    """None while it is open, also where it was resolved before."""
    reopened: int = 0

    @property
    def to_answer(self) -> timedelta | None:
        """From the opening to the first answer."""
        return self.answered_at - self.opened_at if self.answered_at else None

    @property
    def to_resolve(self) -> timedelta | None:
        """From the first opening to the resolution that stands."""
        return self.resolved_at - self.opened_at if self.resolved_at else None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed to be credited, and by whom."""

    amount: Money
    granted_by: str
    authority: str
    granted_at: Instant
    fact_id: str


class KnownDispute(msgspec.Struct, frozen=True, kw_only=True):
    """One dispute as it stands; stored in traces, so it grows only by fields with defaults."""

    dispute: str
    line: str
    """The key of the charge line."""
    charge: str
    reason: DisputeReason
    text: str
    claimed: Money
    invoice: str
    state: DisputeState
    outcome: DisputeOutcome
    open: bool
    grant: Grant | None
    authority: str
    """In what capacity it was resolved, where it is."""
    opened_by_authority: bool
    resolved_by_authority: bool | None
    """Of the last word that resolves it; None where nobody says so."""
    unclear: str
    """Why nobody can act on it, in words; empty where somebody can."""
    times: DisputeTimes
    fact_ids: tuple[str, ...]
    """Every word about it, in the order of what happened."""


def disputes_of(unit: BillableUnit) -> tuple[KnownDispute, ...]:
    """Every dispute of the unit, by its number; the order of the facts does not matter."""
    words: dict[str, list[Fact]] = defaultdict(list)
    for fact in unit.disputes:
        words[_said(fact).dispute].append(fact)
    return tuple(
        known
        for _, mine in sorted(words.items())
        if (known := _Words(mine, unit).known()) is not None
    )


class _Words:
    """Everything that was said about one dispute."""

    def __init__(self, words: Iterable[Fact], unit: BillableUnit) -> None:
        actual = (fact for fact in words if fact.classifier is Classifier.ACTUAL)
        self.words = sorted(actual, key=_in_order)
        self.counting = [fact for fact in self.words if fact.fact_id in unit.owned_acts]
        self.claims = [fact for fact in self.words if fact.fact_id in unit.claims_of_disputes]

    def known(self) -> KnownDispute | None:
        """The dispute; None where nothing about it has happened, but is only planned."""
        if not self.words:
            return None
        opened = [f for f in self.claims if _said(f).state is DisputeState.OPENED]
        # Who corrects its own opening into what it came to has opened it all the same.
        claim = _said((opened or self.claims or self.words)[-1])
        last = _latest(self.counting) or self.words[-1]
        resolutions = [f for f in self.words if _said(f).state is DisputeState.RESOLVED]
        now = _said(last)
        return KnownDispute(
            dispute=claim.dispute,
            line=claim.line,
            charge=claim.charge,
            reason=claim.reason,
            text=claim.text,
            claimed=claim.amount,
            invoice=claim.invoice,
            state=now.state,
            outcome=now.outcome,
            open=now.state is not DisputeState.RESOLVED or last not in self.counting,
            grant=self._grant(),
            authority=now.authority if last in self.counting else "",
            opened_by_authority=bool(self.claims),
            resolved_by_authority=resolutions[-1] in self.counting if resolutions else None,
            unclear=self._unclear(),
            times=self._times(),
            fact_ids=tuple(fact.fact_id for fact in self.words),
        )

    def _grant(self) -> Grant | None:
        """The last decision about its money, by those who may decide."""
        decided = {DisputeOutcome.CREDITED, DisputeOutcome.REJECTED}
        last = _latest(f for f in self.counting if _said(f).outcome in decided)
        said = _said(last) if last else None
        if last is None or said is None or said.granted is None:
            return None
        return Grant(
            amount=payable(said.granted.amount, said.granted.currency),
            granted_by=said.resolved_by,
            authority=said.authority,
            granted_at=last.occurred_at,
            fact_id=last.fact_id,
        )

    def _unclear(self) -> str:
        number = _said(self.words[0]).dispute
        if not self.claims:
            opened = [f for f in self.words if _said(f).state is DisputeState.OPENED]
            systems = ", ".join(sorted({fact.source.system for fact in opened or self.words}))
            return f"dispute {number} was opened by {systems}, which may not open one"
        heard = {fact.fact_id: fact for fact in (*self.counting, *self.claims)}
        lines = sorted({_said(fact).line for fact in _last_words(heard.values())})
        if len(lines) > 1:
            return f"dispute {number} is said to be about {' and about '.join(lines)}"
        currencies = sorted({_said(fact).amount.currency for fact in _last_words(heard.values())})
        if len(currencies) > 1:
            return f"dispute {number} is said to be about {' and about '.join(currencies)}"
        return ""

    def _times(self) -> DisputeTimes:
        """Of the words that count; where none does, of all."""
        opened_at = open_since = answered_at = resolved_at = None
        reopened = 0
        for fact in self.counting or self.words:
            said, moment = _said(fact), fact.occurred_at
            opened_at = opened_at or moment
            open_since = open_since or moment
            if said.state is DisputeState.OPENED and resolved_at is not None:
                reopened, resolved_at, open_since = reopened + 1, None, moment
            if said.state is not DisputeState.OPENED:
                answered_at = answered_at or said.answered_at or moment
            if said.state is DisputeState.RESOLVED:
                resolved_at = moment
        assert opened_at is not None, "a dispute is known by at least one word"
        assert open_since is not None, "and stands open since that or a later one"
        return DisputeTimes(
            opened_at=opened_at,
            open_since=open_since,
            answered_at=answered_at,
            resolved_at=resolved_at,
            reopened=reopened,
        )


def _said(fact: Fact) -> Dispute:
    assert isinstance(fact.said, Dispute), "disputes are chosen by type"
    return fact.said


_STEPS = tuple(DisputeState)


def _in_order(fact: Fact) -> tuple[datetime, int, int, str]:
    """What happened first, first; at one moment a revision, and a later step, comes after."""
    return fact.occurred_at, fact.revision, _STEPS.index(_said(fact).state), fact.fact_id


def _last_words(facts: Iterable[Fact]) -> Sequence[Fact]:
    """Of each source its last word, a correction before what it corrects."""
    last: dict[tuple[str, str], Fact] = {}
    for fact in sorted(facts, key=rank):
        last[fact.source.system, fact.source.instance] = fact
    return tuple(last.values())


def _latest(facts: Iterable[Fact]) -> Fact | None:
    """Of all sources' last words the latest; of two at one moment the one that keeps it open."""
    words = _last_words(facts)

    def standing(fact: Fact) -> tuple[datetime, bool, str]:
        open_ = _said(fact).state is not DisputeState.RESOLVED
        return fact.occurred_at, open_, fact.fact_id

    return max(words, key=standing, default=None)
