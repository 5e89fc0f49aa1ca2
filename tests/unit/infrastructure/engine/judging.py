"""Short ways to write rules and views for the engine's tests."""

from datetime import date
from decimal import Decimal

from app.infrastructure.engine.child import EngineInProcess
from app.judgement.rulebook.key import Answer
from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Literal,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    Term,
    ValueType,
)
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.money import Money

MARCH = date(2026, 3, 1)


def literal(value: Value) -> Literal:
    match value:
        case bool():
            return Literal(value_type=ValueType.YES_NO, text="yes" if value else "no")
        case int():
            return Literal(value_type=ValueType.WHOLE, text=str(value))
        case Decimal():
            return Literal(value_type=ValueType.NUMBER, text=str(value))
        case date():
            return Literal(value_type=ValueType.DATE, text=value.isoformat())
        case Money():
            return Literal(value_type=ValueType.MONEY, text=f"{value.amount} {value.currency}")
        case str():
            return Literal(value_type=ValueType.WORD, text=value)


def where(name: str, operator: Operator, *constants: Value) -> Condition:
    """A comparison with constants, as terms where it is by size."""
    if operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN):
        terms = tuple(Term(literal=literal(each)) for each in constants)
        return Condition(name=name, operator=operator, terms=terms)
    return Condition(
        name=name, operator=operator, literals=tuple(literal(each) for each in constants)
    )


def is_(name: str, value: Value) -> Condition:
    return where(name, Operator.IS, value)


def pattern(
    quantifier: Quantifier,
    entity: str,
    *conditions: Condition,
    unless: tuple[Condition, ...] = (),
) -> Pattern:
    return Pattern(quantifier=quantifier, entity=entity, conditions=conditions, unless=unless)


def rule(
    *patterns: Pattern,
    rule_id: str = "R-1",
    kind: Kind = Kind.REQUIRE,
    applies: tuple[Condition, ...] = (),
    unless: tuple[Condition, ...] = (),
) -> Rule:
    return Rule(
        rule_id=rule_id,
        kind=kind,
        checklist="Road delivery",
        owner="billing-ops",
        effective_from=date(2026, 1, 1),
        applies=applies,
        patterns=patterns,
        unless=unless,
        say="",
        written_at="road.yaml:3",
    )


def pack(*rules: Rule) -> RulePack:
    return RulePack(name="acme", rules=rules, glossary=(), holds=())


def view(*items: Item, **unit: Value | None) -> View:
    return View(unit={name: Seen(value) for name, value in unit.items()}, items=items)


def item(entity: str, key: str, **values: Value | None) -> Item:
    seen = {name: Seen(value) for name, value in values.items()}
    return Item(entity=entity, key=key, values=seen)


def subjects(of: RulePack | Rule, seen: View) -> list[str]:
    """The subjects of everything that fires; the pack is complete, so there is an answer."""
    engine = EngineInProcess()
    answer = engine.judge(of if isinstance(of, RulePack) else pack(of), seen)
    engine.close()
    assert isinstance(answer, Answer), answer
    return [firing.subject for firing in answer.firings]
