"""Cut-offs of the customer's invoicing calendar, by dates worked out by hand."""

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load
from app.authoring.files.struct_fields import read_struct
from app.authoring.files.typed_fields import Notes
from app.pricing.contract.cutoffs import cutoff_of, end_of, next_cutoff
from app.pricing.contract.windows import InvoicingCalendar, Weekday

FILE = Path(__file__).parents[2] / "cases" / "clocks" / "cutoffs.yaml"


def cases() -> list[Mapping]:
    (listed,) = load(FILE.read_text(encoding="utf-8"), FILE.name)
    assert isinstance(listed, Sequence)
    return [each for each in listed.items if isinstance(each, Mapping)]


def moment(node: Node | None) -> datetime:
    assert isinstance(node, Scalar)
    return datetime.fromisoformat(node.text)


def name_of(case: Mapping) -> str:
    name = case.get("case")
    assert isinstance(name, Scalar)
    return name.text


@pytest.mark.parametrize("case", cases(), ids=name_of)
def test_a_cut_off_is_where_the_calendar_on_the_wall_has_it(case: Mapping) -> None:
    notes, node = Notes(), case.get("calendar")
    assert node is not None
    calendar = read_struct(InvoicingCalendar, node, notes, "calendar")
    assert calendar is not None, notes.mistakes
    at = moment(case.get("at"))
    if case.get("of service") is not None:
        assert next_cutoff(calendar, at) is None
        assert cutoff_of(calendar, at) == moment(case.get("of service"))
        return
    assert next_cutoff(calendar, at) == moment(case.get("next"))
    assert cutoff_of(calendar, at) == moment(case.get("next"))


def test_every_case_says_what_is_expected() -> None:
    listed = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert all(("next" in each) != ("of service" in each) for each in listed)


def test_a_storage_period_that_ends_on_the_cut_offs_day_belongs_to_the_next_one() -> None:
    friday = InvoicingCalendar(
        time_zone="America/Chicago", time_of_day="17:00", weekday=Weekday.FRIDAY
    )
    over = end_of(date(2026, 3, 6), friday)
    assert over.isoformat() == "2026-03-07T00:00:00-06:00"
    assert cutoff_of(friday, over).isoformat() == "2026-03-13T17:00:00-05:00"
