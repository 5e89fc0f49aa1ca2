"""The life of an accessorial: its state, every act that led there, and acts without effect.

What counts is told by facts: the claim, papers accepted with it, and what people with
authority decided about it. The last word counts; an act that may not be (by nobody with
authority, beyond a limit, on what is billed already) is told and changes nothing.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial, Approval
from app.measures import Instant
from app.money import Money
from app.pricing.contract.accessorial_events import Event, Subject, events_of, papers_came
from app.pricing.contract.accessorial_moves import Act, State, moved
from app.pricing.lines.charge import Rated
from app.pricing.told.claims import claims


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One act, and the state after it."""

    act: Act
    state: State
    at: Instant
    by: str
    why: str = ""
    fact_ids: tuple[str, ...] = ()
    refused: str = ""
    """Why the act has no effect; empty where it has."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """Where an accessorial stands, and how it came there."""

    accessorial: str
    charge: str
    stop: str
    state: State
    amount: Money | None
    steps: tuple[Step, ...]

    @property
    def given_up(self) -> str:
        """Who rejected or waived it and why; empty where it still stands."""
        if self.state not in {State.REJECTED, State.WAIVED}:
            return ""
        acts = {State.REJECTED: Act.REJECT, State.WAIVED: Act.WAIVE}
        last = [s for s in self.steps if s.act is acts[self.state] and not s.refused][-1]
        return f"{self.state.upper()}: by {last.by}: {last.why}"


def lives_of(
    unit: BillableUnit,
    subjects: Iterable[Subject],
    at: Instant,
    billed: Collection[str] = (),
) -> tuple[Life, ...]:
    """The life of each accessorial up to a moment.

    Args:
        unit: whose claims, papers and approvals count.
        subjects: what may have been decided about.
        at: the moment against which approvals expire.
        billed: the keys of the lines that are billed; they are not given up any more.
    """
    return tuple(
        _life(unit, each, at, is_billed=f"{each.charge}/{each.accessorial}" in billed)
        for each in subjects
    )


def subjects_of(unit: BillableUnit, rated: Rated) -> tuple[Subject, ...]:
    """Every claim, and every extra service that is billed without one."""
    amounts = {(each.code, each.subject): each.amount for each in rated.charges}
    amounts |= {(each.charge, each.subject): each.amount for each in rated.excluded}
    claimed = {(each.charge, each.accessorial): each.stop for each in claims(unit)}
    measured = [
        (each.code, each.subject)
        for each in rated.charges
        if each.is_extra_service and (each.code, each.subject) not in claimed
    ]
    return tuple(
        Subject(
            accessorial=name,
            charge=charge,
            stop=claimed.get((charge, name), ""),
            amount=amounts.get((charge, name)),
        )
        for charge, name in (*claimed, *measured)
    )


def given_up(lives: Iterable[Life], rated: Rated) -> Mapping[tuple[str, str], str]:
    """The lines that are not billed, by charge and subject, and who says so and why.

    Claims of one stop may share a line; it is given up only with the last of them.
    """
    every = tuple(lives)
    lines = {(each.code, each.subject) for each in rated.charges}
    lines |= {(each.charge, each.subject) for each in rated.unpriced}
    lines |= {(each.charge, each.subject) for each in rated.excluded}
    standing = {
        (each.charge, each.stop)
        for each in every
        if each.stop and not each.given_up and (each.charge, each.accessorial) not in lines
    }
    return {
        (each.charge, each.accessorial): each.given_up
        for each in every
        if each.given_up and (each.charge, each.stop) not in standing
    }


def _life(unit: BillableUnit, subject: Subject, at: Instant, *, is_billed: bool) -> Life:
    walk = _Walk(unit)
    for event in events_of(unit, subject, is_billed=is_billed):
        walk.until(event.at)
        walk.take(event)
    walk.until(at)
    return Life(
        accessorial=subject.accessorial,
        charge=subject.charge,
        stop=subject.stop,
        state=walk.state,
        amount=subject.amount,
        steps=tuple(walk.steps),
    )


class _Walk:
    """The state while the events are gone through."""

    def __init__(self, unit: BillableUnit) -> None:
        self._came = papers_came(unit)
        self.state = State.OBSERVED
        self.steps: list[Step] = []
        self._granted: Event | None = None
        self._given_up_at: Instant | None = None

    def until(self, moment: Instant) -> None:
        """Let the approval end that holds no longer then."""
        granted = self._granted
        if granted is None or granted.expires_at is None or granted.expires_at > moment:
            return
        self._granted = None
        if self.state is State.APPROVED:
            self._step(Act.LAPSE, granted.expires_at, granted.fact, "the approval has expired")

    def take(self, event: Event) -> None:
        """Do what was told, or tell why it has no effect."""
        act = event.act
        if act is Act.CLAIM and self._is_new(event.fact):
            act = Act.CLAIM_AGAIN
        if event.refused:
            self._step(act, event.at, event.fact, event.why, event.refused)
            return
        if self._step(act, event.at, event.fact, event.why):
            if act is Act.GRANT:
                self._granted = event
            if act in {Act.REJECT, Act.WAIVE}:
                self._given_up_at = event.at

    def _is_new(self, claim: Fact) -> bool:
        """Whether it names a paper that came after it was given up."""
        since = self._given_up_at
        named = claim.said.evidence if isinstance(claim.said, Accessorial) else ()
        return since is not None and any(
            self._came[paper] > since for paper in named if paper in self._came
        )

    def _step(self, act: Act, at: Instant, fact: Fact, why: str, refused: str = "") -> bool:
        after = refused or moved(self.state, act)
        if isinstance(after, State):
            self.state, refused = after, ""
        else:
            refused = after
        self.steps.append(
            Step(
                act=act,
                state=self.state,
                at=at,
                by=_by(fact),
                why=why,
                fact_ids=(fact.fact_id,),
                refused=refused,
            )
        )
        return not refused


def _by(fact: Fact) -> str:
    """The approver in what capacity, or the system that told it."""
    if isinstance(fact.said, Approval):
        return f"{fact.said.approver} ({fact.said.authority})"
    return f"{fact.source.system} {fact.source.instance}"
