"""A rule that was asked, as an auditor reads it: every condition in the order of the rule."""

import msgspec

from app.judgement.trace import ConditionSeen, PatternSeen, RuleSeen

Asked = tuple[str, ConditionSeen]
"""What stands before a condition, `unless document:POD-1: `, and what it saw."""


class Part(msgspec.Struct, frozen=True):
    """When a rule applies, or one of its patterns with all that this looked at."""

    pattern: str
    """In words; empty of when the rule applies."""
    asked: list[Asked]
    """None where nothing of the kind was reported."""


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """One rule with everything that it asked."""

    rule_id: str
    kind: str
    written_at: str
    fired: bool
    subjects: tuple[str, ...] = ()
    parts: tuple[Part, ...]


def rule_shown(rule: RuleSeen) -> RuleShown:
    """The rule, a line for each condition and item."""
    return RuleShown(
        rule_id=rule.rule_id,
        kind=rule.kind,
        written_at=rule.written_at,
        fired=rule.fired,
        subjects=rule.subjects,
        parts=(
            Part("", _of_rule(rule)),
            *[Part(each.pattern, _of_pattern(each)) for each in rule.patterns],
        ),
    )


def _of_rule(rule: RuleSeen) -> list[Asked]:
    applies = [("applies: ", each) for each in rule.applies]
    return applies + [("unless: ", each) for each in rule.unless] if rule.unless else applies


def _of_pattern(pattern: PatternSeen) -> list[Asked]:
    asked: list[Asked] = []
    for item in pattern.items:
        of = "" if item.item.startswith("unit:") else f"{item.item}: "
        asked += [(of, each) for each in item.conditions]
        asked += [(f"unless {of}", each) for each in item.unless]
    return asked
