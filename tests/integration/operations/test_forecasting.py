"""Forecasts are fitted to what is stored, kept, and asked for by pages; on both databases."""

from datetime import timedelta

import msgspec
import pytest

from app.operations.house import House
from app.operations.looking import forecast
from app.operations.looking.forecast import (
    NAME,
    fit_forecast,
    forecasts_known,
    known_forecast,
    predictions,
)
from app.reports.forecast.chance import Outlook
from app.reports.forecast.clear_times import fitted
from app.reports.forecast.predicted import Predicted
from app.reports.standing.standing import Spell, Standing, WhereItStands
from tests.integration.operations.conftest import START, SetClock
from tests.unit.reports.forecast.made_holds import held, hold

CLOSES = START + timedelta(hours=16)


def keep(house: House, *spells: Spell, standing: Standing | None = None) -> None:
    """A unit for each name, with its spells."""
    with house.database.writing(house.tenant) as store:
        for unit in sorted({each.unit for each in spells}):
            own = tuple(each for each in spells if each.unit == unit)
            stands = WhereItStands(standing=standing, spells=own)
            store.standings.replace(unit, stands, START)


def forecasts_of(house: House, listed: list[Spell]) -> tuple[Predicted, ...]:
    with house.database.reading(house.tenant) as store:
        open_now = store.standings.open_of({spell.unit for spell in listed})
        return predictions(store, listed, open_now, house.now())


def closed(many: int, **told: str) -> list[Spell]:
    return [
        hold(60 * (n + 1), unit=f"OLD{n}", opened_at=START - timedelta(days=60), **told)
        for n in range(many)
    ]


def test_before_history_was_looked_at_nothing_is_predicted(house: House) -> None:
    assert known_forecast(house) is None
    assert forecasts_known(house) is None
    assert forecasts_of(house, [hold(opened_at=START)]) == ()


def test_what_is_kept_is_what_all_stored_spells_come_to(house: House) -> None:
    keep(house, *closed(40))
    assert fit_forecast(house) == 0
    assert known_forecast(house) == fitted(closed(40), START)


def test_with_nothing_stored_there_is_a_forecast_of_nothing(house: House) -> None:
    fit_forecast(house)
    tables = known_forecast(house)
    assert tables is not None
    assert tables.groups == ()


def test_history_is_looked_at_again_when_it_was_not_for_a_while(
    house: House, clock: SetClock
) -> None:
    fit_forecast(house)
    keep(house, *closed(40))
    fit_forecast(house)
    assert known_forecast(house) == fitted([], START)
    clock.forward(1)
    fit_forecast(house)
    assert known_forecast(house) == fitted(closed(40), START + timedelta(hours=1))


def test_history_is_read_seldom_where_reading_it_takes_long(house: House, clock: SetClock) -> None:
    fit_forecast(house)
    with house.database.writing(house.tenant) as store:
        kept = store.counted.known(NAME)
        assert kept is not None
        store.counted.keep(msgspec.structs.replace(kept, took_ms=10 * 60 * 1000))
    keep(house, *closed(40))
    clock.forward(3)
    fit_forecast(house)
    assert known_forecast(house) == fitted([], START)
    clock.forward(1)
    fit_forecast(house)
    assert known_forecast(house) != fitted([], START)


def test_the_tables_are_decoded_once_as_long_as_they_are_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "_known", {})
    keep(house, *closed(40))
    fit_forecast(house)
    assert known_forecast(house) is known_forecast(house)


def test_each_listed_hold_is_predicted_with_all_that_holds_its_unit(house: House) -> None:
    keep(house, *closed(40))
    both = [
        hold(unit="U1", opened_at=START, cutoff_at=CLOSES),
        hold(unit="U1", opened_at=START, code="NEW"),
    ]
    keep(house, *both, standing=held(holds=2, cutoff_at=CLOSES))
    fit_forecast(house)
    first, second = forecasts_of(house, both)
    assert first.clears.words.startswith("half of such holds clear within 21 h more")
    assert second.clears.words == "not enough history: 0 of 30 closed holds of NEW"
    assert first.misses == second.misses
    assert (first.misses.outlook, first.misses.cutoff_at) == (Outlook.AT_LEAST, CLOSES)
    assert forecasts_of(house, both[:1]) == (first,)


def test_the_table_has_a_row_a_code_and_opens_into_who_it_concerns(house: House) -> None:
    keep(house, *closed(40))
    fit_forecast(house)
    table, opened = forecasts_known(house), forecasts_known(house, "POD_MISSING")
    assert table is not None
    assert opened is not None
    assert [(row.code, row.carrier, row.customer) for row in table.rows] == [
        ("POD_MISSING", "", "")
    ]
    assert len(opened.rows) == 4
