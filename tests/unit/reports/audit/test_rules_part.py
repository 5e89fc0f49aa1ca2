"""The rules of a decision a part at a time: those that fired first, each on exactly one part."""

import pytest

from app.reports.audit.decision_page import RULES_AT_ONCE, RulesPart, rules_part


def every_part(asked: tuple[str, ...], fired: tuple[str, ...] = ()) -> list[RulesPart]:
    parts: list[RulesPart] = []
    while (part := rules_part(asked, fired, len(parts) + 1)) is not None:
        parts.append(part)
    return parts


@pytest.mark.parametrize("count", [1, 19, 20, 21, 40, 97])
def test_every_rule_is_on_exactly_one_part(count: int) -> None:
    asked = tuple(f"R-{number}" for number in range(count))
    parts = every_part(asked, asked[::7])
    assert sorted(each for part in parts for each in part.rule_ids) == sorted(asked)
    assert {part.parts for part in parts} == {len(parts)}
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


def test_places_follow_each_other_from_the_first_rule_to_the_last() -> None:
    asked = tuple(f"R-{number}" for number in range(2 * RULES_AT_ONCE + 3))
    places = [(part.first, part.last) for part in every_part(asked)]
    assert places == [(1, 20), (21, 40), (41, 43)]


def test_those_that_fired_come_first_and_the_rest_in_their_order() -> None:
    asked = tuple(f"R-{number}" for number in range(2 * RULES_AT_ONCE))
    fired = asked[-3:]
    first, second = every_part(asked, fired)
    assert first.rule_ids == {*fired, *asked[: RULES_AT_ONCE - 3]}
    assert second.rule_ids == set(asked[RULES_AT_ONCE - 3 : -3])


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_part_out_of_range_is_none(number: int) -> None:
    assert rules_part(tuple(f"R-{each}" for each in range(40)), (), number) is None


def test_without_rules_there_is_one_part_with_nothing_on_it() -> None:
    (part,) = every_part(())
    assert (part.first, part.last, part.rule_ids) == (1, 0, frozenset())
