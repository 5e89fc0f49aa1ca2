"""This key's own reading of values and conditions, in whole numbers wherever it can.

The other key compares Python's Decimals, dates and amounts as they are. This one turns
each into a whole number of the same very small step first, so that a mistake in one way of
comparing is not also a mistake in the other. A number too fine for the step stays a
fraction: nothing is ever rounded.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from app.errors import EngineError
from app.infrastructure.engine.encoded import Amount, Day, Encoded, Number, Whole, encoded
from app.judgement.rulebook.model import Condition, Literal, Operator, Term, constant_of

FINEST = 12
STEPS_PER_UNIT = 10**FINEST
"""One dollar, one day and the number one are so many steps: finer than any rate."""

_SCALES: tuple[int, ...] = tuple(10 ** (FINEST - places) for places in range(FINEST + 1))

_FIRST_DAY, _LAST_DAY = STEPS_PER_UNIT, date.max.toordinal() * STEPS_PER_UNIT
"""A calendar has no other days; a sum outside it is unknown."""

NUMBER, DAY, TEXT, YES_NO, MONEY = "number", "day", "text", "yes or no", "money "

Exact = tuple[str, int | Fraction | str]
"""What kind of thing it is (for money with the currency), and how much or which."""

Truth = bool | None
"""None where it is unknown."""

Told = Mapping[str, Exact]
"""The values somebody has told; a missing one is not in it."""

Judged = Callable[[Told, Told], Truth]
"""A condition, asked with the item's values and the unit's."""


def exact(value: Encoded) -> Exact:
    """The value as a kind and a whole number of steps, or a word.

    Raises:
        EngineError: when it is nothing that the glossary can declare.
    """
    read = _EXACT.get(type(value))
    if read is None:
        raise EngineError(f"a {type(value).__name__} is not a value that a rule can look at")
    return read(value)


def constant(literal: Literal) -> Exact:
    """A literal of a rule as an exact value."""
    return exact(encoded(constant_of(literal)))


def judged(condition: Condition) -> Judged:
    """The condition as a question that can be asked of any item."""
    match condition.operator:
        case Operator.KNOWN:
            return lambda own, _unit: condition.name in own
        case Operator.UNKNOWN:
            return lambda own, _unit: condition.name not in own
        case Operator.IS if condition.literals:
            return _in_list(condition, listed=True)
        case Operator.IS_NOT if condition.literals:
            return _in_list(condition, listed=False)
        case Operator.ONE_OF:
            return _in_list(condition, listed=True)
        case Operator.NONE_OF:
            return _in_list(condition, listed=False)
        case _:
            return _against_sum(condition)


def _in_list(condition: Condition, *, listed: bool) -> Judged:
    constants = tuple(constant(literal) for literal in condition.literals)
    name = condition.name
    kinds = {kind for kind, _ in constants}
    one_kind = kinds.pop() if len(kinds) == 1 else ""
    amounts = {amount for _, amount in constants}

    def truth(own: Told, _unit: Told) -> Truth:
        value = own.get(name)
        if value is None:
            return None
        if value[0] == one_kind:
            return (value[1] in amounts) is listed
        unsure = False
        for constant in constants:
            same = _equal(value, constant)
            if same:
                return listed
            unsure = unsure or same is None
        return None if unsure else not listed

    return truth


def _against_sum(condition: Condition) -> Judged:
    name, other_of = condition.name, summed(condition.terms)
    holds = _COMPARED[condition.operator]

    def truth(own: Told, unit: Told) -> Truth:
        value, other = own.get(name), other_of(own, unit)
        if value is None or other is None:
            return None
        if condition.operator in (Operator.IS, Operator.IS_NOT):
            same = _equal(value, other)
            return None if same is None else same is (condition.operator is Operator.IS)
        return holds(value, other)

    return truth


def summed(terms: Iterable[Term]) -> Callable[[Told, Told], Exact | None]:
    """The sum of the terms as a question; None where a part is missing or two currencies meet."""
    read = tuple(map(_Term, terms))
    if len(read) == 1 and read[0].sign == 1:
        return read[0].value
    return lambda own, unit: _sum(read, own, unit)


class _Term:
    """One summand, its constant already read."""

    __slots__ = ("constant", "name", "of_unit", "part", "sign")

    def __init__(self, term: Term) -> None:
        self.name, self.of_unit = term.name, term.of_unit
        self.constant = None if term.literal is None else constant(term.literal)
        self.sign = -1 if term.negative else 1
        self.part = Fraction(term.percent) / 100 if term.percent else None

    def value(self, own: Told, unit: Told) -> Exact | None:
        """What is added: the value, or the named part of it; never rounded."""
        value = self.constant or (unit if self.of_unit else own).get(self.name)
        if self.part is None or value is None:
            return value
        kind, amount = value
        if isinstance(amount, str) or kind in {YES_NO, DAY}:
            raise EngineError(f"a {kind} has no percentage")
        share = amount * self.part
        return kind, int(share) if share.denominator == 1 else share


def _sum(terms: tuple[_Term, ...], own: Told, unit: Told) -> Exact | None:
    """The sum of the terms, None where one is missing or two currencies meet.

    A day plus a number is a later day, a day minus a day is a number: days are numbers
    here, so it only has to be counted how many of them are left over.
    """
    summands: list[tuple[int, Exact]] = []
    for term in terms:
        value = term.value(own, unit)
        if value is None:
            return None
        summands.append((term.sign, value))
    if len(summands) == 1 and summands[0][0] == 1:
        return summands[0][1]
    return _added(summands)


def _added(summands: list[tuple[int, Exact]]) -> Exact | None:
    total: int | Fraction = 0
    for sign, (kind, amount) in summands:
        if isinstance(amount, str) or kind == YES_NO:
            raise EngineError(f"a {kind} is never added")
        total += sign * amount
    kinds = {kind for _, (kind, _) in summands}
    if all(kind.startswith(MONEY) for kind in kinds):
        return (kinds.pop(), total) if len(kinds) == 1 else None
    days = sum(sign for sign, (kind, _) in summands if kind == DAY)
    if days not in (0, 1) or not kinds <= {NUMBER, DAY}:
        raise EngineError(f"{' and '.join(sorted(kinds))} do not add up to anything")
    if not days:
        return NUMBER, total
    return (DAY, total) if _FIRST_DAY <= total <= _LAST_DAY else None


def _equal(left: Exact, right: Exact) -> Truth:
    if left[0] == right[0]:
        return left[1] == right[1]
    if left[0].startswith(MONEY) and right[0].startswith(MONEY):
        return None  # two currencies
    raise EngineError(f"a {left[0]} is never compared with a {right[0]}")


def _ordered(left: Exact, right: Exact) -> int | Fraction | None:
    """How much the left is above the right; None where two currencies meet."""
    kind = left[0]
    if kind == right[0] and kind != TEXT and kind != YES_NO:
        return left[1] - right[1]  # type: ignore[operator]  # no word is of such a kind
    if _equal(left, right) is None:
        return None
    above, below = left[1], right[1]
    if isinstance(above, str) or isinstance(below, str) or left[0] == YES_NO:
        raise EngineError(f"a {left[0]} is never more or less than another")
    return above - below


def _at_least(left: Exact, right: Exact) -> Truth:
    above = _ordered(left, right)
    return None if above is None else above >= 0


def _at_most(left: Exact, right: Exact) -> Truth:
    return _at_least(right, left)


def _more_than(left: Exact, right: Exact) -> Truth:
    above = _ordered(left, right)
    return None if above is None else above > 0


def _less_than(left: Exact, right: Exact) -> Truth:
    return _more_than(right, left)


_COMPARED: Mapping[Operator, Callable[[Exact, Exact], Truth]] = {
    Operator.IS: _equal,
    Operator.IS_NOT: _equal,
    Operator.AT_LEAST: _at_least,
    Operator.AT_MOST: _at_most,
    Operator.MORE_THAN: _more_than,
    Operator.LESS_THAN: _less_than,
}


def _steps(text: str) -> int | Fraction:
    """`12.50` in steps; what is written with an exponent or too finely goes the long way."""
    whole, _, decimals = text.partition(".")
    try:
        return int(whole + decimals) * _SCALES[len(decimals)]
    except (ValueError, IndexError):
        pass
    try:
        amount = Fraction(text) * STEPS_PER_UNIT
    except (ValueError, ZeroDivisionError) as problem:
        raise EngineError(f"{text} is not a number") from problem
    return int(amount) if amount.denominator == 1 else amount


_EXACT: Mapping[type, Callable[[Any], Exact]] = {
    str: lambda word: (TEXT, word),
    bool: lambda yes: (YES_NO, int(yes)),
    int: lambda whole: (NUMBER, whole * STEPS_PER_UNIT),
    Amount: lambda money: (MONEY + money.currency, _steps(money.amount)),
    Number: lambda number: (NUMBER, _steps(number.text)),
    Whole: lambda whole: (NUMBER, _steps(whole.text)),
    Day: lambda day: (DAY, day.ordinal * STEPS_PER_UNIT),
}
