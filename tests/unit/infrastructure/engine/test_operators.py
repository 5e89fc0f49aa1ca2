"""What each operator takes for true, false and unknown, as seen through the engine."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.errors import EngineError
from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.encoded import encoded
from app.infrastructure.engine.exact import exact
from app.judgement.rulebook.key import NoAnswer
from app.judgement.rulebook.model import Condition, Operator, Quantifier, Term
from app.judgement.rulebook.seen import Value
from app.money import Money
from tests.unit.infrastructure.engine.judging import (
    MARCH,
    is_,
    item,
    literal,
    pack,
    pattern,
    rule,
    subjects,
    view,
    where,
)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def truth(condition: Condition, value: Value | None, **unit: Value | None) -> bool | None:
    """`every` fires unless it is true, `no` unless it is false."""
    seen = view(item("charge", "1", it=value), **unit)
    not_true = subjects(rule(pattern(Quantifier.EVERY, "charge", condition)), seen)
    not_false = subjects(rule(pattern(Quantifier.NONE, "charge", condition)), seen)
    if not_true and not_false:
        return None
    assert bool(not_true) is not bool(not_false), "it cannot be both true and false"
    return bool(not_false)


@pytest.mark.parametrize(
    "operator, constants, value, expected",
    [
        (Operator.IS, ["POD"], "POD", True),
        (Operator.IS, ["POD"], "pod", False),
        (Operator.IS, ["5"], "5", True),
        (Operator.IS, [True], True, True),
        (Operator.IS, [True], False, False),
        (Operator.IS, [Decimal("2.0")], 2, True),
        (Operator.IS, [usd("1.5")], usd("1.50"), True),
        (Operator.IS, [usd("1.50")], eur("1.50"), None),
        (Operator.IS_NOT, ["POD"], "BOL", True),
        (Operator.IS_NOT, ["POD"], "POD", False),
        (Operator.IS_NOT, [usd("1.50")], eur("1.50"), None),
        (Operator.ONE_OF, ["POD", "BOL"], "BOL", True),
        (Operator.ONE_OF, ["POD", "BOL"], "INV", False),
        (Operator.ONE_OF, [usd("1"), usd("2")], eur("1"), None),
        (Operator.ONE_OF, [eur("1"), usd("2")], usd("2"), True),
        (Operator.NONE_OF, ["POD", "BOL"], "BOL", False),
        (Operator.NONE_OF, ["POD", "BOL"], "INV", True),
        (Operator.NONE_OF, [eur("1")], usd("1"), None),
        (Operator.AT_LEAST, [5], 5, True),
        (Operator.AT_LEAST, [5], 4, False),
        (Operator.AT_MOST, [usd("75.00")], usd("75.00"), True),
        (Operator.AT_MOST, [usd("75.00")], usd("75.01"), False),
        (Operator.AT_MOST, [usd("75.00")], eur("1.00"), None),
        (Operator.MORE_THAN, [Decimal("0.1")], Decimal("0.1000000000000000000001"), True),
        (Operator.MORE_THAN, [Decimal("0.1")], Decimal("0.10"), False),
        (Operator.MORE_THAN, [10**30], 10**30 + 1, True),
        (Operator.LESS_THAN, [MARCH], date(2026, 2, 28), True),
        (Operator.LESS_THAN, [MARCH], MARCH, False),
        (Operator.LESS_THAN, [2**53], 2**53 + 1, False),
        (Operator.KNOWN, [], 0, True),
        (Operator.UNKNOWN, [], 0, False),
    ],
)
def test_an_operator_means_what_it_says(
    operator: Operator, constants: list[Value], value: Value, expected: bool | None
) -> None:
    assert truth(where("it", operator, *constants), value) is expected


@pytest.mark.parametrize("operator", [o for o in Operator if o not in ("known", "unknown")])
def test_what_nobody_has_told_is_neither_true_nor_false(operator: Operator) -> None:
    assert truth(where("it", operator, 5), None) is None
    assert truth(where("other", operator, 5), 5) is None


def test_only_known_and_unknown_are_sure_of_what_is_missing() -> None:
    assert truth(where("it", Operator.KNOWN), None) is False
    assert truth(where("it", Operator.UNKNOWN), None) is True
    assert truth(where("other", Operator.UNKNOWN), 5) is True


def test_a_value_is_compared_with_a_sum_of_names_and_constants() -> None:
    limit = Condition(
        name="it",
        operator=Operator.AT_MOST,
        terms=(
            Term(name="quoted", of_unit=True),
            Term(literal=literal(usd("5.00"))),
            Term(name="discount", of_unit=True, negative=True),
        ),
    )
    told = {"quoted": usd("100.00"), "discount": usd("2.50")}
    assert truth(limit, usd("102.50"), **told) is True
    assert truth(limit, usd("102.51"), **told) is False
    assert truth(limit, usd("1.00"), quoted=usd("100.00")) is None
    assert truth(limit, usd("1.00"), quoted=eur("100.00"), discount=usd("1.00")) is None


def test_a_day_plus_days_is_a_later_day_and_between_two_days_are_days() -> None:
    due = Condition(
        name="it",
        operator=Operator.AT_MOST,
        terms=(Term(name="delivered", of_unit=True), Term(literal=literal(30))),
    )
    assert truth(due, date(2026, 3, 31), delivered=MARCH) is True
    assert truth(due, date(2026, 4, 1), delivered=MARCH) is False
    between = Condition(
        name="it",
        operator=Operator.IS,
        terms=(
            Term(name="delivered", of_unit=True),
            Term(name="picked_up", of_unit=True, negative=True),
        ),
    )
    assert truth(between, 28, delivered=MARCH, picked_up=date(2026, 2, 1)) is True


def test_names_of_words_are_compared_with_each_other() -> None:
    same = Condition(name="it", operator=Operator.IS, terms=(Term(name="mode", of_unit=True),))
    other = Condition(name="it", operator=Operator.IS_NOT, terms=same.terms)
    assert truth(same, "LTL", mode="LTL") is True
    assert truth(other, "LTL", mode="LTL") is False
    assert truth(same, "LTL", mode="FTL") is False
    assert truth(other, "LTL") is None


@pytest.mark.parametrize("value", [5, True, MARCH, usd("1.00")])
def test_a_value_of_another_type_than_the_rule_compares_is_no_answer(value: Value) -> None:
    engine = EngineInProcess()
    asked = rule(pattern(Quantifier.EVERY, "charge", is_("it", "POD")))
    answer = engine.judge(pack(asked), view(item("charge", "1", it=value)))
    assert isinstance(answer, NoAnswer)
    assert "never compared with a text" in answer.why
    engine.close()


def test_a_moment_and_a_number_without_end_are_not_values() -> None:
    with pytest.raises(EngineError, match="datetime is not a value"):
        exact(encoded(datetime(2026, 3, 1)))  # noqa: DTZ001 - that is the point
    with pytest.raises(EngineError, match="NaN is not a number"):
        exact(encoded(Decimal("NaN")))
