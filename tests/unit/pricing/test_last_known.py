"""At the last known prices what was published last stands in, and the line says since when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.authoring.files.card_files import card_from
from app.evidence.facts.fact import Fact
from app.pricing.lines.charge import Input, Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating.rate import price
from app.pricing.reckoned.methods import Methods
from app.pricing.told.dating import Dated
from app.pricing.told.exchange import Exchange, Exchanged, NoExchange, exchanged
from tests.unit.pricing import made_facts as made

CARD = """
name: Trial
customer: TRIAL
currency: USD
agreed in: A-1
effective: 2026-01-01 onwards
rate date: pickup
charges:
  - charge: fuel_surcharge
    shape: fuel
    description: Fuel surcharge
    clause: one
    mileage: PC*MILER
    series: EIA on-highway diesel
    region: US
    published: Monday
    effective: Tuesday to Monday
    basis: per mile
    steps: t.csv
"""
STEPS = (
    "row,at least,below,per mile,effective from,known from\n"
    "1,2.901,2.951,0.37,2026-01-01,2026-01-01\n2,2.951,3.001,0.38,2026-01-01,2026-01-01\n"
)


def rated(*market: Fact, last_known: bool = True) -> Rated:
    """A hundred miles on Wednesday, 2026-03-04, for which the index of 2026-03-02 counts."""
    card = card_from("T", {"card.yaml": CARD, "t.csv": STEPS}.__getitem__)
    distance = made.distance_of("100")
    unit = made.unit("S1", made.shipment("S1", distance=distance), made.picked_up())
    return price(unit, (), market, card, date(2026, 3, 8), last_known=last_known)


def test_the_last_index_before_the_week_stands_in_and_is_marked() -> None:
    weeks = [made.diesel(date(2026, 2, 9), "2.913"), made.diesel(date(2026, 2, 16), "2.960")]
    (charge,) = rated(*weeks, made.diesel(date(2026, 3, 9), "2.913")).charges
    assert str(charge.amount) == "38.00 USD"
    assert charge.formula.endswith("= 38.00; index carried forward from 2026-02-16")
    told = charge.inputs[0].value
    assert told == "2.960, published 2026-02-16, last known, carried forward from 2026-02-16"
    assert charge.method == "fuel_1"
    assert tie_out_faults(rated(*weeks)) == ()


def test_an_index_that_is_there_is_priced_as_ever() -> None:
    market = made.diesel(date(2026, 2, 16), "2.960"), made.diesel(date(2026, 3, 2), "2.913")
    assert rated(*market) == rated(*market, last_known=False)


def test_nothing_was_ever_published_is_no_price() -> None:
    for market in ((), (made.diesel(date(2026, 3, 9), "2.913"),)):
        (missing,) = rated(*market).unpriced
        assert missing.problem == "no_index"


def test_a_last_week_that_is_told_twice_and_differently_is_no_price() -> None:
    week = date(2026, 2, 16)
    (missing,) = rated(made.diesel(week, "2.913"), made.diesel(week, "2.960")).unpriced
    assert missing.problem == "ambiguous_rate"


def on(day: str, *, last_known: bool, endings_told: bool = True) -> Rated:
    """A unit by a card of January and February alone."""
    text = CARD.replace("2026-01-01 onwards", "2026-01-01 until 2026-02-28")
    card = card_from("T", {"card.yaml": text, "t.csv": STEPS}.__getitem__)
    at = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    distance = made.distance_of("100")
    unit = made.unit("S1", made.shipment("S1", distance=distance), made.picked_up(at))
    market = [made.diesel(date(2026, 2, 23), "2.960"), made.diesel(date(2026, 3, 2), "2.913")]
    known_on = date(2026, 3, 8)
    return price(
        unit,
        (),
        tuple(market),
        card,
        known_on,
        methods=Methods(endings_told=endings_told),
        last_known=last_known,
    )


def test_a_card_that_has_ended_stands_in_as_of_its_last_day_and_is_marked() -> None:
    (charge,) = on("2026-03-04", last_known=True).charges
    assert str(charge.amount) == "38.00 USD"
    assert charge.formula.endswith("; card carried forward from 2026-02-28")
    assert any(
        each.value.endswith("Trial ended, carried forward from 2026-02-28")
        for each in charge.inputs
    )
    assert tie_out_faults(on("2026-03-04", last_known=True)) == ()


def test_a_card_that_has_ended_is_told_from_one_that_begins_later() -> None:
    for day, problem in (("2026-03-01", "card_ended"), ("2025-12-31", "no_card")):
        for missing in on(day, last_known=False).unpriced:
            assert missing.problem == problem
    (before,) = on("2026-03-01", last_known=False, endings_told=False).unpriced
    assert before.problem == "no_card"


def test_on_its_last_day_a_card_is_what_it_was() -> None:
    assert on("2026-02-28", last_known=True) == on("2026-02-28", last_known=False)


def test_a_card_that_begins_later_stands_in_for_nothing() -> None:
    assert on("2025-12-31", last_known=True).charges == ()


AGREED = Exchange(rate_type="noon", dated_by="pickup", convert="each line", carry_forward_days=1)
DAY = Dated(date(2026, 3, 4), Input(name="picked up", value="2026-03-04"))


def converted(*published: Fact, agreed: Exchange = AGREED, **how: Any) -> Exchanged | NoExchange:
    return exchanged(agreed, published, "CAD", "USD", DAY, **how)


def noon(pair: str, on: str, rate: str) -> Fact:
    return made.exchange(pair, date.fromisoformat(on), rate, "noon")


def test_the_last_rate_before_the_day_stands_in_and_is_marked() -> None:
    old = noon("CAD to USD", "2026-02-20", "0.70"), noon("CAD to USD", "2026-02-27", "0.73")
    assert isinstance(converted(*old), NoExchange)
    found = converted(*old, noon("CAD to USD", "2026-03-05", "0.75"), last_known=True)
    assert isinstance(found, Exchanged)
    assert found.rate == Decimal("0.73")
    assert found.text == "0.73 (noon, 2026-02-27, last known, carried forward from 2026-02-27)"


def test_a_rate_that_the_card_carries_forward_is_no_last_known_one() -> None:
    yesterday = noon("CAD to USD", "2026-03-03", "0.73")
    assert converted(yesterday, last_known=True) == converted(yesterday)


@pytest.mark.parametrize("inverse", [True, False])
def test_the_other_direction_stands_in_only_where_it_was_agreed(*, inverse: bool) -> None:
    agreed = Exchange(rate_type="noon", dated_by="pickup", convert="each line", inverse=inverse)
    back = noon("USD to CAD", "2026-02-27", "1.25")
    found = converted(back, agreed=agreed, last_known=True)
    assert isinstance(found, Exchanged) is inverse
