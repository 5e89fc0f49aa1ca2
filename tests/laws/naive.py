"""A third reading of the rules, as plain and slow as the model's docstring: for tests only."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.judgement.rulebook.key import Answer, Firing
from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    Term,
    constant_of,
)
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.money import Money

Values = Mapping[str, Seen]
UNKNOWN = None


class NaiveKey:
    """Judges by one pack, condition by condition."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack

    def judge(self, view: View) -> Answer:
        firings = {firing for rule in self.pack.rules for firing in fired(rule, view)}
        return Answer(firings=tuple(sorted(firings)))


def fired(rule: Rule, view: View) -> Iterable[Firing]:
    if not all(truth(each, view.unit, view.unit) is True for each in rule.applies):
        return
    if rule.unless and all(truth(each, view.unit, view.unit) is True for each in rule.unless):
        return
    if rule.kind is not Kind.REQUIRE:
        if all(satisfied(pattern, view) for pattern in rule.patterns):
            yield Firing(rule.rule_id)
        return
    (pattern,) = rule.patterns
    if pattern.quantifier in (Quantifier.NONE, Quantifier.EVERY):
        for item in breaking(pattern, view):
            yield Firing(rule.rule_id, f"{item.entity}:{item.key}")
    elif not satisfied(pattern, view):
        yield Firing(rule.rule_id)


def satisfied(pattern: Pattern, view: View) -> bool:
    if pattern.quantifier is Quantifier.UNIT:
        return all(truth(each, view.unit, view.unit) is True for each in pattern.conditions)
    if pattern.quantifier is Quantifier.SOME:
        return any(
            all(truth(each, item.values, view.unit) is True for each in pattern.conditions)
            for item in view.items
            if item.entity == pattern.entity
        )
    return not list(breaking(pattern, view))


def breaking(pattern: Pattern, view: View) -> Iterable[Item]:
    for item in view.items:
        if item.entity != pattern.entity:
            continue
        truths = [truth(each, item.values, view.unit) for each in pattern.conditions]
        excepted = pattern.unless and all(
            truth(each, item.values, view.unit) is True for each in pattern.unless
        )
        if pattern.quantifier is Quantifier.NONE:
            good = any(each is False for each in truths)
        else:
            good = bool(excepted) or all(each is True for each in truths)
        if not good:
            yield item


def value_of(name: str, values: Values) -> Value | None:
    return values[name].value if name in values else None


def truth(condition: Condition, own: Values, unit: Values) -> bool | None:
    value = value_of(condition.name, own)
    operator = condition.operator
    if operator is Operator.KNOWN:
        return value is not None
    if operator is Operator.UNKNOWN:
        return value is None
    if value is None:
        return UNKNOWN
    if condition.literals:
        return in_list(value, condition)
    other = summed(condition.terms, own, unit)
    if other is None or two_currencies(value, other):
        return UNKNOWN
    if operator in (Operator.IS, Operator.IS_NOT):
        return (value == other) is (operator is Operator.IS)
    left, right = number(value), number(other)
    return {
        Operator.AT_LEAST: left >= right,
        Operator.AT_MOST: left <= right,
        Operator.MORE_THAN: left > right,
        Operator.LESS_THAN: left < right,
    }[operator]


def in_list(value: Value, condition: Condition) -> bool | None:
    """Some equal one decides; otherwise an amount of another currency leaves it open."""
    wanted = condition.operator in (Operator.IS, Operator.ONE_OF)
    constants = [constant_of(literal) for literal in condition.literals]
    if any(not two_currencies(value, each) and value == each for each in constants):
        return wanted
    return UNKNOWN if any(two_currencies(value, each) for each in constants) else not wanted


def summed(terms: Iterable[Term], own: Values, unit: Values) -> Value | None:
    parts: list[tuple[int, Value]] = []
    for term in terms:
        found = (
            constant_of(term.literal)
            if term.literal
            else value_of(term.name, unit if term.of_unit else own)
        )
        if found is None:
            return None
        parts.append((-1 if term.negative else 1, found))
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    if len({part.currency for _, part in parts if isinstance(part, Money)}) > 1:
        return None
    total = sum((sign * number(part) for sign, part in parts), Fraction(0))
    if isinstance(parts[0][1], Money):
        return Money(decimal(total), parts[0][1].currency)
    if sum(sign for sign, part in parts if isinstance(part, date)) == 1:
        return date.fromordinal(int(total))
    return decimal(total)


def decimal(value: Fraction) -> Decimal:
    """Every denominator here is a power of ten."""
    return Decimal(int(value * 10**20)).scaleb(-20)


def two_currencies(left: Value, right: Value) -> bool:
    both = isinstance(left, Money) and isinstance(right, Money)
    return both and left.currency != right.currency  # type: ignore[union-attr]


def number(value: Value) -> Fraction:
    if isinstance(value, Money):
        return Fraction(value.amount)
    if isinstance(value, date):
        return Fraction(value.toordinal())
    assert isinstance(value, (int, Decimal)), "only these are more or less than others"
    return Fraction(value)
