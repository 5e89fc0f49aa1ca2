"""How a contract gathers invoices, and every mistake in it at its place."""

import pytest

from app.pricing.contract.consolidation import Consolidation, Every
from app.pricing.contract.windows import Weekday
from tests.unit.authoring.test_contract_clocks import mistakes, read

ZONE = "time zone: America/Chicago, time of day: 17:00"


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("every: day", {"every": Every.DAY}),
        ("every: week, weekday: friday", {"every": Every.WEEK, "weekday": Weekday.FRIDAY}),
        ("every: month, day of month: 31", {"every": Every.MONTH, "day_of_month": 31}),
        ("every: month, last working day: yes", {"every": Every.MONTH, "last_working_day": True}),
    ],
)
def test_it_is_read_from_the_contract(said: str, more: dict[str, object]) -> None:
    contract = read(f"consolidation: {{{said}, {ZONE}}}\n")
    wanted: dict[str, object] = {"time_zone": "America/Chicago", "time_of_day": "17:00", **more}
    assert contract.consolidation == Consolidation(**wanted)  # type: ignore[arg-type]


def test_without_it_each_invoice_goes_out_by_itself() -> None:
    assert read("").consolidation is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"every: fortnight, {ZONE}", ["6:24", "'fortnight'", "month"]),
        ("every: day, time zone: Chicago, time of day: 17:00", ["'Chicago' is no time zone"]),
        ("every: day, time zone: UTC, time of day: 5pm", ["'5pm' is no time of day", "23:59"]),
        ("every: day, time zone: UTC", ["has no `time of day`"]),
        (f"every: day, weekday: friday, {ZONE}", ["a day that closes on it is none"]),
        (f"every: week, {ZONE}", ["it closes on no day", "`weekday`"]),
        (
            f"every: week, weekday: friday, last working day: yes, {ZONE}",
            ["a week that closes on it is none"],
        ),
        (f"every: month, {ZONE}", ["no day", "`day of month`, `last working day`"]),
        (
            f"every: month, day of month: 5, last working day: yes, {ZONE}",
            ["several kinds of days"],
        ),
        (f"every: month, day of month: 32, {ZONE}", ["no month has a day 32", "1 to 31"]),
    ],
)
def test_what_is_wrong_is_told_with_what_is_allowed(said: str, told: list[str]) -> None:
    (mistake,) = mistakes(f"consolidation: {{{said}}}\n")
    assert all(each in mistake for each in told), mistake
