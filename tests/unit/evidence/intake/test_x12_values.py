"""Dates, times and amounts as X12 writes them."""

from datetime import date, time
from decimal import Decimal

import pytest

from app.evidence.intake.enveloped.dates import clock, day
from app.evidence.intake.x12.values import hundredths, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1230", time(12, 30)),
        ("12300", time(12, 30)),
        ("123045", time(12, 30, 45)),
        ("12304599", time(12, 30, 45, 990_000)),
        ("930", time(9, 30)),
    ],
)
def test_times_are_read_tolerantly(text: str, value: time) -> None:
    assert clock(text) == value


@pytest.mark.parametrize("text", ["", "12", "2400", "1260", "9999", "12:30", "١٢٣٠", "123456789"])
def test_an_impossible_time_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        clock(text)


def test_a_date_of_six_digits_finds_its_century() -> None:
    assert (day("260310"), day("991231")) == (date(2026, 3, 10), date(1999, 12, 31))


@pytest.mark.parametrize("text", ["", "20260230", "2026031", "00010101", "2026-3-1", "99999999"])
def test_an_impossible_date_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        day(text)


def test_amounts_have_two_implied_decimals() -> None:
    assert hundredths("-301791") == Decimal("-3017.91")


@pytest.mark.parametrize("text", ["557.21", "", "1e3", "NaN", "1" * 19])
def test_an_amount_that_shows_a_point_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        hundredths(text)


def test_a_quantity_is_never_negative() -> None:
    assert quantity("5472.0") == 5472
    with pytest.raises(ValueError, match="negative"):
        quantity("-1")
