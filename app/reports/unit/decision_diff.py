"""What changed from one decision about a unit to the next: money, lines, holds, and on what.

Both are as they were stored; nothing is decided again. A hold is the same hold while its code,
its subject and its rule are; a line is the same line while its key is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from app.judgement.decision import DecidedLine, Decision, Hold
from app.judgement.trace import FactUsed
from app.money import Money

NONE = "none"


class TraceHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a stored trace tells two decisions apart; the rest is not read for it."""

    facts: tuple[FactUsed, ...]
    editions: dict[str, str]
    methods: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as it is compared."""

    decision: Decision
    head: TraceHead


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One value that is another one now, in words."""

    what: str
    before: str
    after: str


class DecisionDiff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that differs; all empty where nothing does that a person could see."""

    before: str
    """The id of the earlier decision."""
    answer: tuple[Change, ...] = ()
    """Verdict, total, what is kept back, what was billed before."""
    lines: tuple[Change, ...] = ()
    """By key; `none` where a line was not there, or is not there now."""
    opened: tuple[Hold, ...] = ()
    closed: tuple[Hold, ...] = ()
    waived: tuple[Change, ...] = ()
    """Holds that are open in both and waived otherwise."""
    editions: tuple[Change, ...] = ()
    """By kind, as digests; and the methods."""
    came: tuple[FactUsed, ...] = ()
    """The facts that the later one knows and the earlier one did not, in business order."""
    left: tuple[FactUsed, ...] = ()
    """The facts that count no more."""


def decision_diff(before: Compared, after: Compared) -> DecisionDiff:
    """What is different in the later decision."""
    was, now = before.decision, after.decision
    held_before, held_now = _by_key(was.holds), _by_key(now.holds)
    facts_before, facts_now = _by_id(before.head.facts), _by_id(after.head.facts)
    return DecisionDiff(
        before=was.decision_id,
        answer=tuple(_answer(was, now)),
        lines=tuple(_lines(was.lines, now.lines)),
        opened=tuple(hold for key, hold in held_now.items() if key not in held_before),
        closed=tuple(hold for key, hold in held_before.items() if key not in held_now),
        waived=tuple(_waived(held_before, held_now)),
        editions=tuple(_editions(before.head, after.head)),
        came=_in_business_order(facts_now, facts_before),
        left=_in_business_order(facts_before, facts_now),
    )


def hold_key(hold: Hold) -> tuple[str, str, str]:
    """By what a hold is the same hold in another decision."""
    return hold.code, hold.subject, hold.rule_id


def _by_key(holds: Iterable[Hold]) -> Mapping[tuple[str, str, str], Hold]:
    return {hold_key(hold): hold for hold in holds}


def _by_id(facts: Iterable[FactUsed]) -> Mapping[str, FactUsed]:
    return {fact.fact_id: fact for fact in facts}


def _answer(was: Decision, now: Decision) -> Iterator[Change]:
    yield from _changed("verdict", was.verdict.value, now.verdict.value)
    yield from _changed("total", _money(was.total), _money(now.total))
    yield from _changed("kept back", _money(was.held_total), _money(now.held_total))
    yield from _changed("billed before", _money(was.billed_before), _money(now.billed_before))


def _lines(was: Sequence[DecidedLine], now: Sequence[DecidedLine]) -> Iterator[Change]:
    before, after = ({line.key: _line(line) for line in lines} for lines in (was, now))
    for key in dict.fromkeys((*before, *after)):
        yield from _changed(key, before.get(key, NONE), after.get(key, NONE))


def _line(line: DecidedLine) -> str:
    return f"{line.charge.amount}" if line.billed else f"{line.charge.amount}, kept back"


def _waived(
    was: Mapping[tuple[str, str, str], Hold], now: Mapping[tuple[str, str, str], Hold]
) -> Iterator[Change]:
    for key, hold in now.items():
        if key in was:
            before, after = was[key].waived_by, hold.waived_by
            about = f"{hold.code} on {hold.subject}" if hold.subject else hold.code
            yield from _changed(about, ", ".join(before) or NONE, ", ".join(after) or NONE)


def _editions(was: TraceHead, now: TraceHead) -> Iterator[Change]:
    for kind in dict.fromkeys((*was.editions, *now.editions)):
        before, after = was.editions.get(kind), now.editions.get(kind)
        yield from _changed(kind, before or NONE, after or NONE)
    gone, new = set(was.methods) - set(now.methods), set(now.methods) - set(was.methods)
    yield from _changed("methods", ", ".join(sorted(gone)), ", ".join(sorted(new)))


def _changed(what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(what=what, before=before or NONE, after=after or NONE)


def _in_business_order(
    facts: Mapping[str, FactUsed], without: Mapping[str, FactUsed]
) -> tuple[FactUsed, ...]:
    found = (fact for fact_id, fact in facts.items() if fact_id not in without)
    return tuple(sorted(found, key=lambda fact: (fact.occurred_at, fact.fact_id)))


def _money(money: Money | None) -> str:
    return NONE if money is None else str(money)
