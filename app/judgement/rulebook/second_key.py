"""The second key: Python generated from the rule model, and the trace of every condition.

It shares the model with the first key and nothing else: it compares exact typed values
where the first compares whole numbers, and is written and run as ordinary Python.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from app.judgement.rulebook.derived import with_derived
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
from app.judgement.rulebook.seen import Item, Seen, View
from app.judgement.rulebook.sums import Rows, added, both, comparable, counted, share, total

Truth = bool | None
"""None is unknown."""


class ItemTruths(msgspec.Struct, frozen=True):
    """One item under one pattern: each condition's truth, then each exception's."""

    item: Item
    conditions: tuple[Truth, ...]
    unless: tuple[Truth, ...]


class RuleTruths(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one rule saw: whether it applied, was excepted, and why it fired or not."""

    rule: Rule
    applies: tuple[Truth, ...]
    unless: tuple[Truth, ...]
    patterns: tuple[tuple[ItemTruths, ...], ...]
    fired: bool
    subjects: tuple[str, ...]


class SecondKey:
    """A pack turned into Python functions, one per condition and one per rule."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        self.source, constants = _source_of(pack)
        namespace: dict[str, Any] = {
            "K": constants,
            **{each.__name__: each for each in (comparable, share, total, both, counted, added)},
        }
        # The text is written below from a checked model: names are quoted, constants numbered.
        code = compile(self.source, f"<second key of {pack.name}>", "exec")
        exec(code, namespace)  # noqa: S102
        self._rules: tuple[Callable[..., Any], ...] = tuple(
            namespace[f"rule_{number}"] for number in range(len(pack.rules))
        )
        self._derivations: tuple[Callable[..., None], ...] = tuple(
            namespace[f"derive_{number}"] for number in range(len(pack.derived))
        )

    def truths(self, view: View) -> tuple[RuleTruths, ...]:
        """What every rule of the pack saw, in the pack's order."""
        return self.seen(view)[1]

    def seen(self, view: View) -> tuple[View, tuple[RuleTruths, ...]]:
        """The view with what the pack derives from it, and what every rule saw."""
        unit = {name: seen.value for name, seen in view.unit.items()}
        items: dict[str, list[tuple[Item, dict[str, Any]]]] = defaultdict(list)
        for item in view.items:
            values = {name: seen.value for name, seen in item.values.items()}
            items[item.entity].append((item, values))
        for derive in self._derivations:
            derive(unit, items)
        if self.pack.derived:
            view = with_derived(self.pack.derived, view, unit, items)
        items["unit"] = [(Item(entity="unit", key="", values=view.unit), unit)]
        return view, tuple(
            _truths(rule, run(unit, items))
            for rule, run in zip(self.pack.rules, self._rules, strict=True)
        )

    def judge(self, view: View) -> Answer:
        """The firings, sorted."""
        return answer_of(self.truths(view))


@lru_cache(maxsize=64)
def _second_key(pack_bytes: bytes) -> SecondKey:
    return SecondKey(msgspec.json.decode(pack_bytes, type=RulePack))


def second_key_for(pack: RulePack) -> SecondKey:
    """The key of a pack; building one takes longer than many decisions, so they are kept."""
    return _second_key(msgspec.json.encode(pack))


def answer_of(truths: tuple[RuleTruths, ...]) -> Answer:
    """The firings in what the rules saw."""
    return Answer(
        firings=tuple(
            sorted(
                Firing(rule_id=each.rule.rule_id, subject=subject)
                for each in truths
                if each.fired
                for subject in each.subjects or ("",)
            )
        )
    )


def _truths(rule: Rule, ran: tuple[Any, ...]) -> RuleTruths:
    applies, unless, patterns, fired, subjects = ran
    return RuleTruths(
        rule=rule,
        applies=applies,
        unless=unless,
        patterns=tuple(tuple(ItemTruths(*each) for each in seen) for seen in patterns),
        fired=fired,
        subjects=tuple(sorted(set(subjects))) if fired else (),
    )


def _source_of(pack: RulePack) -> tuple[str, list[Any]]:
    """The Python text of a pack, and the constants it refers to by number."""
    writer = _Writer(pack)
    for number, derived in enumerate(pack.derived):
        writer.derivation(number, derived)
    for number, rule in enumerate(pack.rules):
        writer.rule(number, rule)
    return "\n".join(writer.lines) + "\n", writer.constants


class _Writer:
    """Writes one function per distinct condition and one per rule."""

    def __init__(self, pack: RulePack) -> None:
        self.types = {(each.entity, each.name): each.value_type for each in pack.glossary}
        self.types |= {(each.entity, each.name): each.value_type for each in pack.derived}
        self.lines: list[str] = []
        self.constants: list[Any] = []
        self.functions: dict[bytes, str] = {}

    def rule(self, number: int, rule: Rule) -> None:
        applies = self._calls("unit", rule.applies, "u")
        unless = self._calls("unit", rule.unless, "u")
        body = [f"    applies = ({applies})", f"    unless = ({unless})"]
        for place, pattern in enumerate(rule.patterns):
            conditions = self._calls(pattern.entity, pattern.conditions, "i")
            excepted = self._calls(pattern.entity, pattern.unless, "i")
            body.append(
                f"    p{place} = [(item, ({conditions}), ({excepted}))"
                f" for item, i in items.get({pattern.entity!r}, ())]"
            )
            body.append(f"    broken{place} = {_broken(pattern, place)}")
            body.append(f"    ok{place} = {_satisfied(pattern, place)}")
        count = len(rule.patterns)
        all_ok = " and ".join(f"ok{place}" for place in range(count)) or "True"
        seen = "".join(f"p{place}, " for place in range(count))
        goes = "all(t is True for t in applies)"
        excepted = "(unless != () and all(t is True for t in unless))"
        wanted = f"not ({all_ok})" if rule.kind is Kind.REQUIRE else f"({all_ok})"
        subjects = "broken0" if rule.kind is Kind.REQUIRE else "[]"
        self.lines += [
            f"def rule_{number}(u, items):",
            *body,
            f"    fired = {goes} and not {excepted} and {wanted}",
            f"    return applies, unless, ({seen}), fired, {subjects}",
        ]

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
        signs = {
            Operator.IS: "==",
            Operator.IS_NOT: "!=",
            Operator.AT_LEAST: ">=",
            Operator.AT_MOST: "<=",
            Operator.MORE_THAN: ">",
            Operator.LESS_THAN: "<",
        }
        money = self.types[entity, condition.name] is ValueType.MONEY
        amount = ".amount" if money else ""
        return [
            value,
            f"    o = {other}",
            "    if not comparable(v, o): return None",
            f"    return v{amount} {signs[condition.operator]} o{amount}",
        ]

    def _operand(self, condition: Condition) -> str:
        if condition.literals:
            return self._constant(constant_of(condition.literals[0]))
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
        return f"K[{len(self.constants) - 1}]"


def _broken(pattern: Pattern, place: int) -> str:
    """Python for the subjects that break the pattern."""
    each = "item.entity + ':' + item.key"
    match pattern.quantifier:
        case Quantifier.NONE:
            return f"[{each} for item, t, x in p{place} if all(c is not False for c in t)]"
        case Quantifier.EVERY:
            excepted = "(x != () and all(c is True for c in x))"
            return (
                f"[{each} for item, t, x in p{place}"
                f" if not all(c is True for c in t) and not {excepted}]"
            )
        case Quantifier.SOME | Quantifier.UNIT:
            return "[]"


def _satisfied(pattern: Pattern, place: int) -> str:
    match pattern.quantifier:
        case Quantifier.NONE | Quantifier.EVERY:
            return f"not broken{place}"
        case Quantifier.SOME:
            return f"any(all(c is True for c in t) for item, t, x in p{place})"
        case Quantifier.UNIT:
            return f"all(c is True for item, t, x in p{place} for c in t)"


def seen_value(seen: Mapping[str, Seen], name: str) -> Seen:
    """A value of the view, unknown where the view has none."""
    return seen.get(name, Seen(None))
