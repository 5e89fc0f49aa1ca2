"""How many holds are still open after so long, worked by hand and against the long way round."""

import random
from fractions import Fraction

import pytest

from app.reports.forecast.curve import (
    MOST_POINTS,
    WHOLE,
    Point,
    curve_of,
    lasting,
    still_open,
)


def left_the_long_way(cleared: list[int], unseen: list[int], age: int, minutes: int) -> Fraction:
    """Given an age, the product over all clearings since, the asked hold being at risk as well."""
    left = Fraction(1)
    for at in sorted({each for each in cleared if age < each <= minutes}):
        at_risk = sum(each >= at for each in (*cleared, *unseen))
        left *= 1 - Fraction(cleared.count(at), at_risk + 1)
    return left


def test_of_holds_that_all_cleared_each_takes_an_equal_share_and_so_does_the_one_asked_about() -> (
    None
):
    points = curve_of([10, 20, 30, 40], [])
    assert [(each.minutes, each.at_risk) for each in points] == [(10, 4), (20, 3), (30, 2), (40, 1)]
    assert [round(Fraction(each.left * 5, WHOLE)) for each in points] == [4, 3, 2, 1]


def test_a_hold_that_is_still_open_counts_for_as_long_as_it_has_lasted() -> None:
    points = curve_of([10, 30], [20])
    assert [each.at_risk for each in points] == [3, 1]
    assert Fraction(points[-1].left, WHOLE) == pytest.approx(Fraction(3, 4) * Fraction(1, 2))


def test_holds_nobody_saw_clear_end_the_curve_without_bringing_it_down() -> None:
    points = curve_of([10], [50, 60, 70])
    assert [(each.minutes, each.closed, each.at_risk) for each in points[1:]] == [
        (60, 0, 2),
        (70, 0, 1),
    ]
    assert {each.left for each in points[1:]} == {points[0].left}


def test_holds_of_which_none_cleared_say_nothing_of_how_long_it_takes() -> None:
    assert all(each.left == WHOLE for each in curve_of([], [5, 6, 7, 8]))
    assert curve_of([], []) == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_curve_is_the_product_of_the_long_way_at_every_age(seed: int) -> None:
    rng = random.Random(seed)
    cleared = [rng.randrange(300) for _ in range(rng.randrange(1, 60))]
    unseen = [rng.randrange(300) for _ in range(rng.randrange(40))]
    points = curve_of(cleared, unseen)
    for age in (-1, 0, 40, 120, 250):
        for minutes in (age + 1, age + 30, age + 200):
            expected = left_the_long_way(cleared, unseen, age, minutes)
            told = still_open(lasting(points, age), minutes).at_most
            assert abs(told - expected) < Fraction(1, 10**9)


def test_a_hold_cleared_in_the_very_minute_of_the_age_is_none_that_lasted_longer() -> None:
    rest = lasting(curve_of([10, 20], []), 10)
    assert rest.closed == 1
    assert still_open(rest, 19).at_most == 1


def test_whether_a_hold_is_still_open_is_never_certain_either_way() -> None:
    rest = lasting(curve_of(list(range(10, 50)), []), 0)
    before, after = still_open(rest, 5), still_open(rest, 500)
    assert (before.at_least, before.at_most) == (Fraction(40, 41), Fraction(1))
    assert after.at_least == 0 < after.likely < after.at_most < Fraction(1, 39)
    assert before.known == after.known == 40


def test_holds_that_went_out_of_sight_before_are_not_known_to_have_been_open() -> None:
    rest = lasting(curve_of([10, 100], [20, 30, 40]), 0)
    assert still_open(rest, 50).known == 2


@pytest.mark.parametrize("many", [1_000, 20_000, 200_000])
def test_a_long_history_is_thinned_and_says_the_same_early_and_late(many: int) -> None:
    rng = random.Random(many)
    cleared = [int(rng.lognormvariate(7, 1.5)) for _ in range(many)]
    unseen = [int(rng.lognormvariate(8, 1)) for _ in range(many // 5)]
    points = curve_of(cleared, unseen)
    assert sum(each.closed > 0 for each in points) <= MOST_POINTS
    assert sum(each.closed for each in points) == many
    full = _unthinned(cleared, unseen)
    off = []
    for age in (-1, 300, 3_000, 10_000):
        for minutes in (age + 60, age + 600, age + 2_000, age + 20_000):
            exact = still_open(lasting(full, age), minutes).at_most
            told = still_open(lasting(points, age), minutes).at_most
            off.append(float(told / exact - 1))
    assert max(map(abs, off)) < 0.05
    assert abs(sum(off) / len(off)) < 0.02, "it errs to neither side"


def _unthinned(cleared: list[int], unseen: list[int]) -> tuple[Point, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.reports.forecast.curve.MOST_POINTS", len(cleared))
        return curve_of(cleared, unseen)
