"""The page of forecasts, and what the work list says of one hold and one unit."""

from collections.abc import Iterable

from app.entrypoints.console.pages import _TEMPLATES
from app.operations.house import House
from app.operations.looking.forecast import fit_forecast
from app.reports.forecast.clear_times import fitted
from app.reports.forecast.clears_in import clears_in
from app.reports.forecast.misses_cutoff import misses_cutoff
from app.reports.standing.standing import Spell, Standing, WhereItStands
from tests.integration.console.visiting import Visitor
from tests.unit.reports.forecast.made_holds import LATER, MORNING, at, held, hold

HISTORY = [hold(60 * (n + 1), unit=f"U{n}") for n in range(40)]
MACROS = "{% from 'forecasts.html' import clears_shortly, misses with context %}"


def kept(house: House) -> None:
    with house.database.writing(house.tenant) as store:
        for spell in [*HISTORY, hold(9, unit="V", code="RATE_MISSING")]:
            stands = WhereItStands(standing=None, spells=(spell,))
            store.standings.replace(spell.unit, stands, MORNING)
    fit_forecast(house)


def written(
    what: str, standing: Standing, minutes: int = 0, history: Iterable[Spell] = HISTORY
) -> str:
    tables = fitted(history, LATER)
    return _TEMPLATES.from_string(MACROS + what).render(
        forecast=clears_in(tables, hold(), at(minutes)),
        chance=misses_cutoff(tables, standing, [hold()], at(minutes)),
        form_token="",
    )


def test_before_history_was_looked_at_the_page_says_so(visitor: Visitor) -> None:
    assert "History has not been looked at yet" in visitor.see("/forecast")


def test_each_code_has_its_time_to_clear_or_how_much_history_there_is(
    house: House, visitor: Visitor
) -> None:
    kept(house)
    page = visitor.see("/forecast")
    assert '<td data-label="Half clear">within 21 h</td>' in page
    assert '<td data-label="8 of 10 between">4 h and 1 d 13 h</td>' in page
    assert "1 of 30 closed holds" in page
    assert '<a href="/forecast?code=POD_MISSING">' in page


def test_a_code_opens_into_carriers_and_customers(house: House, visitor: Visitor) -> None:
    kept(house)
    page = visitor.see("/forecast?code=POD_MISSING")
    assert "<h1>POD_MISSING: when it clears</h1>" in page
    assert page.count('<td data-label="Carrier">ABFL</td>') == 2
    assert "No such hold was ever open." in visitor.see("/forecast?code=%3Cb%3E")


def test_the_work_list_writes_a_forecast_and_a_chance() -> None:
    clears = written("{{ clears_shortly(forecast, 'POD_MISSING') }}", held())
    assert "half clear within 21 h more, 8 of 10 between 4 h and 1 d 13 h" in clears
    assert '<a href="/forecast?code=POD_MISSING">of 40 such</a>' in clears
    chance = written("{{ misses(chance) }}", held())
    assert '<span class="chip bad">60%</span>' in chance
    assert "to miss the cut-off at 2026-03-03 00:00 UTC" in chance


def test_what_cannot_be_predicted_is_quiet_and_what_is_missed_is_not() -> None:
    assert written("{{ misses(chance) }}", held(cutoff_at=None)).count("chip") == 0
    assert '<span class="chip bad">cut-off missed</span>' in written(
        "{{ misses(chance) }}", held(), 3_000
    )
    clears = written("{{ clears_shortly(forecast, 'POD_MISSING') }}", held(), 3_000)
    assert clears.strip() == ""


def test_a_chance_without_history_is_not_written_at_every_hold() -> None:
    assert written("{{ misses(chance) }}", held(), history=[]).strip() == ""
