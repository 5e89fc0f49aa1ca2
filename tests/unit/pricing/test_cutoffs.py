"""Cut-offs of the customer's invoicing calendar, by dates worked out by hand."""

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load
from app.authoring.files.struct_fields import read_struct
from app.authoring.files.typed_fields import Notes
from app.pricing.contract.cutoffs import closes_at, complete_by, cutoff_of, end_of, next_cutoff
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
    listed = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert all(("next" in each) != ("of service" in each) for each in listed)


def test_a_storage_period_that_ends_on_the_cut_offs_day_belongs_to_the_next_one() -> None:
    friday = InvoicingCalendar(
        time_zone="America/Chicago", time_of_day="17:00", weekday=Weekday.FRIDAY
    )
    over = end_of(date(2026, 3, 6), friday)
    assert over.isoformat() == "2026-03-07T00:00:00-06:00"
    assert cutoff_of(friday, over).isoformat() == "2026-03-13T17:00:00-05:00"


@pytest.mark.parametrize(
    ("day", "time_of_day", "zone", "closes"),
    [
        # Worked by hand; a time of day of none is a contract that names days alone.
        ("2026-03-06", "17:00", "America/Chicago", "2026-03-06T23:00:00Z"),
        ("2026-03-09", "17:00", "America/Chicago", "2026-03-09T22:00:00Z"),
        ("2026-03-08", "02:30", "America/Chicago", "2026-03-08T08:30:00Z"),
        ("2026-11-01", "01:30", "America/Chicago", "2026-11-01T06:30:00Z"),
        ("2026-03-06", "17:00", "Asia/Tokyo", "2026-03-06T08:00:00Z"),
        ("2026-03-06", None, "America/Los_Angeles", "2026-03-07T08:00:00Z"),
        ("2026-03-08", None, "America/Los_Angeles", "2026-03-09T07:00:00Z"),
        ("2026-03-06", None, "Asia/Tokyo", "2026-03-06T15:00:00Z"),
        ("2026-03-06", None, "UTC", "2026-03-07T00:00:00Z"),
        # In Chile that midnight is left out: the clocks go from it to 01:00.
        ("2026-09-05", None, "America/Santiago", "2026-09-06T04:00:00Z"),
    ],
)
def test_a_known_day_closes_at_a_moment(
    day: str, time_of_day: str | None, zone: str, closes: str
) -> None:
    calendar = time_of_day and InvoicingCalendar(
        time_zone=zone, time_of_day=time_of_day, day_of_month=25
    )
    found = closes_at(date.fromisoformat(day), calendar or None, zone)
    assert found == datetime.fromisoformat(closes)


@pytest.mark.parametrize(
    ("lead_hours", "wanted"), [(0, "2026-03-09T22:00:00Z"), (48, "2026-03-07T22:00:00Z")]
)
def test_a_lead_is_a_span_before_the_cut_off_whatever_clocks_do(
    lead_hours: int, wanted: str
) -> None:
    calendar = InvoicingCalendar(
        time_zone="America/Chicago",
        time_of_day="17:00",
        weekday=Weekday.MONDAY,
        lead_hours=lead_hours,
    )
    closing = closes_at(date(2026, 3, 9), calendar, "UTC")
    assert complete_by(closing, calendar) == datetime.fromisoformat(wanted)
    assert complete_by(closing, None) == closing
