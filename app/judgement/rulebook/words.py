"""Conditions and values in words, for people who read a trace."""

from datetime import date
from decimal import Decimal

from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Literal,
    Operator,
    Pattern,
    Quantifier,
    Term,
)
from app.judgement.rulebook.seen import Value
from app.measures import plain
from app.money import MINOR_UNITS, Money


def value_in_words(value: Value | None) -> str:
    """`yes`, `75.00 USD`, `2026-03-05`, `unknown`."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case Money():
            exact = value.amount.as_tuple().exponent
            payable = isinstance(exact, int) and exact >= -MINOR_UNITS[value.currency]
            return str(value) if payable else f"{plain(value.amount)} {value.currency}"
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def condition_in_words(condition: Condition) -> str:
    """`amount at most approval limit of the unit + 5.00 USD`."""
    name = condition.name.replace("_", " ")
    if condition.operator in {Operator.KNOWN, Operator.UNKNOWN}:
        return f"{name} is {condition.operator}"
    if condition.literals:
        words = ", ".join(_literal(each) for each in condition.literals)
    else:
        words = " ".join(_term(term, first=n == 0) for n, term in enumerate(condition.terms))
    operator = {Operator.ONE_OF: "is one of", Operator.NONE_OF: "is none of"}.get(
        condition.operator, condition.operator.value
    )
    return f"{name} {operator} {words}"


def pattern_in_words(pattern: Pattern) -> str:
    """`a document with document type is POD and status is accepted`."""
    conditions = " and ".join(condition_in_words(each) for each in pattern.conditions)
    if pattern.quantifier is Quantifier.UNIT:
        return conditions
    thing = pattern.entity.replace("_", " ")
    joined = f"{pattern.quantifier} {thing}" + (f" with {conditions}" if conditions else "")
    if pattern.unless:
        joined += f", unless {' and '.join(condition_in_words(each) for each in pattern.unless)}"
    return joined


def derivation_in_words(derived: Derived) -> str:
    """`the sum of shipped over every order line with disposition is not cancelled`."""
    conditions = " and ".join(condition_in_words(each) for each in derived.conditions)
    over = f"every {derived.over.replace('_', ' ')}" + (f" with {conditions}" if conditions else "")
    match derived.derivation:
        case Derivation.VALUE:
            return " ".join(_term(term, first=n == 0) for n, term in enumerate(derived.terms))
        case Derivation.WHEN:
            return f"whether {conditions}"
        case Derivation.COUNT:
            return f"the number of {over.removeprefix('every ')}"
        case Derivation.SUM:
            return f"the sum of {derived.of_name.replace('_', ' ')} over {over}"
        case Derivation.LOOK_UP:
            by = ", ".join(_term(term, first=True) for term in derived.by)
            return f"looked up in a table of {len(derived.rows)} rows by {by}"


def _literal(literal: Literal) -> str:
    return literal.text


def _term(term: Term, *, first: bool) -> str:
    sign = "-" if term.negative else ("" if first else "+")
    text = _literal(term.literal) if term.literal else term.name.replace("_", " ")
    text = f"{term.percent}% of {text}" if term.percent else text
    whose = " of the unit" if term.of_unit else ""
    return f"{sign} {text}{whose}".strip()
