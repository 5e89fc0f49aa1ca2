"""How soon batches close, and which are told of, by moments worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.work.batches import (
    BATCHES_SHOWN,
    Batch,
    Closes,
    Closing,
    closed,
    closes_in,
    closing_when,
    closings_of,
    coming,
)
from app.reports.work.urgency import rank_of, ranked_until
from tests.unit.reports.forecast.made_holds import hold

NOW = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)


def batch(hours: float, customer: str = "ACME", currency: str = "USD", units: int = 1) -> Batch:
    return Batch(
        customer=customer,
        closes_at=NOW + timedelta(hours=hours),
        currency=currency,
        units=units,
        minor=units * 100,
    )


@pytest.mark.parametrize(
    ("seconds", "closes"),
    [
        (-86_400 * 90, Closes.CLOSED),
        (-1, Closes.CLOSED),
        (0, Closes.IN_24_HOURS),
        (86_399, Closes.IN_24_HOURS),
        (86_400, Closes.IN_48_HOURS),
        (2 * 86_400, Closes.WEEK),
        (7 * 86_400 - 1, Closes.WEEK),
        (7 * 86_400, Closes.MONTH),
        (30 * 86_400, Closes.LATER),
    ],
)
def test_how_soon_a_batch_closes(seconds: int, closes: Closes) -> None:
    assert closes_in(NOW + timedelta(seconds=seconds), NOW) is closes


@given(st.integers(-40 * 86_400, 40 * 86_400))
def test_bounds_say_the_same_as_the_batch_itself(seconds: int) -> None:
    closes_at = NOW + timedelta(seconds=seconds)

    def has(closes: Closes) -> bool:
        since, before = closing_when(closes, NOW)
        return (since is None or closes_at >= since) and (before is None or closes_at < before)

    assert [each for each in Closes if has(each)] == [closes_in(closes_at, NOW)]


def test_a_batch_that_closes_tonight_by_the_customers_clock_is_not_one_of_tomorrow() -> None:
    five_in_chicago, midnight_in_los_angeles = batch(0.5), batch(9.5)
    found = closings_of([five_in_chicago, midnight_in_los_angeles, batch(-1, units=3)], NOW)
    assert found == (
        Closing(runway=Closes.CLOSED, currency="USD", units=3, minor=300),
        Closing(runway=Closes.IN_24_HOURS, currency="USD", units=2, minor=200),
    )


def test_open_and_closed_batches_are_told_apart_the_nearest_first() -> None:
    batches = [batch(5), batch(-5), batch(0, "BETA"), batch(1, currency="EUR"), batch(1), batch(-1)]
    assert coming(batches, NOW) == (batches[2], batches[3], batches[4], batches[0])
    assert closed(batches, NOW) == (batches[5], batches[1])


def test_at_most_twelve_batches_are_told_each_with_all_of_its_currencies() -> None:
    batches = [batch(hour, currency=each) for hour in range(20) for each in ("EUR", "USD")]
    assert coming(batches, NOW) == tuple(batches[: 2 * BATCHES_SHOWN])


@given(st.integers(-100_000, 100_000), st.integers(0, 200_000))
def test_a_rank_holds_until_the_moment_it_says_and_a_day_at_most(closes: int, later: int) -> None:
    spell = hold(
        value_minor=100, cutoff_at=NOW + timedelta(seconds=closes), due_at=NOW + timedelta(days=9)
    )
    until = ranked_until(spell, NOW)
    assert NOW <= until <= NOW.replace(hour=23, minute=59, second=59, microsecond=999_999)
    moment = NOW + timedelta(seconds=later)
    if moment <= until:
        assert rank_of(spell, moment) == rank_of(spell, NOW)


@pytest.mark.parametrize(
    ("closes", "factors"), [(timedelta(minutes=30), (4, 3)), (timedelta(hours=48.5), (1, 4))]
)
def test_a_rank_changes_just_after_that_moment_where_the_batch_comes_near_or_closes(
    closes: timedelta, factors: tuple[int, int]
) -> None:
    spell = hold(value_minor=100, cutoff_at=NOW + closes, due_at=NOW + timedelta(days=9))
    until = ranked_until(spell, NOW)
    assert until == NOW + timedelta(minutes=30)
    found = rank_of(spell, until), rank_of(spell, until + timedelta(microseconds=1))
    assert found == tuple(100 * each for each in factors)
