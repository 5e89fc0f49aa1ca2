"""Until when a unit's batch is open: to the moment, whatever the day is in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.reports.standing.cutoff import open_batch_of
from tests.unit.reports.forecast.made_holds import held

IN_LOS_ANGELES = held(cutoff_on=date(2026, 3, 12), cutoff_at=datetime(2026, 3, 13, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "batch_on"),
    [
        ("2026-03-12T23:00:00Z", date(2026, 3, 12)),
        ("2026-03-13T06:59:59Z", date(2026, 3, 12)),
        ("2026-03-13T07:00:00Z", date(2026, 3, 12)),
        ("2026-03-13T07:00:01Z", None),
    ],
)
def test_a_batch_is_open_until_its_moment(moment: str, batch_on: date | None) -> None:
    assert open_batch_of(IN_LOS_ANGELES, datetime.fromisoformat(moment)) == batch_on


def test_what_has_no_cut_off_or_stands_nowhere_yet_has_no_open_batch() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=1)
    assert open_batch_of(held(cutoff_on=None, cutoff_at=None), moment) is None
    assert open_batch_of(None, moment) is None
