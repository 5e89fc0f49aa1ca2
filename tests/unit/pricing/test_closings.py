"""Closes of a customer's period, by dates worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load
from app.authoring.files.struct_fields import read_struct
from app.authoring.files.typed_fields import Notes
from app.pricing.contract.consolidation import Consolidation, Every, closing_after
from app.pricing.contract.windows import Weekday

FILE = Path(__file__).parents[2] / "cases" / "clocks" / "closings.yaml"


def cases() -> list[Mapping]:
    (listed,) = load(FILE.read_text(encoding="utf-8"), FILE.name)
    assert isinstance(listed, Sequence)
    return [each for each in listed.items if isinstance(each, Mapping)]


def text(node: Node | None) -> str:
    assert isinstance(node, Scalar)
    return node.text


@pytest.mark.parametrize("case", cases(), ids=lambda case: text(case.get("case")))
def test_a_period_closes_where_the_customers_calendar_has_it(case: Mapping) -> None:
    notes, node = Notes(), case.get("consolidation")
    assert node is not None
    agreed = read_struct(Consolidation, node, notes, "consolidation")
    assert agreed is not None, notes.mistakes
    found = closing_after(agreed, datetime.fromisoformat(text(case.get("after"))))
    assert found.at == datetime.fromisoformat(text(case.get("closes")))
    assert found.on == date.fromisoformat(text(case.get("on")))


START = datetime(2026, 1, 1, tzinfo=UTC)
AGREED = (
    Consolidation(every=Every.DAY, time_zone="America/Chicago", time_of_day="02:30"),
    Consolidation(
        every=Every.WEEK, weekday=Weekday.SUNDAY, time_zone="America/Chicago", time_of_day="01:30"
    ),
    Consolidation(
        every=Every.MONTH, last_working_day=True, time_zone="Asia/Tokyo", time_of_day="00:00"
    ),
)


@pytest.mark.parametrize("agreed", AGREED, ids=lambda each: each.every.value)
@given(st.integers(0, 700 * 86400).map(lambda seconds: START + timedelta(seconds=seconds)))
def test_periods_follow_on_each_other_without_a_gap(
    agreed: Consolidation, moment: datetime
) -> None:
    """Whatever is claimed until a close closes there; from the close on it is the next one."""
    first = closing_after(agreed, moment)
    assert first.at > moment
    assert closing_after(agreed, first.at - timedelta(microseconds=1)) == first
    assert closing_after(agreed, first.at).at > first.at
