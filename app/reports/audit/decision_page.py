"""One decision for whoever audits it: what it saw, by which versions, what each rule saw, and why.

Everything is as it was stored; only the rules are written out in words, from the bits of the
trace and the edition that it names. Whether the same would come out again is asked for apart.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from app.judgement.decision import Decision
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.trace import FactUsed, Trace
from app.measures import Instant
from app.reports.audit.rule_shown import RuleShown
from app.reports.unit.charge_table import ChargeTable, charge_table

RULES_AT_ONCE = 20
"""So many rules are in one part: to write all of them out takes longer than the rest of a page."""


class EditionShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edition that decided, and since when it could."""

    kind: str
    name: str
    digest: str
    accepted_at: Instant | None = None
    """The last time it was accepted before the decision; None where it was drafted only."""
    accepted_by: str = ""


class KeysShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the two engines answered, each by itself."""

    agree: bool
    fired: tuple[Firing, ...]
    """By the second one."""
    no_answer: NoAnswer | None = None
    """Where the first one gave none."""
    only_first: tuple[Firing, ...] = ()
    only_second: tuple[Firing, ...] = ()


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """One part of what was stored."""

    part: str
    digest: str
    length: int
    """In bytes."""


class RulesPart(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the rules in force: those that fired come first, then the rest in their order."""

    number: int
    """From 1."""
    parts: int
    """How many there are."""
    first: int
    """The place of its first rule among all, from 1."""
    last: int
    rule_ids: frozenset[str]


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All there is to see of one decision."""

    decision: Decision
    trace: Trace
    """With the rules written out that are shown."""
    decided_at: Instant
    decided_by: str
    current: bool
    """Whether it is the unit's decision in force."""
    claimed: bool = False
    """Whether an invoice went out by it."""
    editions: tuple[EditionShown, ...]
    keys: KeysShown
    fired: tuple[RuleShown, ...]
    silent: tuple[RuleShown, ...]
    """Empty where only those that fired are shown."""
    part: RulesPart | None = None
    """Which of the rules are shown; None where it is those that fired, or every one."""
    asked: int
    """How many rules were in force, fired or not."""
    facts: tuple[FactUsed, ...]
    """In order of business time."""
    sources: dict[str, str]
    """Who told a fact in which message, by the fact's id."""
    sizes: tuple[Size, ...]

    @property
    def charges(self) -> ChargeTable:
        """Its lines, what becomes of each, and what they come to."""
        return charge_table(self.decision)


def rules_part(asked: Sequence[str], fired: Collection[str], number: int) -> RulesPart | None:
    """One part of the rules; None where there is no such part.

    Args:
        asked: the ids of the rules in force, in their order.
        fired: the ids of those that fired.
        number: which part, from 1; the first is there even where no rule is.
    """
    ordered = sorted(dict.fromkeys(asked), key=lambda rule_id: rule_id not in fired)
    parts = max(1, -(-len(ordered) // RULES_AT_ONCE))
    if not 1 <= number <= parts:
        return None
    before = (number - 1) * RULES_AT_ONCE
    shown = ordered[before : before + RULES_AT_ONCE]
    return RulesPart(
        number=number,
        parts=parts,
        first=before + 1,
        last=before + len(shown),
        rule_ids=frozenset(shown),
    )


def keys_shown(first: Answer | NoAnswer, trace: Trace) -> KeysShown:
    """Whether both engines said the same, and what only one of them said."""
    second = frozenset(_fired(trace))
    if isinstance(first, NoAnswer):
        return KeysShown(agree=False, fired=tuple(sorted(second)), no_answer=first)
    told = frozenset(first.firings)
    return KeysShown(
        agree=told == second,
        fired=tuple(sorted(second)),
        only_first=tuple(sorted(told - second)),
        only_second=tuple(sorted(second - told)),
    )


def _fired(trace: Trace) -> Iterable[Firing]:
    """What the second engine said, whether the trace is written out or not."""
    if trace.seen is not None:
        return trace.seen.fired
    return (
        Firing(rule.rule_id, subject)
        for rule in trace.rules
        if rule.fired
        for subject in rule.subjects or ("",)
    )


def facts_in_order(facts: Collection[FactUsed]) -> tuple[FactUsed, ...]:
    """The facts in order of business time."""
    return tuple(sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id)))
