"""Days that run out and ages of holds fall into one class each, the one whose list has them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.work.board import AGES, Age, Runway, days_of, opened_when, runway_of

ON = date(2026, 3, 6)
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "runway"),
    [
        (-400, Runway.OVER),
        (-1, Runway.OVER),
        (0, Runway.TODAY),
        (1, Runway.TOMORROW),
        (2, Runway.WEEK),
        (7, Runway.WEEK),
        (8, Runway.MONTH),
        (30, Runway.MONTH),
        (31, Runway.LATER),
    ],
)
def test_how_soon_a_last_day_is_over(left: int, runway: Runway) -> None:
    assert runway_of(ON + timedelta(days=left), ON) is runway


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_the_days_behind_a_number_are_those_that_it_counts(day: date) -> None:
    def has(runway: Runway) -> bool:
        first, last = days_of(runway, ON)
        return (first is None or first <= day) and (last is None or day <= last)

    assert [each for each in Runway if has(each)] == [runway_of(day, ON)]


@given(st.integers(0, 40 * 86_400))
def test_a_hold_is_of_one_age(seconds: int) -> None:
    opened_at = NOW - timedelta(seconds=seconds)

    def has(age: Age) -> bool:
        after, by = opened_when(age, NOW)
        return opened_at <= by and (after is None or opened_at > after)

    (age,) = [each for each in Age if has(each)]
    assert AGES[age] <= seconds / 86_400
