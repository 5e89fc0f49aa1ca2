"""A third reading of the rules, as plain and slow as the model's docstring: for tests only."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.judgement.rulebook.key import Answer, Firing
from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Kind,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    Term,
    ValueType,
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
        for each in self.pack.derived:
            view = with_derived(each, view)
        firings = {firing for rule in self.pack.rules for firing in fired(rule, view)}
        return Answer(firings=tuple(sorted(firings)))


def with_derived(derived: Derived, view: View) -> View:
    """The view with one more value on the unit, or on every item of its kind."""

    def seen(values: Values) -> Values:
        return {**values, derived.name: Seen(worked_out(derived, values, view))}

    if derived.entity == "unit":
        return View(unit=seen(view.unit), items=view.items)
    items = tuple(
        Item(entity=item.entity, key=item.key, values=seen(item.values))
        if item.entity == derived.entity
        else item
        for item in view.items
    )
    return View(unit=view.unit, items=items)


def worked_out(derived: Derived, own: Values, view: View) -> Value | None:
    if derived.derivation is Derivation.VALUE:
        return summed(derived.terms, own, view.unit)
    if derived.derivation is Derivation.WHEN:
        return all_of(derived.conditions, own, view.unit)
    if derived.derivation is Derivation.LOOK_UP:
        return looked_up(derived, own, view.unit)
    items = [item.values for item in view.items if item.entity == derived.over]
    truths = [all_of(derived.conditions, item, view.unit) for item in items]
    if None in truths:
        return UNKNOWN
    counted = [item for item, true in zip(items, truths, strict=True) if true]
    if derived.derivation is Derivation.COUNT:
        return len(counted)
    values = [value_of(derived.of_name, item) for item in counted]
    if any(value is None for value in values):
        return UNKNOWN
    if derived.value_type is not ValueType.MONEY:
        return decimal(sum((number(value) for value in values if value is not None), Fraction(0)))
    amounts = [value for value in values if isinstance(value, Money)]
    if len({amount.currency for amount in amounts}) != 1:
        return UNKNOWN
    total = sum((number(amount) for amount in amounts), Fraction(0))
    return Money(decimal(total), amounts[0].currency)


def all_of(conditions: Iterable[Condition], own: Values, unit: Values) -> bool | None:
    truths = [truth(each, own, unit) for each in conditions]
    if False in truths:
        return False
    return UNKNOWN if None in truths else True


def looked_up(derived: Derived, own: Values, unit: Values) -> Value | None:
    keys = [value_of(term.name, unit if term.of_unit else own) for term in derived.by]
    for row in sorted(derived.rows, key=lambda row: row.specific, reverse=True):
        for key, cell in zip(keys, row.keys, strict=True):
            if cell is not None and key is None:
                return UNKNOWN
    for row in sorted(derived.rows, key=lambda row: row.specific, reverse=True):
        if all(
            cell is None or key == constant_of(cell)
            for key, cell in zip(keys, row.keys, strict=True)
        ):
            return constant_of(row.value)
    return UNKNOWN


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
        if term.percent:
            found = part_of(found, Fraction(term.percent) / 100)
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


def part_of(value: Value, share: Fraction) -> Value:
    part = decimal(number(value) * share)
    return Money(part, value.currency) if isinstance(value, Money) else part


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
