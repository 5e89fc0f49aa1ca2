"""Rules as clauses: what the engine is to find, over numbered flags.

A flag is one condition about one kind of thing. It is known of each thing whether it is true,
and whether it is anything but false (`no` needs that: what is unknown satisfies nothing).
A clause is one combination by which a rule fires. Which facts there are and which there are not
(some, none, every, of several things together) is left to the engine.
"""

from collections.abc import Iterable

import msgspec

from app.errors import FileError, Mistake, Place
from app.infrastructure.engine.exact import constant
from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    ValueType,
)

UNIT = "unit"
"""The entity that stands for the billable unit itself."""

ORDERING = frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN})
UNORDERED = frozenset({ValueType.TEXT, ValueType.WORD, ValueType.YES_NO})


class Flag(msgspec.Struct, frozen=True):
    """One condition about one kind of thing; its number is its place in the program."""

    entity: str
    condition: Condition


class Test(msgspec.Struct, frozen=True, order=True):
    """A flag that must be 0 or 1 on a fact."""

    __test__ = False  # or pytest takes it for one of its own

    flag: int
    value: int
    not_false: bool = False


class Look(msgspec.Struct, frozen=True):
    """One fact that must be found, or must not be."""

    entity: str
    tests: tuple[Test, ...]
    """On flags of the thing itself, or of the unit it belongs to."""
    alone: str = ""
    """Not empty: the pattern has facts of its own, shown to nobody else."""


class Clause(msgspec.Struct, frozen=True):
    """One way in which a rule fires."""

    rule_id: str
    none_of: tuple[Look, ...]
    all_of: tuple[Look, ...]
    about_item: bool = False
    """The last of `all_of` is an item and the subject of the firing."""


class Flags:
    """The flags given so far: the same condition about the same kind is one flag."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bytes], int] = {}
        self.given: list[Flag] = []

    def number(self, entity: str, condition: Condition) -> int:
        """The number of the condition's flag."""
        key = entity, msgspec.msgpack.encode(condition)
        if key not in self._numbers:
            self._numbers[key] = len(self.given)
            self.given.append(Flag(entity, condition))
        return self._numbers[key]

    def all_true(self, entity: str, conditions: Iterable[Condition]) -> tuple[Test, ...]:
        """Every condition is true."""
        return _sorted(Test(self.number(entity, each), 1) for each in conditions)

    def none_false(self, entity: str, conditions: Iterable[Condition]) -> tuple[Test, ...]:
        """No condition is false."""
        return _sorted(Test(self.number(entity, each), 1, not_false=True) for each in conditions)


def clauses_of(rule: Rule, flags: Flags) -> tuple[Clause, ...]:
    """Every way in which the rule fires; none at all when it cannot.

    Raises:
        FileError: when the rule has a form whose meaning nobody has written down.
    """
    mistakes = tuple(_mistakes(rule))
    if mistakes:
        place = Place(file=rule.written_at, field=rule.rule_id)
        raise FileError(
            f"rule {rule.rule_id} cannot be given to the engine",
            [Mistake(place=place, what=what) for what in mistakes],
        )
    if rule.kind is Kind.REQUIRE:
        return tuple(_of_requirement(rule, rule.patterns[0], flags))
    return tuple(_of_permission(rule, flags))


def _of_requirement(rule: Rule, pattern: Pattern, flags: Flags) -> Iterable[Clause]:
    """The clauses that find the pattern not satisfied."""
    entity = pattern.entity
    for way in excepting(rule, flags):
        match pattern.quantifier:
            case Quantifier.UNIT:
                for condition in pattern.conditions:
                    broken = Test(flags.number(UNIT, condition), 0)
                    yield Clause(rule.rule_id, (), (applying(rule, flags, broken, *way),))
            case Quantifier.SOME:
                missing = Look(entity, flags.all_true(entity, pattern.conditions))
                yield Clause(rule.rule_id, (missing,), (applying(rule, flags, *way),))
            case Quantifier.NONE | Quantifier.EVERY:
                for breaking in breaking_items(pattern, flags):
                    # What is asked of the unit is looked for in the item as well: then no two
                    # facts have to be brought together.
                    tests = applying(rule, flags, *breaking.tests, *way).tests
                    yield Clause(rule.rule_id, (), (Look(entity, tests),), about_item=True)


def _of_permission(rule: Rule, flags: Flags) -> Iterable[Clause]:
    """The clauses that find every pattern satisfied.

    One fact never fills two patterns of one engine rule, and each further fact that fits
    multiplies the ways in which the rule matches. So every `a` of a permission looks at
    facts of its own, of which equal ones are shown once.
    """
    unit: list[Test] = []
    none_of: list[Look] = []
    some: list[Look] = []
    for number, pattern in enumerate(rule.patterns):
        entity = pattern.entity
        match pattern.quantifier:
            case Quantifier.UNIT:
                unit.extend(flags.all_true(UNIT, pattern.conditions))
            case Quantifier.SOME:
                tests = flags.all_true(entity, pattern.conditions)
                some.append(Look(entity, tests, alone=f"{rule.rule_id}#{number}"))
            case Quantifier.NONE | Quantifier.EVERY:
                none_of.extend(breaking_items(pattern, flags))
    for way in excepting(rule, flags):
        found = (applying(rule, flags, *unit, *way), *some)
        yield Clause(rule.rule_id, tuple(none_of), found)


def applying(rule: Rule, flags: Flags, *also: Test) -> Look:
    """The unit, when the rule applies to it and the further tests hold."""
    return Look(UNIT, _sorted((*flags.all_true(UNIT, rule.applies), *also)))


def excepting(rule: Rule, flags: Flags) -> tuple[tuple[Test, ...], ...]:
    """Every way in which `unless` does not except the unit: one of its conditions is not true."""
    if not rule.unless:
        return ((),)
    return tuple((Test(flags.number(UNIT, each), 0),) for each in rule.unless)


def breaking_items(pattern: Pattern, flags: Flags) -> tuple[Look, ...]:
    """The items that break `no` or `every`.

    An item breaks `every` by any condition that is not true, provided that some condition
    of its `unless` is not true either: one look for each such pair.
    """
    entity = pattern.entity
    if pattern.quantifier is Quantifier.NONE:
        return (Look(entity, flags.none_false(entity, pattern.conditions)),)
    failing = [Test(flags.number(entity, each), 0) for each in pattern.conditions]
    if not pattern.unless:
        return tuple(Look(entity, (test,)) for test in failing)
    not_excepted = [Test(flags.number(entity, each), 0) for each in pattern.unless]
    pairs = {_sorted((test, other)): None for test in failing for other in not_excepted}
    return tuple(Look(entity, tests) for tests in pairs)


def _sorted(tests: Iterable[Test]) -> tuple[Test, ...]:
    """Each once and in one order, so that looks with a common start share the engine's nodes."""
    return tuple(sorted(set(tests)))


def _mistakes(rule: Rule) -> Iterable[str]:
    if rule.kind is Kind.REQUIRE and len(rule.patterns) != 1:
        yield "a requirement has exactly one pattern"
    for pattern in rule.patterns:
        if (pattern.quantifier is Quantifier.UNIT) is not (pattern.entity == UNIT):
            yield f"`{pattern.quantifier} {pattern.entity}` is neither about the unit nor an item"
        if pattern.unless and pattern.quantifier is not Quantifier.EVERY:
            yield f"`unless` of an item belongs to `every`, not to `{pattern.quantifier}`"
        for condition in (*pattern.conditions, *pattern.unless):
            yield from _mistakes_in(condition)
    for condition in (*rule.applies, *rule.unless):
        yield from _mistakes_in(condition)


def _mistakes_in(condition: Condition) -> Iterable[str]:
    literals, terms = len(condition.literals), len(condition.terms)
    match condition.operator:
        case Operator.KNOWN | Operator.UNKNOWN:
            fits = not literals and not terms
        case Operator.ONE_OF | Operator.NONE_OF:
            fits = literals > 0 and not terms
        case Operator.IS | Operator.IS_NOT:
            fits = (literals == 1) is not (terms > 0) and literals <= 1
        case _:
            fits = terms > 0 and not literals
    said = f"`{condition.name} {condition.operator}`"
    if not fits:
        yield f"{said} has the wrong operands"
    if any((term.literal is None) is (not term.name) for term in condition.terms):
        yield f"{said} has a term that is not either a name or a constant"
    constants = [term.literal for term in condition.terms if term.literal is not None]
    ordering = condition.operator in ORDERING or len(condition.terms) > 1
    if ordering and any(literal.value_type in UNORDERED for literal in constants):
        yield f"{said} compares words by size"
    for literal in (*condition.literals, *constants):
        try:
            constant(literal)
        except (ValueError, ArithmeticError):
            yield f"{said}: {literal.text!r} is not a {literal.value_type}"
