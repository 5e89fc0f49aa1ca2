"""How long to wait, and when a destination is left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.destination import Destination, Kind
from app.infrastructure.storage.rows import Circuit
from app.operations.sending.patience import (
    Answered,
    asked_to_wait,
    circuit_after,
    is_down,
    wait_before,
)

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
DEST = Destination(
    partner="acme",
    name="billing",
    kind=Kind.WEBHOOK,
    events=(),
    first_wait_s=10,
    longest_wait_s=100,
    opens_after=3,
)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def down(at: datetime = NOON, asked: float | None = None) -> Answered:
    return Answered(at=at, down=True, asked=None if asked is None else seconds(asked))


ARRIVED = Answered(at=NOON, down=False)


@given(st.text(), st.integers(1, 10_000))
def test_a_wait_is_the_doubled_first_or_the_longest_give_or_take_a_quarter(
    what: str, attempts: int
) -> None:
    plain = min(10.0 * 2 ** min(attempts - 1, 40), 100.0)
    found = wait_before(DEST, what, attempts)
    assert seconds(plain * 0.75) <= found <= seconds(plain * 1.25)
    assert found == wait_before(DEST, what, attempts)


def test_what_failed_together_does_not_come_back_together() -> None:
    waits = {wait_before(DEST, str(each), 4) for each in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > seconds(30)


@pytest.mark.parametrize(
    "asked, waits",
    [(None, None), (-5.0, 0.0), (0.5, 0.5), (3600.0, 3600.0), (1e12, 86400.0)],
)
def test_what_is_asked_for_is_honoured_within_reason(
    asked: float | None, waits: float | None
) -> None:
    assert asked_to_wait(asked) == (None if waits is None else seconds(waits))


def test_failures_in_a_row_open_it_for_longer_and_longer_and_one_that_arrives_closes_it() -> None:
    circuit, opened = Circuit(), []
    for failures in range(1, 8):
        circuit = circuit_after(DEST, circuit, [down()])
        assert circuit.failures == failures
        assert is_down(DEST, circuit) == (failures >= 3)
        if circuit.open_until is not None:
            opened.append((circuit.open_until - NOON).total_seconds())
    assert len(opened) == 5
    for found, plain in zip(opened, (10, 20, 40, 80, 100), strict=True):
        assert 0.75 * plain <= found <= 1.25 * plain

    assert circuit_after(DEST, circuit, [ARRIVED]) == Circuit()


def test_failures_that_are_not_in_a_row_open_nothing() -> None:
    answers = [down(), down(), ARRIVED] * 5
    assert circuit_after(DEST, Circuit(), answers) == Circuit()


def test_whoever_asks_to_be_left_alone_is_even_where_what_was_on_its_way_arrives() -> None:
    asked = circuit_after(DEST, Circuit(), [down(asked=60)])
    assert asked == Circuit(failures=1, open_until=NOON + seconds(60))
    assert circuit_after(DEST, asked, [ARRIVED]) == Circuit(open_until=NOON + seconds(60))

    later = Answered(at=NOON + seconds(60), down=False)
    assert circuit_after(DEST, asked, [later]) == Circuit()


def test_a_shorter_wait_never_ends_a_longer_one() -> None:
    asked = circuit_after(DEST, Circuit(), [down(asked=60), down(asked=5)])
    assert asked == Circuit(failures=2, open_until=NOON + seconds(60))
