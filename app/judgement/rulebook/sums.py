"""Sums, counts and look-ups over exact typed values, for the second key alone.

The generated Python calls these. The first key has its own, in whole numbers; the two must
never share a line, or a mistake in it would go unseen.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.judgement.rulebook.model import TableRow, constant_of
from app.money import EXACT, Money

Truth = bool | None


def comparable(value: Any, other: Any) -> bool:
    """Whether both are known and, if they are amounts, of one currency."""
    if value is None or other is None:
        return False
    return not isinstance(value, Money) or value.currency == other.currency


def share(value: Any, percent: Decimal) -> Any:
    """So many hundredths of a value, exactly."""
    if value is None:
        return None
    part = percent.scaleb(-2)
    if isinstance(value, Money):
        return Money(EXACT.multiply(value.amount, part), value.currency)
    return EXACT.multiply(Decimal(value), part)


def total(terms: Sequence[tuple[Any, bool]]) -> Any:
    """The sum of (value, is negative), None when one is missing or currencies differ."""
    if any(value is None for value, _ in terms):
        return None
    first, negative = terms[0]
    if len(terms) == 1 and not negative:
        return first
    if isinstance(first, Money):
        return _amount(terms)
    if any(isinstance(value, date) for value, _ in terms):
        return _day_or_days(terms)
    return _number(terms)


def _amount(terms: Sequence[tuple[Any, bool]]) -> Money | None:
    currencies = {value.currency for value, _ in terms}
    if len(currencies) != 1:
        return None
    return Money(_number([(value.amount, minus) for value, minus in terms]), currencies.pop())


def _day_or_days(terms: Sequence[tuple[Any, bool]]) -> date | int | None:
    """A day when one day is left over, a number of days when none is."""
    days = ordinal = 0
    for value, minus in terms:
        sign = -1 if minus else 1
        is_day = isinstance(value, date)
        days += sign * is_day
        ordinal += sign * (value.toordinal() if is_day else int(value))
    if days == 0:
        return ordinal
    assert days == 1, "the checker lets no other sum of days pass"
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def _number(terms: Sequence[tuple[Any, bool]]) -> Decimal:
    result = Decimal(0)
    for value, minus in terms:
        number = Decimal(value)
        result = EXACT.subtract(result, number) if minus else EXACT.add(result, number)
    return result


def both(truths: Iterable[Truth]) -> Truth:
    """True when all are, False when one is, else unknown."""
    told = tuple(truths)
    if False in told:
        return False
    return None if None in told else True


def counted(truths: Iterable[Truth]) -> int | None:
    """How many are true; None when one is unknown."""
    told = tuple(truths)
    return None if None in told else sum(1 for each in told if each)


def added(items: Iterable[tuple[Truth, Any]], *, money: bool) -> Any:
    """The values beside a true, added up; None when a truth or such a value is unknown."""
    told = tuple(items)
    if any(truth is None for truth, _ in told):
        return None
    values = [(value, False) for truth, value in told if truth]
    if not values:
        return None if money else Decimal(0)
    return total([*values, (Decimal(0), False)]) if not money else total(values)


class Rows:
    """A table's rows, found by the cells they fill in."""

    def __init__(self, rows: Sequence[TableRow]) -> None:
        self._needed: set[int] = set()
        found: dict[tuple[Any, ...], dict[tuple[Any, ...], Any]] = {}
        for row in sorted(rows, key=lambda row: row.specific, reverse=True):
            filled = tuple(n for n, key in enumerate(row.keys) if key is not None)
            self._needed.update(filled)
            cells = tuple(constant_of(key) for key in row.keys if key is not None)
            group = found.setdefault((row.own, len(filled), filled), {})
            group[cells] = constant_of(row.value)
        self._groups = [(filled, group) for (_, _, filled), group in found.items()]

    def value(self, keys: tuple[Any, ...]) -> Any:
        """The value of the first row that fits; None where none does or a key is unknown."""
        if any(keys[n] is None for n in self._needed):
            return None
        for filled, group in self._groups:
            cells = tuple(keys[n] for n in filled)
            if cells in group:
                return group[cells]
        return None
