"""What the second key saw: for every thing, which numbered conditions are true or unknown.

Each distinct condition about one kind of thing has a number, in the order in which the
rules name them; a set of conditions is a whole number with their bits. So what hundreds of
conditions saw is two numbers a thing, and can be written out again with the rules at hand.
"""

from collections.abc import Iterable, Mapping

import msgspec

from app.judgement.rulebook.derived import names_read
from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import Condition, Derived, Pattern, Rule
from app.judgement.rulebook.seen import Item, Seen, View

Truth = bool | None
"""None is unknown."""


class Thing(msgspec.Struct, frozen=True, gc=False):
    """The unit or an item, and the conditions about its kind that are true, and unknown."""

    item: Item
    true: int
    unknown: int


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the rules of a pack saw, and what fired; sorted, each once."""

    view: View
    """With what the pack derives."""
    things: Mapping[str, tuple[Thing, ...]]
    """By kind; the kinds that some rule looks at."""
    firings: tuple[Firing, ...]
    read: Mapping[str, tuple[str, ...]] = {}
    """By kind, the names whose values the pack can see: a trace holds these and no others, or it
    would change with every name that the view learns."""


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


class Numbers:
    """The conditions about each kind of thing, numbered in the order the rules name them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._numbers: dict[tuple[str, bytes], int] = {}
        self._of_rules: dict[tuple[str, int], tuple[object, tuple[int, ...]]] = {}
        self.conditions: dict[str, list[Condition]] = {"unit": []}
        for rule in self.rules:
            self._count("unit", rule.applies)
            self._count("unit", rule.unless)
            for pattern in rule.patterns:
                self._count(pattern.entity, pattern.conditions)
                self._count(pattern.entity, pattern.unless)

    def _count(self, entity: str, conditions: tuple[Condition, ...]) -> None:
        counted = self.conditions.setdefault(entity, [])
        for condition in conditions:
            key = entity, msgspec.json.encode(condition)
            if key not in self._numbers:
                self._numbers[key] = len(counted)
                counted.append(condition)
        # By identity, too, and kept with it: to compare a rule's conditions takes longer.
        self._of_rules[entity, id(conditions)] = conditions, self._of(entity, conditions)

    def of(self, entity: str, conditions: Iterable[Condition]) -> tuple[int, ...]:
        """The number of each condition."""
        known = self._of_rules.get((entity, id(conditions)))
        return self._of(entity, conditions) if known is None else known[1]

    def _of(self, entity: str, conditions: Iterable[Condition]) -> tuple[int, ...]:
        return tuple(self._numbers[entity, msgspec.json.encode(each)] for each in conditions)

    def mask(self, entity: str, conditions: Iterable[Condition]) -> int:
        """The conditions as one whole number."""
        return sum(1 << number for number in set(self.of(entity, conditions)))

    def truths(self, looked: Looked, rules: Iterable[Rule] | None = None) -> tuple[RuleTruths, ...]:
        """What every rule saw, in the order of the rules; or those of them that are asked for."""
        asked = self.rules if rules is None else rules
        subjects: dict[str, list[str]] = {}
        for firing in looked.firings:
            subjects.setdefault(firing.rule_id, []).append(firing.subject)
        return tuple(self._rule(rule, looked, subjects.get(rule.rule_id)) for rule in asked)

    def _rule(self, rule: Rule, looked: Looked, fired: list[str] | None) -> RuleTruths:
        (unit,) = looked.things["unit"]
        return RuleTruths(
            rule=rule,
            applies=self._truths("unit", rule.applies, unit),
            unless=self._truths("unit", rule.unless, unit),
            patterns=tuple(self._pattern(each, looked) for each in rule.patterns),
            fired=fired is not None,
            subjects=tuple(each for each in fired or () if each),
        )

    def _pattern(self, pattern: Pattern, looked: Looked) -> tuple[ItemTruths, ...]:
        return tuple(
            ItemTruths(
                item=thing.item,
                conditions=self._truths(pattern.entity, pattern.conditions, thing),
                unless=self._truths(pattern.entity, pattern.unless, thing),
            )
            for thing in looked.things.get(pattern.entity, ())
        )

    def _truths(
        self, entity: str, conditions: Iterable[Condition], thing: Thing
    ) -> tuple[Truth, ...]:
        true, unknown = thing.true, thing.unknown
        return tuple(
            [
                None if unknown >> number & 1 else bool(true >> number & 1)
                for number in self.of(entity, conditions)
            ]
        )


def names_of_pack(numbers: Numbers, derived: Iterable[Derived]) -> dict[str, tuple[str, ...]]:
    """By kind of thing, every name that a rule or a derived fact looks at or defines."""
    found: dict[str, set[str]] = {entity: set() for entity in numbers.conditions}
    for entity, conditions in numbers.conditions.items():
        for condition in conditions:
            found[entity].add(condition.name)
            for term in condition.terms:
                found["unit" if term.of_unit else entity].add(term.name)
    for each in derived:
        found.setdefault(each.entity, set()).add(each.name)
        for name, of_unit in names_read(each):
            found.setdefault("unit" if of_unit else each.over or each.entity, set()).add(name)
    return {entity: tuple(sorted(names - {""})) for entity, names in found.items()}


def unit_item(values: Mapping[str, Seen]) -> Item:
    """The unit as an item, so that one can ask about both alike."""
    return Item(entity="unit", key="", values=values)


def seen_value(seen: Mapping[str, Seen], name: str) -> Seen:
    """A value of the view, unknown where the view has none."""
    return seen.get(name, Seen(None))
