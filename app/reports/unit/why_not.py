"""Why no rule permits more than was decided: which condition of each was not true.

A rule that permits something fires only when it applies and all its patterns are satisfied. One
that fired and is stopped is not listed: the holds say why.
"""

from collections.abc import Iterable, Iterator

import msgspec

from app.explanation.report import why_silent
from app.judgement.rulebook.model import Kind
from app.judgement.trace import ConditionSeen, ItemSeen, RuleSeen

PERMITS = (Kind.RELEASE.value, Kind.PROVISIONAL.value)


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that was false or unknown, and on what."""

    item: str
    """`document:POD-1`; empty for the unit."""
    seen: ConditionSeen


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that would permit an invoice and did not fire."""

    rule_id: str
    kind: str
    written_at: str
    says: str
    failed: tuple[Failed, ...]
    """Empty where a pattern found nothing to look at."""


def why_not(rules: Iterable[RuleSeen]) -> tuple[WhyNot, ...]:
    """The permissions that did not fire; those that do not even apply come last.

    Args:
        rules: written out, of any kind.
    """
    silent = [rule for rule in rules if rule.kind in PERMITS and not rule.fired]
    ordered = sorted(silent, key=lambda rule: any(seen.truth != "true" for seen in rule.applies))
    return tuple(
        WhyNot(
            rule_id=rule.rule_id,
            kind=rule.kind,
            written_at=rule.written_at,
            says=why_silent(rule),
            failed=tuple(_failed(rule)),
        )
        for rule in ordered
    )


def stopped_in(rules: Iterable[RuleSeen]) -> tuple[str, ...]:
    """The ids of the rules that would permit an invoice for good, and fired."""
    return tuple(rule.rule_id for rule in rules if rule.kind == Kind.RELEASE.value and rule.fired)


def _failed(rule: RuleSeen) -> Iterator[Failed]:
    away = [seen for seen in rule.applies if seen.truth != "true"]
    if away:
        yield from (Failed(item="", seen=seen) for seen in away)
        return
    for pattern in rule.patterns:
        for item in pattern.items:
            yield from (Failed(item=_named(item), seen=seen) for seen in _not_true(item))


def _not_true(item: ItemSeen) -> Iterator[ConditionSeen]:
    return (seen for seen in item.conditions if seen.truth != "true")


def _named(item: ItemSeen) -> str:
    return "" if item.item.startswith("unit:") else item.item
