"""KPIs are counted seldom where counting takes long, and told as last counted."""

from datetime import timedelta

import msgspec
import pytest

from app.errors import RequestError
from app.operations.house import House
from app.operations.looking.kpis import (
    CHEAP_MS,
    KEPT_DAYS,
    count_kpis,
    keep_kpis,
    kpis_of_last_days,
)
from app.reports.kpis.catalogue import KPIS, kpi_named
from app.reports.kpis.definition import By
from app.reports.kpis.window import last_days
from tests.integration.operations.conftest import SetClock


def test_all_windows_are_counted_once_and_again_after_a_while(
    house: House, clock: SetClock
) -> None:
    assert keep_kpis(house) == len(KEPT_DAYS)
    assert keep_kpis(house) == 0
    clock.forward(hours=1)
    assert keep_kpis(house) == len(KEPT_DAYS)


def test_what_is_cheap_is_counted_when_somebody_asks(house: House) -> None:
    keep_kpis(house)
    _took(house, "kpis 30 by customer", CHEAP_MS)
    told = kpis_of_last_days(house, 30, By.CUSTOMER)

    assert told.fresh
    assert len(told.figures.figures) == len(KPIS)

    looked_at = kpi_named("holds-opened")
    alone = kpis_of_last_days(house, 30, By.CUSTOMER, only=looked_at)
    (figure,) = alone.figures.figures
    assert figure == next(each for each in told.figures.figures if each.name == "holds-opened")


def test_what_took_long_is_told_as_last_counted_and_rests(house: House, clock: SetClock) -> None:
    keep_kpis(house)
    _took(house, "kpis 30", CHEAP_MS + 1)
    clock.forward(hours=1)

    told = kpis_of_last_days(house, 30)

    assert not told.fresh
    assert told.figures.counted_at == house.now() - timedelta(hours=1)
    assert told.figures == count_kpis(house, last_days(30, told.figures.counted_at))


def test_counting_takes_a_small_part_of_the_time(house: House, clock: SetClock) -> None:
    keep_kpis(house)
    for days in KEPT_DAYS:
        _took(house, f"kpis {days}", 10 * 60 * 1000)
    clock.forward(hours=3)
    assert keep_kpis(house) == 0
    clock.forward(hours=1)
    assert keep_kpis(house) == len(KEPT_DAYS)


def test_a_window_that_is_not_kept_is_refused(house: House) -> None:
    with pytest.raises(RequestError, match="31 days are no window that is kept; allowed: 7"):
        kpis_of_last_days(house, 31)


def _took(house: House, name: str, took_ms: int) -> None:
    with house.database.writing(house.tenant) as store:
        kept = store.counted.known(name)
        assert kept is not None
        store.counted.keep(msgspec.structs.replace(kept, took_ms=took_ms))
