"""One exact set of rules over made-up views, asked of both keys: they must never differ.

The views are drawn from the set itself: the values its rules mention, their neighbours,
missing values and other currencies. The draw is a digest of the set, so that the same set is
always asked the same questions.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from app.authoring.workshop.case_runs import difference_between
from app.digest import digest, digest_of
from app.errors import Mistake, Place
from app.judgement.rulebook.key import Key
from app.judgement.rulebook.model import (
    Condition,
    Literal,
    Name,
    RulePack,
    ValueType,
    constant_of,
)
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.judgement.rulebook.words import value_in_words
from app.money import MINOR_UNITS, Money

VIEWS = 200
MOST_ITEMS = 3
T = TypeVar("T")


def differences(pack: RulePack, first_key: Key, views: int = VIEWS) -> Iterable[Mistake]:
    """The first view over which the keys differ, as a mistake of the rule that differs."""
    second_key = second_key_for(pack)
    where = {rule.rule_id: rule.written_at for rule in pack.rules}
    imagined = MadeUpViews(pack)
    for number in range(views):
        view = imagined.view(number)
        difference = difference_between(first_key.judge(pack, view), second_key.judge(view))
        if difference:
            found = next((at for rule_id, at in where.items() if f" {rule_id}" in difference), "")
            file, _, line = found.rpartition(":")
            yield Mistake(
                place=Place(file=file, line=int(line) if line.isdecimal() else None),
                what=f"pack {pack.name}: the two keys disagree, and this set cannot be trusted: "
                f"{difference}; made-up view {number}: {_told(view, pack, difference)}",
            )
            return


class MadeUpViews:
    """Views over a pack's glossary; the same number is always the same view."""

    def __init__(self, pack: RulePack) -> None:
        self.names: dict[str, list[Name]] = {}
        for name in pack.glossary:
            self.names.setdefault(name.entity, []).append(name)
        mentioned = _mentioned(pack)
        self.choices = {
            (name.entity, name.name): _choices(name, mentioned.get((name.entity, name.name), []))
            for name in pack.glossary
        }
        self.seed = digest_of(pack)
        used = {pattern.entity for rule in pack.rules for pattern in rule.patterns}
        used |= {each.entity for each in pack.derived} | {each.over for each in pack.derived}
        self.kinds = sorted(used & self.names.keys() - {"unit"})

    def view(self, number: int) -> View:
        """The view of this number."""
        draw = _Draw(f"{self.seed}/{number}")
        items = tuple(
            Item(entity=kind, key=str(place), values=self._values(kind, draw))
            for kind in self.kinds
            for place in range(draw.below(MOST_ITEMS + 1))
        )
        return View(unit=self._values("unit", draw), items=items)

    def _values(self, entity: str, draw: "_Draw") -> dict[str, Seen]:
        return {
            name.name: Seen(draw.one_of(self.choices[entity, name.name]))
            for name in self.names.get(entity, [])
            if name.always or draw.below(8)
        }


class _Draw:
    """Numbers that look random and are the same every time."""

    def __init__(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def below(self, limit: int) -> int:
        self.count += 1
        return int(digest(f"{self.seed}/{self.count}".encode())[:12], 16) % limit

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]


def _choices(name: Name, mentioned: Iterable[Value]) -> Sequence[Value | None]:
    """What a name may be drawn to be."""
    values: list[Value | None] = [*mentioned, *name.allowed, *_ordinary(name.value_type)]
    return values if name.always else [*values, None]


def _mentioned(pack: RulePack) -> dict[tuple[str, str], list[Value]]:
    """For each name the constants it is compared with, each with its neighbours."""
    found: dict[tuple[str, str], list[Value]] = {}
    for entity, condition in _conditions(pack):
        literals = [*condition.literals, *(t.literal for t in condition.terms if t.literal)]
        for value in (near for each in literals for near in _around(each)):
            known = found.setdefault((entity, condition.name), [])
            if value not in known:
                known.append(value)
    for derived in pack.derived:
        for place, term in enumerate(derived.by):
            entity = "unit" if term.of_unit else derived.entity
            keys = [row.keys[place] for row in derived.rows]
            found.setdefault((entity, term.name), []).extend(constant_of(k) for k in keys if k)
    return found


def _conditions(pack: RulePack) -> Iterable[tuple[str, Condition]]:
    for rule in pack.rules:
        yield from (("unit", each) for each in (*rule.applies, *rule.unless))
        for pattern in rule.patterns:
            yield from ((pattern.entity, c) for c in (*pattern.conditions, *pattern.unless))
    for derived in pack.derived:
        yield from ((derived.over or derived.entity, each) for each in derived.conditions)


def _around(literal: Literal) -> list[Value]:
    """The constant and what lies just beside it."""
    match value := constant_of(literal):
        case bool() | str():
            return [value]
        case int():
            return [value - 1, value, value + 1]
        case Decimal():
            step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0) - 1)
            return [value - step, value, value + step]
        case Money():
            cent = Decimal(1).scaleb(-MINOR_UNITS[value.currency])
            other = "EUR" if value.currency != "EUR" else "USD"
            near = [Money(value.amount + each, value.currency) for each in (-cent, 0 * cent, cent)]
            return [*near, Money(value.amount, other)]
        case date():
            return [value - timedelta(days=1), value, value + timedelta(days=1)]


def _ordinary(value_type: ValueType) -> list[Value]:
    """Values of a type that any rule should cope with."""
    usd = [Money(Decimal(each), "USD") for each in ("-1.00", "0.00", "25.00", "250.00")]
    ordinary: dict[ValueType, list[Value]] = {
        ValueType.TEXT: ["something else"],
        ValueType.WORD: [],
        ValueType.YES_NO: [True, False],
        ValueType.WHOLE: [0, 1, 2, 1000],
        ValueType.NUMBER: [Decimal(0), Decimal("0.5"), Decimal(1), Decimal(20000)],
        ValueType.MONEY: [*usd, Money(Decimal("25.00"), "EUR")],
        ValueType.DATE: [date(2026, 2, 28), date(2026, 3, 1)],
    }
    return ordinary[value_type] or ["something else"]


def _told(view: View, pack: RulePack, difference: str) -> str:
    """The values that the differing rules look at."""
    rules = [rule for rule in pack.rules if f" {rule.rule_id}" in difference] or pack.rules
    kinds = {pattern.entity for rule in rules for pattern in rule.patterns}
    names = {
        condition.name
        for rule in rules
        for conditions in (
            rule.applies,
            rule.unless,
            *(each for p in rule.patterns for each in (p.conditions, p.unless)),
        )
        for condition in conditions
    }
    unit = [f"{n} {value_in_words(s.value)}" for n, s in view.unit.items() if n in names]
    items = [
        f"{item.entity}:{item.key} ("
        + ", ".join(f"{n} {value_in_words(s.value)}" for n, s in item.values.items() if n in names)
        + ")"
        for item in view.items
        if item.entity in kinds
    ]
    return ", ".join([*unit, *items])
