"""Random packs and views: every operator, type and quantifier, and a good deal left unsaid.

Drawn from a seed and not from Hypothesis piece by piece: a pack has some hundred choices,
and ten thousand small packs find more than a hundred that shrink nicely. A failing seed
says everything.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import msgspec

from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Kind,
    Literal,
    Name,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    TableRow,
    Term,
    ValueType,
)
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.money import Money

ITEM_KINDS = ("document", "charge", "stop")
FROM = date(2026, 1, 1)
CURRENCIES = ("USD", "USD", "USD", "EUR")
WORDS = ("POD", "BOL", "LTL", 'it\'s "quoted" \\ and ünïcode \N{ARTICULATED LORRY}')
ORDERED = (Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN)
LISTED = (Operator.IS, Operator.IS_NOT, Operator.ONE_OF, Operator.NONE_OF)
SEEN_OR_NOT = (Operator.KNOWN, Operator.UNKNOWN)
SUMMED = (ValueType.WHOLE, ValueType.NUMBER, ValueType.MONEY)
UNORDERED = (ValueType.TEXT, ValueType.WORD, ValueType.YES_NO)


class Invention:
    """One random glossary with its packs and views."""

    def __init__(
        self, seed: int, *, day_sums: bool = False, two_currencies_in_a_list: bool = False
    ) -> None:
        self.random = Random(seed)
        self.day_sums, self.two_currencies = day_sums, two_currencies_in_a_list
        self.derived: list[Derived] = []
        self.names = [self._name(entity) for entity in ("unit", *ITEM_KINDS) for _ in range(8)]

    def _name(self, entity: str) -> Name:
        value_type = self.random.choice(list(ValueType))
        name = f"{value_type.value.replace(' ', '_')}_{self.random.randrange(3)}"
        return Name(entity=entity, name=name, value_type=value_type, says="", source="made up")

    def pack(self, rules: int | None = None) -> RulePack:
        count = self.random.randrange(1, 9) if rules is None else rules
        for number in range(self.random.choice((0, 0, 1, 3, 6))):
            self.derive(number)
        made = tuple(self.rule(f"R-{number}") for number in range(count))
        unique = {(name.entity, name.name): name for name in self.names}
        return RulePack(
            name="random",
            rules=made,
            glossary=tuple(unique.values()),
            holds=(),
            derived=tuple(self.derived),
        )

    def derive(self, number: int) -> None:
        """One more derived fact, which rules and later derived facts may use."""
        how = self.random.choice(list(Derivation))
        entity = self.random.choice(("unit", *ITEM_KINDS))
        if how in (Derivation.COUNT, Derivation.SUM):
            entity = "unit"
        over = self.random.choice(ITEM_KINDS)
        addable = [n for n in self.names if n.entity == over and n.value_type in SUMMED]
        if how is Derivation.SUM and not addable:
            how = Derivation.COUNT
        of_name = self.random.choice(addable) if how is Derivation.SUM else None
        name = Name(
            entity=entity,
            name=f"derived_{number}",
            value_type=self._derived_type(how, of_name),
            says="",
            source="derived",
        )
        counts = how in (Derivation.COUNT, Derivation.SUM)
        by = self._keys(entity) if how is Derivation.LOOK_UP else ()
        self.derived.append(
            Derived(
                entity=entity,
                name=name.name,
                value_type=name.value_type,
                says="",
                owner="nobody",
                derivation=how,
                terms=self.terms(name) if how is Derivation.VALUE else (),
                conditions=(
                    self.conditions(over if counts else entity, (0, 1, 2))
                    if counts or how is Derivation.WHEN
                    else ()
                ),
                over=over if counts else "",
                of_name=of_name.name if of_name else "",
                by=tuple(Term(name=n.name, of_unit=n.entity != entity) for n in by),
                rows=self._rows(by, name.value_type),
                written_at="random.yaml:1",
            )
        )
        self.names.append(name)

    def _derived_type(self, how: Derivation, of_name: Name | None) -> ValueType:
        if how is Derivation.WHEN:
            return ValueType.YES_NO
        if how is Derivation.COUNT:
            return ValueType.WHOLE
        if of_name is not None:
            return of_name.value_type
        return self.random.choice(list(ValueType))

    def _keys(self, entity: str) -> list[Name]:
        fit = [n for n in self.names if n.entity in (entity, "unit") and n.value_type in UNORDERED]
        return self.random.sample(fit, min(len(fit), self.random.choice((1, 2, 2, 3))))

    def _rows(self, by: Sequence[Name], value_type: ValueType) -> tuple[TableRow, ...]:
        """Rows of which no two that are equally specific fit the same thing."""
        rows: list[TableRow] = []
        for _ in range(self.random.randrange(9) if by else 0):
            row = TableRow(
                keys=tuple(
                    None if self.random.random() < 0.4 else self.literal(key.value_type)
                    for key in by
                ),
                value=self.literal(value_type),
                own=self.random.random() < 0.2,
                written_at="random.csv:1",
            )
            if not any(_may_tie(row, other) for other in rows):
                rows.append(row)
        return tuple(rows)

    def rule(self, rule_id: str) -> Rule:
        kind = self.random.choice((Kind.REQUIRE, Kind.REQUIRE, Kind.REQUIRE, Kind.RELEASE))
        patterns = 1 if kind is Kind.REQUIRE else self.random.randrange(1, 4)
        return Rule(
            rule_id=rule_id,
            kind=kind,
            checklist="random",
            owner="nobody",
            effective_from=FROM,
            applies=self.conditions("unit", (0, 0, 1, 2)),
            patterns=tuple(self.pattern() for _ in range(patterns)),
            unless=self.conditions("unit", (0, 0, 1, 2)) if kind is Kind.REQUIRE else (),
            say="",
            written_at="random.yaml:1",
        )

    def pattern(self) -> Pattern:
        quantifier = self.random.choice(list(Quantifier))
        unit = quantifier is Quantifier.UNIT
        entity = "unit" if unit else self.random.choice(ITEM_KINDS)
        every = quantifier is Quantifier.EVERY
        return Pattern(
            quantifier=quantifier,
            entity=entity,
            conditions=self.conditions(entity, (0, 1, 1, 2, 3) if not unit else (1, 2, 3)),
            unless=self.conditions(entity, (0, 1, 2)) if every else (),
        )

    def conditions(self, entity: str, how_many: Sequence[int]) -> tuple[Condition, ...]:
        count = self.random.choice(how_many)
        return tuple(self.condition(entity) for _ in range(count))

    def condition(self, entity: str) -> Condition:
        names = [each for each in self.names if each.entity == entity]
        derived = [each for each in names if each.source == "derived"]
        # What is derived would be one name among many; it is what most needs looking at.
        name = self.random.choice(derived if derived and self.random.random() < 0.4 else names)
        operators: tuple[Operator, ...] = LISTED + SEEN_OR_NOT
        if name.value_type is ValueType.MONEY and not self.two_currencies:
            operators = (Operator.IS, Operator.IS_NOT, *SEEN_OR_NOT)
        if name.value_type not in UNORDERED:
            operators += ORDERED + ORDERED
        operator = self.random.choice(operators)
        if operator in SEEN_OR_NOT:
            return Condition(name=name.name, operator=operator)
        if operator in (Operator.ONE_OF, Operator.NONE_OF):
            literals = tuple(
                self.literal(name.value_type) for _ in range(self.random.choice((1, 3)))
            )
            return Condition(name=name.name, operator=operator, literals=literals)
        if operator in ORDERED or self.random.random() < 0.3:
            return Condition(name=name.name, operator=operator, terms=self.terms(name))
        return Condition(
            name=name.name, operator=operator, literals=(self.literal(name.value_type),)
        )

    def terms(self, name: Name) -> tuple[Term, ...]:
        """A sum of the name's type: days plus small numbers, otherwise like plus like."""
        first = self._term(name.entity, name.value_type)
        if name.value_type in UNORDERED:
            return (first,)
        if name.value_type is ValueType.DATE:
            days = Term(
                literal=Literal(value_type=ValueType.WHOLE, text="2"),
                negative=self.random.random() < 0.3,
            )
            return (first, days) if self.day_sums and self.random.random() < 0.5 else (first,)
        if name.value_type is ValueType.WHOLE and self.day_sums and self.random.random() < 0.2:
            later = self._term(name.entity, ValueType.DATE)
            earlier = self._term(name.entity, ValueType.DATE)
            return later, msgspec.structs.replace(earlier, negative=True)
        added = name.value_type
        more = (self._term(name.entity, added) for _ in range(self.random.choice((0, 0, 1, 2))))
        negative = [
            Term(name=t.name, of_unit=t.of_unit, literal=t.literal, negative=True)
            if self.random.random() < 0.4
            else t
            for t in more
        ]
        return tuple(self._part(term, added) for term in (first, *negative))

    def _part(self, term: Term, of: ValueType) -> Term:
        if of is ValueType.WHOLE or self.random.random() < 0.8:
            return term
        return msgspec.structs.replace(term, percent=self.random.choice(("50", "105", "-2.5")))

    def _term(self, entity: str, value_type: ValueType) -> Term:
        names = [
            each
            for each in self.names
            if each.value_type is value_type and each.entity in (entity, "unit")
        ]
        if not names or self.random.random() < 0.4:
            return Term(literal=self.literal(value_type))
        name = self.random.choice(names)
        return Term(name=name.name, of_unit=name.entity == "unit")

    def literal(self, value_type: ValueType) -> Literal:
        value = self.value(value_type)
        match value:
            case bool():
                text = "yes" if value else "no"
            case Money():
                text = f"{value.amount} {value.currency}"
            case date():
                text = value.isoformat()
            case _:
                text = str(value)
        return Literal(value_type=value_type, text=text)

    def value(self, value_type: ValueType) -> Value:
        small = self.random.randrange(-2, 3)
        match value_type:
            case ValueType.TEXT | ValueType.WORD:
                return self.random.choice(WORDS)
            case ValueType.YES_NO:
                return self.random.random() < 0.5
            case ValueType.WHOLE:
                return small if self.random.random() < 0.95 else small + 10**20
            case ValueType.NUMBER:
                return Decimal(small) / 4 if self.random.random() < 0.9 else Decimal("1E-15")
            case ValueType.MONEY:
                cents = self.random.choice((0, 0, 0, 1, 50))
                amount = Decimal(small) + Decimal(cents).scaleb(-2)
                return Money(amount, self.random.choice(CURRENCIES))
            case ValueType.DATE:
                return FROM + timedelta(days=small)

    def view(self, most: int = 8) -> View:
        items = [
            Item(entity=entity, key=f"{number}", values=self._values(entity))
            for entity in ITEM_KINDS
            for number in range(self.random.choice((0, 1, 2, 3, self.random.randint(0, most))))
        ]
        self.random.shuffle(items)
        return View(unit=self._values("unit"), items=tuple(items))

    def _values(self, entity: str) -> dict[str, Seen]:
        """One in five is not there, one in ten is there without a value."""
        derived = {each.name for each in self.derived}
        return {
            name.name: Seen(None if self.random.random() < 0.1 else self.value(name.value_type))
            for name in self.names
            if name.entity == entity and name.name not in derived and self.random.random() < 0.8
        }


def _may_tie(row: TableRow, other: TableRow) -> bool:
    """Whether something fits both and neither comes first."""
    both = zip(row.keys, other.keys, strict=True)
    return row.specific == other.specific and all(
        one is None or two is None or one == two for one, two in both
    )
