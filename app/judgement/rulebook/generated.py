"""The Python text of a pack: what the second key runs.

For each kind of thing one function asks all its conditions at once and answers with two
whole numbers, a bit for each condition: which are true, and which unknown. A condition
with a constant that is no amount is looked up by the value, all those on one name at once.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from app.judgement.rulebook.looked import Numbers
from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Kind,
    Operator,
    Quantifier,
    Rule,
    RulePack,
    Term,
    ValueType,
    constant_of,
)
from app.judgement.rulebook.sums import Rows

LISTED = {Operator.IS: True, Operator.ONE_OF: True, Operator.IS_NOT: False, Operator.NONE_OF: False}
SIGNS = {
    Operator.IS: "==",
    Operator.IS_NOT: "!=",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.LESS_THAN: "<",
}


def source_of(pack: RulePack, numbers: Numbers) -> tuple[str, list[Any]]:
    """The Python text of a pack, and the constants it refers to by number."""
    writer = _Writer(pack)
    for number, derived in enumerate(pack.derived):
        writer.derivation(number, derived)
    for number, (entity, conditions) in enumerate(numbers.conditions.items()):
        writer.look(number, entity, conditions)
    writer.lines.append("def fire(unit, items):")
    writer.lines.append("    fired = []")
    for rule in pack.rules:
        writer.lines.extend(_rule(rule, numbers))
    writer.lines.append("    return fired")
    return "\n".join(writer.lines) + "\n", writer.constants


def _rule(rule: Rule, numbers: Numbers) -> Iterator[str]:
    """What a rule adds to `fired`."""
    goes = []
    if rule.applies:
        mask = numbers.mask("unit", rule.applies)
        goes.append(f"unit & {mask} == {mask}")
    if rule.unless:
        mask = numbers.mask("unit", rule.unless)
        goes.append(f"unit & {mask} != {mask}")
    yield f"    if {' and '.join(goes) or 'True'}:"
    name = rule.rule_id
    if rule.kind is not Kind.REQUIRE or len(rule.patterns) != 1:
        met = " and ".join(_met(rule, number, numbers) for number in range(len(rule.patterns)))
        wanted = f"not ({met})" if rule.kind is Kind.REQUIRE else met or "True"
        yield f"        if {wanted}: fired.append(({name!r}, ''))"
        return
    (pattern,) = rule.patterns
    wanted = f"{numbers.mask(pattern.entity, pattern.conditions)}"
    if pattern.quantifier in (Quantifier.UNIT, Quantifier.SOME):
        yield f"        if not {_met(rule, 0, numbers)}: fired.append(({name!r}, ''))"
        return
    yield f"        for subject, true, unknown in items[{pattern.entity!r}]:"
    if pattern.quantifier is Quantifier.NONE:
        broken = f"(true | unknown) & {wanted} == {wanted}"
    else:
        broken = f"true & {wanted} != {wanted}"
        if pattern.unless:
            excepted = numbers.mask(pattern.entity, pattern.unless)
            broken += f" and true & {excepted} != {excepted}"
    yield f"            if {broken}: fired.append(({name!r}, subject))"


def _met(rule: Rule, number: int, numbers: Numbers) -> str:
    """Python for whether a pattern is satisfied."""
    pattern = rule.patterns[number]
    wanted = numbers.mask(pattern.entity, pattern.conditions)
    items = f"items[{pattern.entity!r}]"
    match pattern.quantifier:
        case Quantifier.UNIT:
            return f"unit & {wanted} == {wanted}"
        case Quantifier.SOME:
            return f"_some({items}, {wanted})"
        case Quantifier.NONE:
            return f"_none({items}, {wanted})"
        case Quantifier.EVERY:
            return f"_every({items}, {wanted}, {numbers.mask(pattern.entity, pattern.unless)})"


class _Writer:
    """Writes one function for each derived fact and one for each kind of thing."""

    def __init__(self, pack: RulePack) -> None:
        self.types = {(each.entity, each.name): each.value_type for each in pack.glossary}
        self.types |= {(each.entity, each.name): each.value_type for each in pack.derived}
        self.lines: list[str] = []
        self.constants: list[Any] = []
        self.functions: dict[bytes, str] = {}

    def look(self, number: int, entity: str, conditions: list[Condition]) -> None:
        """A function that asks every condition about one kind of thing."""
        by_name: dict[str, list[tuple[int, Condition]]] = {}
        for place, condition in enumerate(conditions):
            by_name.setdefault(condition.name, []).append((1 << place, condition))
        self.lines += [f"def look_{number}(u, i):", "    t = x = 0"]
        for name, asked in by_name.items():
            unknown = sum(bit for bit, each in asked if each.operator is Operator.UNKNOWN)
            missing = sum(
                bit
                for bit, each in asked
                if each.operator not in (Operator.UNKNOWN, Operator.KNOWN)
            )
            self.lines += [
                f"    v = i.get({name!r})",
                f"    if v is None: t |= {unknown}; x |= {missing}",
                "    else:",
                *(f"        {line}" for line in self._about(entity, name, asked)),
            ]
        self.lines.append("    return t, x")

    def _about(self, entity: str, name: str, asked: list[tuple[int, Condition]]) -> Iterator[str]:
        """Statements for the conditions on one name, whose value is known."""
        yield f"t |= {sum(bit for bit, each in asked if each.operator is Operator.KNOWN)}"
        compares = any(each.literals or each.terms for _, each in asked)
        money = compares and self.types[entity, name] is ValueType.MONEY
        listed = [(bit, each) for bit, each in asked if each.literals and not money]
        if listed:
            yield self._listed(listed)
        for bit, each in asked:
            if each.operator in (Operator.KNOWN, Operator.UNKNOWN) or (each.literals and not money):
                continue
            yield from self._one(bit, each, amount=".amount" if money else "")

    def _listed(self, listed: list[tuple[int, Condition]]) -> str:
        """All conditions with constants on one name: which are true, looked up by its value."""
        others = sum(bit for bit, each in listed if not LISTED[each.operator])
        table: dict[Any, int] = {}
        for value in {constant_of(literal) for _, each in listed for literal in each.literals}:
            for bit, each in listed:
                found = any(constant_of(literal) == value for literal in each.literals)
                table[value] = table.get(value, 0) | bit * (found is LISTED[each.operator])
        return f"t |= {self._constant(table)}.get(v, {others})"

    def _one(self, bit: int, condition: Condition, amount: str) -> Iterator[str]:
        if condition.operator in (Operator.ONE_OF, Operator.NONE_OF):
            options = self._constant([constant_of(each) for each in condition.literals])
            found, other = f"t |= {bit}", "pass"
            if condition.operator is Operator.NONE_OF:
                found, other = other, found
            yield f"if v in {options}: {found}"
            yield f"elif not all(comparable(v, k) for k in {options}): x |= {bit}"
            yield f"else: {other}"
            return
        yield f"o = {self._operand(condition)}"
        yield f"if not comparable(v, o): x |= {bit}"
        yield f"elif v{amount} {SIGNS[condition.operator]} o{amount}: t |= {bit}"

    def derivation(self, number: int, derived: Derived) -> None:
        """A function that adds the derived value to the unit's, or to each item's."""
        value, name = self._derived(derived), derived.name
        self.lines.append(f"def derive_{number}(u, items):")
        if derived.entity == "unit":
            self.lines.append(f"    i = u; u[{name!r}] = {value}")
        else:
            self.lines.append(f"    for item, i in items.get({derived.entity!r}, ()):")
            self.lines.append(f"        i[{name!r}] = {value}")

    def _derived(self, derived: Derived) -> str:
        met = self._calls(derived.over or derived.entity, derived.conditions, "i")
        over = f"for item, i in items.get({derived.over!r}, ())"
        match derived.derivation:
            case Derivation.VALUE:
                return f"total([{self._terms(derived.terms)}])"
            case Derivation.WHEN:
                return f"both(({met}))"
            case Derivation.COUNT:
                return f"counted([both(({met})) {over}])"
            case Derivation.SUM:
                money = derived.value_type is ValueType.MONEY
                each = f"(both(({met})), i.get({derived.of_name!r}))"
                return f"added([{each} {over}], money={money})"
            case Derivation.LOOK_UP:
                keys = "".join(f"{self._term(term)}, " for term in derived.by)
                return f"{self._constant(Rows(derived.rows))}.value(({keys}))"

    def _calls(self, entity: str, conditions: tuple[Condition, ...], row: str) -> str:
        return "".join(f"{self._function(entity, each)}(u, {row}), " for each in conditions)

    def _function(self, entity: str, condition: Condition) -> str:
        content = msgspec.json.encode((entity, condition))
        if content not in self.functions:
            name = f"condition_{len(self.functions)}"
            self.functions[content] = name
            self.lines += [f"def {name}(u, i):", *self._test(entity, condition)]
        return self.functions[content]

    def _test(self, entity: str, condition: Condition) -> list[str]:
        value = f"    v = i.get({condition.name!r})"
        match condition.operator:
            case Operator.KNOWN:
                return [value, "    return v is not None"]
            case Operator.UNKNOWN:
                return [value, "    return v is None"]
            case Operator.ONE_OF | Operator.NONE_OF:
                options = self._constant([constant_of(each) for each in condition.literals])
                found = condition.operator is Operator.ONE_OF
                return [
                    value,
                    "    if v is None: return None",
                    f"    if v in {options}: return {found}",
                    f"    return {not found} if all(comparable(v, k) for k in {options}) else None",
                ]
            case _:
                pass
        other = self._operand(condition)
        money = self.types[entity, condition.name] is ValueType.MONEY
        amount = ".amount" if money else ""
        return [
            value,
            f"    o = {other}",
            "    if not comparable(v, o): return None",
            f"    return v{amount} {SIGNS[condition.operator]} o{amount}",
        ]

    def _operand(self, condition: Condition) -> str:
        if condition.literals:
            return self._constant(constant_of(condition.literals[0]))
        if len(condition.terms) == 1 and not condition.terms[0].negative:
            return self._term(condition.terms[0])
        return f"total([{self._terms(condition.terms)}])"

    def _terms(self, terms: tuple[Term, ...]) -> str:
        return ", ".join(f"({self._term(term)}, {term.negative})" for term in terms)

    def _term(self, term: Term) -> str:
        value = f"{'u' if term.of_unit else 'i'}.get({term.name!r})"
        if term.literal is not None:
            value = self._constant(constant_of(term.literal))
        if term.percent:
            value = f"share({value}, {self._constant(Decimal(term.percent))})"
        return value

    def _constant(self, value: Any) -> str:
        self.constants.append(value)
        return f"K{len(self.constants) - 1}"
