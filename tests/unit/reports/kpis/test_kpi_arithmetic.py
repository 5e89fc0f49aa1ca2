"""Percentiles, working hours and numbers in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RequestError
from app.reports.kpis.in_words import duration, hundredths, percent
from app.reports.kpis.measured import spread
from app.reports.kpis.window import last_days, window_of
from app.reports.kpis.working_hours import working_seconds

HOUR = 3600
MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""8:00 in Chicago, when the owners' day begins."""


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    ten = spread(range(10, 0, -1))

    assert ten is not None
    assert (ten.p50, ten.p90, ten.mean, ten.longest, ten.total) == (5, 9, 6, 10, 55)
    assert spread([]) is None


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60), st.sampled_from([50, 90]))
def test_a_percentile_occurred_and_enough_values_do_not_exceed_it(
    values: list[int], of: int
) -> None:
    found = spread(values)

    assert found is not None
    rank = found.p50 if of == 50 else found.p90
    assert rank in values
    assert sum(value <= rank for value in values) * 100 >= of * len(values)
    assert sum(value < rank for value in values) * 100 < of * len(values)


@pytest.mark.parametrize(
    ("after", "until", "hours"),
    [
        (0, 10, 10),
        (-5, 0, 0),
        (2, 26, 10),
        (9, 25, 2),
        (0, 24 * 7, 51),  # on Sunday summer time began: it is 9:00 by then
        (24 * 5, 24 * 6, 0),
        (24 * 4, 24 * 7 - 1, 10),
        (4, 2, 0),
    ],
)
def test_only_the_hours_in_which_owners_work_count(after: int, until: int, hours: int) -> None:
    begins, ends = (MONDAY + timedelta(hours=each) for each in (after, until))

    assert working_seconds(begins, ends) == hours * HOUR


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_working_time_adds_up_and_is_never_more_than_the_time(
    begins: datetime, first: int, second: int
) -> None:
    middle = begins + timedelta(seconds=first)
    ends = middle + timedelta(seconds=second)

    whole = working_seconds(begins, ends)
    assert whole == working_seconds(begins, middle) + working_seconds(middle, ends)
    assert 0 <= whole <= first + second


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (183_600, "2 d 3 h"),
        (86_400 + 59, "1 d"),
        (-7200, "-2 h"),
    ],
)
def test_a_duration_is_told_by_its_two_largest_spans(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_a_share_is_rounded_to_a_tenth_of_a_percent_with_halves_up() -> None:
    assert (percent(61, 64), percent(1, 3), percent(1, 2000)) == ("95.3%", "33.3%", "0.1%")
    assert (percent(-1, 8), percent(1, 0), hundredths(5, 4)) == ("-12.5%", "of nothing", "1.25")


def test_without_days_the_last_thirty_are_counted_with_today() -> None:
    now = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)

    assert window_of(None, None, now) == last_days(30, now)
    assert str(window_of(None, None, now).since) == "2026-02-05"
    assert str(window_of(None, None, now).before) == "2026-03-07"


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    now = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)

    with pytest.raises(RequestError, match="is no window"):
        window_of(now.date(), now.date(), now)
