"""What is no mistake in a set of rules, and still worth a look by its author."""

from collections.abc import Iterable

import msgspec

from app.digest import canonical
from app.errors import Mistake, Place
from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Literal,
    Operator,
    Quantifier,
    Rule,
    RulePack,
    Scope,
)

SINGLE = {Operator.IS, Operator.ONE_OF}


def remarks_on(pack: RulePack) -> tuple[Mistake, ...]:
    """Rules that hold nothing where there is nothing, never fire, or say the same."""
    return (
        *(each for rule in pack.rules for each in _over_nothing(rule)),
        *(each for rule in pack.rules for each in _never(rule)),
        *_twice(pack.rules),
    )


def _over_nothing(rule: Rule) -> Iterable[Mistake]:
    if rule.kind is Kind.REQUIRE and rule.scope is Scope.LINE:
        return  # without a line there is no line to keep back
    for pattern in rule.patterns:
        if pattern.quantifier is Quantifier.EVERY:
            thing = pattern.entity.replace("_", " ")
            effect = "holds nothing" if rule.kind is Kind.REQUIRE else "permits"
            yield _remark(
                rule,
                f"where there is no {thing} at all, `every {thing}` is met and the rule {effect}",
                f"if there must be a {thing}, require one in a line of its own",
            )


def _never(rule: Rule) -> Iterable[Mistake]:
    """Conditions on one name that no value meets together, or an exception that always holds."""
    whole = [("`applies to`", rule.applies), ("`unless`", rule.unless)]
    whole += [("the pattern", pattern.conditions) for pattern in rule.patterns]
    for what, conditions in whole:
        for name in sorted(_impossible(conditions)):
            yield _remark(rule, f"{what} asks `{name}` to be two things at once; it is never so")
    applied = {canonical(each) for each in rule.applies}
    if rule.unless and {canonical(each) for each in rule.unless} <= applied:
        yield _remark(rule, "it can never fire: `unless` is so wherever the rule applies")
    for pattern in rule.patterns:
        whole_unit = pattern.quantifier is Quantifier.UNIT and rule.kind is Kind.REQUIRE
        if whole_unit and {canonical(each) for each in pattern.conditions} <= applied:
            yield _remark(rule, "it can never fire: it requires what it applies to")


def _impossible(conditions: tuple[Condition, ...]) -> set[str]:
    allowed: dict[str, set[Literal]] = {}
    found = set()
    for each in conditions:
        if each.operator in SINGLE and each.literals:
            options = set(each.literals)
            allowed[each.name] = allowed.get(each.name, options) & options
            if not allowed[each.name]:
                found.add(each.name)
    return found


def _twice(rules: Iterable[Rule]) -> Iterable[Mistake]:
    first: dict[bytes, Rule] = {}
    for rule in rules:
        bare = msgspec.structs.replace(
            rule, rule_id="", checklist="", owner="", say="", ask="", written_at=""
        )
        before = first.setdefault(canonical(bare), rule)
        if before is not rule:
            yield _remark(rule, f"it says the same as {before.rule_id} at {before.written_at}")


def _remark(rule: Rule, what: str, mend: str = "") -> Mistake:
    file, _, line = rule.written_at.rpartition(":")
    return Mistake(
        place=Place(file=file, line=int(line)), what=f"{rule.rule_id}: {what}", mend=mend
    )
