"""Why a decision is what it is: every fact, every rule, every condition with its values."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec

from app.evidence.correlation.authority import Told, shown
from app.evidence.correlation.disputes import KnownDispute
from app.evidence.correlation.unit import BillableUnit
from app.evidence.correlation.waivers import KnownWaiver
from app.family.proof import Proof
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.looked import ItemTruths, RuleTruths, Truth, seen_value, unit_item
from app.judgement.rulebook.model import Condition, Derived, Pattern
from app.judgement.rulebook.seen import View
from app.judgement.rulebook.words import (
    condition_in_words,
    derivation_in_words,
    pattern_in_words,
    value_in_words,
)
from app.measures import Instant
from app.pricing.lines.charge import Excluded, Unpriced
from app.remembered import Remembered

TRUTH_IN_WORDS = {True: "true", False: "false", None: "unknown"}
WORDS_REMEMBERED = 20_000
"""The conditions and patterns of some tens of packs."""


class FactUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact the decision saw, where it came from and why it belongs to the unit."""

    fact_id: str
    entity: str
    source: str
    classifier: str
    occurred_at: Instant
    linked: str


class ValueTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One source's value of an attribute."""

    value: str
    system: str
    fact_id: str


class AttributeUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attribute with the value that counts and every other that was told."""

    name: str
    counts: ValueTold
    others: tuple[ValueTold, ...] = ()
    disputed: bool = False


class ConditionSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One condition, the value it saw, and whether it was true, false or unknown."""

    condition: str
    saw: str
    truth: str
    fact_ids: tuple[str, ...] = ()


class ItemSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item a pattern looked at."""

    item: str
    conditions: tuple[ConditionSeen, ...]
    unless: tuple[ConditionSeen, ...] = ()


class PatternSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pattern in words, and every item it looked at; none is worth knowing, too."""

    pattern: str
    items: tuple[ItemSeen, ...]


class RuleSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of the pack, fired or not, with everything it saw."""

    rule_id: str
    kind: str
    written_at: str
    fired: bool
    applies: tuple[ConditionSeen, ...] = ()
    unless: tuple[ConditionSeen, ...] = ()
    patterns: tuple[PatternSeen, ...] = ()
    subjects: tuple[str, ...] = ()


class DerivedSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that the rules derived: whose, how, and from which facts."""

    subject: str
    """`entity:key` of the item, empty for the unit."""
    name: str
    how: str
    value: str
    written_at: str
    fact_ids: tuple[str, ...] = ()


class ValueSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value and the facts behind it as read from storage: only the glossary says its type."""

    value: Any
    fact_ids: tuple[str, ...] = ()


class ThingSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The unit or an item: its values, each once, and its conditions as bits by number."""

    entity: str
    key: str = ""
    true: str
    """Hexadecimal: bit n is condition n about this kind, in the order the rules name them."""
    unknown: str
    values: Mapping[str, ValueSeen]


class PackSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all rules in force saw, from which each can be written out with the edition."""

    service_date: date | None
    """With the policy moment's day it says which rules were in force."""
    things: tuple[ThingSeen, ...]
    fired: tuple[Firing, ...]


class Trace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an auditor reads, and replays."""

    decision_id: str
    dossier: str
    unit: str
    policy_at: Instant
    editions: dict[str, str]
    methods: tuple[str, ...]
    facts: tuple[FactUsed, ...]
    attributes: tuple[AttributeUsed, ...]
    rules: tuple[RuleSeen, ...]
    unpriced: tuple[Unpriced, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    derived: tuple[DerivedSeen, ...] = ()
    disputes: tuple[KnownDispute, ...] = ()
    waivers: tuple[KnownWaiver, ...] = ()
    """What people waived, and why some of it ends no hold."""
    seen: PackSeen | None = None
    """What stands in place of `rules` and `derived` since trace-2: all they are written from."""
    first_key: Answer | NoAnswer | None = None
    """Told only where the keys failed or differed; otherwise it equals the rules above."""
    proofs: tuple[Proof, ...] = ()
    """That what may go out adds up."""
    schema: str = "trace-1"


def attributes_used(unit: BillableUnit) -> tuple[AttributeUsed, ...]:
    """Every attribute of the unit with all that was told of it."""

    def told(word: Told) -> ValueTold:
        return ValueTold(value=shown(word.value), system=word.system, fact_id=word.fact_id)

    return tuple(
        AttributeUsed(
            name=attribute.name,
            counts=told(attribute.counts),
            others=tuple(told(word) for word in attribute.others),
            disputed=attribute.disputed,
        )
        for attribute in unit.attributes.values()
    )


def derived_seen(derived: tuple[Derived, ...], view: View) -> tuple[DerivedSeen, ...]:
    """Every derived value of the view, in the order of derivation."""
    return tuple(
        DerivedSeen(
            subject=f"{item.entity}:{item.key}" if item.key else "",
            name=each.name,
            how=_words.of(each, partial(derivation_in_words, each)),
            value=value_in_words(seen_value(item.values, each.name).value),
            written_at=each.written_at,
            fact_ids=seen_value(item.values, each.name).fact_ids,
        )
        for each in derived
        for item in (unit_item(view.unit), *view.items)
        if item.entity == each.entity
    )


def rules_seen(truths: tuple[RuleTruths, ...], view: View) -> tuple[RuleSeen, ...]:
    """Every rule as it was seen, in the order of the pack."""
    return tuple(_rule(each, view) for each in truths)


def _rule(seen: RuleTruths, view: View) -> RuleSeen:
    rule = seen.rule
    unit = ItemTruths(item=unit_item(view.unit), conditions=seen.applies, unless=seen.unless)
    return RuleSeen(
        rule_id=rule.rule_id,
        kind=rule.kind.value,
        written_at=rule.written_at,
        fired=seen.fired,
        applies=_conditions(rule.applies, unit.conditions, unit, view),
        unless=_conditions(rule.unless, unit.unless, unit, view),
        patterns=tuple(
            _pattern(pattern, items, view)
            for pattern, items in zip(rule.patterns, seen.patterns, strict=True)
        ),
        subjects=seen.subjects,
    )


def _pattern(pattern: Pattern, items: tuple[ItemTruths, ...], view: View) -> PatternSeen:
    return PatternSeen(
        pattern=_words.of(pattern, partial(pattern_in_words, pattern)),
        items=tuple(
            ItemSeen(
                item=f"{each.item.entity}:{each.item.key}",
                conditions=_conditions(pattern.conditions, each.conditions, each, view),
                unless=_conditions(pattern.unless, each.unless, each, view),
            )
            for each in items
        ),
    )


def _conditions(
    conditions: tuple[Condition, ...], truths: tuple[Truth, ...], seen: ItemTruths, view: View
) -> tuple[ConditionSeen, ...]:
    return tuple(
        [
            _condition(condition, truth, seen, view)
            for condition, truth in zip(conditions, truths, strict=True)
        ]
    )


def _condition(condition: Condition, truth: Truth, seen: ItemTruths, view: View) -> ConditionSeen:
    value = seen_value(seen.item.values, condition.name)
    saw, fact_ids = value_in_words(value.value), value.fact_ids
    for term in condition.terms:
        if term.name:
            other = seen_value(view.unit if term.of_unit else seen.item.values, term.name)
            saw += f"; {term.name.replace('_', ' ')} {value_in_words(other.value)}"
            fact_ids += other.fact_ids
    return ConditionSeen(
        condition=_words.of(condition, partial(condition_in_words, condition)),
        saw=saw,
        truth=TRUTH_IN_WORDS[truth],
        fact_ids=tuple(sorted(set(fact_ids))) if len(fact_ids) > 1 else fact_ids,
    )


_words: Remembered[Condition | Derived | Pattern, str] = Remembered(WORDS_REMEMBERED)
