"""Tariffs and series that nobody here wrote, imported, checked and priced through the card."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.authoring.files.card_files import card_from, draft_from
from app.authoring.importers.brunel import card_of_brunel, orders_of_brunel
from app.authoring.importers.diesel import Series, index_values, messages_of, missing_weeks
from app.authoring.importers.tariff_400ng import card_of_400ng
from app.authoring.workshop.rate_audit import Audit, audited
from app.entrypoints.cli import main
from app.errors import FileError
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.market import IndexValue
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from tests.unit.pricing import made_facts as made

SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def here(folder: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not (SHARED / folder).exists(),
        reason=f"the real files are not here ({SHARED / folder}); see tests/README.md",
    )


def reader(folder: str) -> Callable[[str], str]:
    return lambda name: (SHARED / folder / name).read_text(encoding="utf-8")


@cache
def card_400ng() -> RateCard:
    return card_from("400NG", dict(card_of_400ng(reader("tariff-400ng"), "DTOD")).__getitem__)


def moved(service: str, day: date, miles: str = "1050", claim: str = "") -> Rated:
    facts = [
        made.shipment(
            "S1",
            weight=made.pounds("5472"),
            distance=made.distance_of(miles, "DTOD"),
            service=service,
            origin_code="8",
            destination_code="12",
        ),
        made.picked_up(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)),
    ]
    if claim:
        facts.append(made.claim("A1", claim, quantity=Decimal(2)))
    return price(made.unit("S1", *facts), (), (), card_400ng(), date(2020, 8, 1))


def amounts(rated: Rated) -> dict[str, str]:
    return {charge.code: str(charge.amount.amount) for charge in rated.charges}


@here("tariff-400ng")
@pytest.mark.parametrize("miles", ["1001", "1050", "1100.9"])
@pytest.mark.parametrize(
    ("service", "amount"), [("ConusLinehaul", "8753.00"), ("IntraAlaskaLinehaul", "6458.00")]
)
def test_400ng_linehaul_of_5472_pounds(service: str, miles: str, amount: str) -> None:
    rated = moved(service, date(2020, 7, 1), miles)
    assert rated.unpriced == ()
    assert amounts(rated)["linehaul"] == amount


@here("tariff-400ng")
def test_400ng_the_next_band_begins_at_its_bound() -> None:
    assert amounts(moved("ConusLinehaul", date(2020, 7, 1), "1101"))["linehaul"] == "9060.00"


@here("tariff-400ng")
@pytest.mark.parametrize("day", [date(2020, 5, 14), date(2021, 5, 15)])
def test_400ng_has_no_rate_outside_its_year(day: date) -> None:
    rated = moved("ConusLinehaul", day)
    assert rated.charges == ()
    assert {each.problem for each in rated.unpriced} <= {"no_card", "no_rate"}
    assert rated.unpriced


@here("tariff-400ng")
def test_400ng_short_haul_factors_and_service_charges() -> None:
    # 54.72 cwt x 500 mi = 27,360 hundredweight-miles: 16,001 to below 32,001 is 315.67.
    near = amounts(moved("ConusLinehaul", date(2020, 7, 1), "500"))
    assert near["shorthaul"] == "315.67"
    assert near["origin_linehaul_factor"] == "6.57"  # 54.72 x 0.12 = 6.5664
    assert near["destination_linehaul_factor"] == "29.55"  # 54.72 x 0.54 = 29.5488
    assert near["origin_service_charge"] == "268.68"  # 54.72 x 4.91 = 268.6752
    assert near["destination_service_charge"] == "410.95"  # 54.72 x 7.51 = 410.9472
    assert amounts(moved("ConusLinehaul", date(2020, 7, 1), "800"))["shorthaul"] == "0.00"


@here("tariff-400ng")
@pytest.mark.parametrize(
    ("item", "amount"),
    [
        ("item_4A", "250.00"),  # 2 x 125.00
        ("item_105A", "3279.92"),  # 54.72 x 59.94 = 3,279.9168, packing by schedule 1
        ("item_105C", "344.39"),  # 54.72 x 6.2937 = 344.391264, unpacking by schedule 1
    ],
)
def test_400ng_services_are_owed_when_they_are_claimed(item: str, amount: str) -> None:
    assert amounts(moved("ConusLinehaul", date(2020, 7, 1), claim=item))[item] == amount
    assert item not in amounts(moved("ConusLinehaul", date(2020, 7, 1)))


@here("tariff-400ng")
def test_400ng_is_written_as_a_draft_once(tmp_path: Path) -> None:
    words = ["tariffs", "from-400ng", str(SHARED / "tariff-400ng"), "--into"]
    first = CliRunner().invoke(main, [*words, str(tmp_path / "DOD")])
    assert first.exit_code == 0, first.output
    assert (tmp_path / "DOD" / "card.yaml").exists()
    second = CliRunner().invoke(main, [*words, str(tmp_path / "DOD")])
    assert second.exit_code == 1
    assert "is there already" in second.output


@cache
def orders() -> tuple[int, tuple[BillableUnit, ...]]:
    """How many orders there are, and those whose freight is not arranged by the customer."""
    every = tuple(orders_of_brunel(reader("brunel")))
    return len(every), tuple(order.unit() for order in every if not order.by_customer)


def audit_of(*, by_transit_days: bool, rounded: bool) -> Audit:
    read = reader("brunel")
    files = card_of_brunel(read, by_transit_days=by_transit_days, rounded=rounded)
    card, mistakes = draft_from("B", dict(files).__getitem__)
    assert card is not None
    assert mistakes
    every, units = orders()
    return audited(card, units, every - len(units), date(2013, 5, 26))


@here("brunel")
@pytest.mark.parametrize(
    ("by_transit_days", "rounded", "expected"),
    [
        (False, False, {0: 1370, 1: 34, 2: 6230, 3: 727}),
        (True, False, {0: 1370, 1: 6264, 2: 727}),
        (False, True, {0: 1364, 1: 34, 2: 6230, 3: 733}),
        (True, True, {0: 1364, 1: 6264, 2: 733}),
    ],
)
def test_brunel_orders_by_the_number_of_rates_that_hold(
    *, by_transit_days: bool, rounded: bool, expected: dict[int, int]
) -> None:
    audit = audit_of(by_transit_days=by_transit_days, rounded=rounded)
    assert audit.with_rates == expected
    assert audit.left_out == 854
    assert sum(expected.values()) + audit.left_out == 9215
    assert len(audit.of("no_rate")) == expected[0]
    several = sum(orders for rates, orders in expected.items() if rates > 1)
    assert len(audit.of("ambiguous_rate")) == several
    assert all(len(each.rows) > 1 for each in audit.of("ambiguous_rate"))


@here("brunel")
def test_brunel_six_orders_fall_into_gaps_that_rounding_closes() -> None:
    told = audit_of(by_transit_days=False, rounded=False)
    closed = audit_of(by_transit_days=False, rounded=True)
    without = {each.unit: each for each in told.of("no_rate")}
    in_gaps = without.keys() - {each.unit for each in closed.of("no_rate")}
    assert len(in_gaps) == 6
    assert all("a gap of 0.01 kg" in without[unit].why for unit in in_gaps)


@here("brunel")
def test_brunel_card_is_refused_with_its_overlaps_gaps_and_twins() -> None:
    files = card_of_brunel(reader("brunel"), by_transit_days=False, rounded=False)
    with pytest.raises(FileError) as refused:
        card_from("B", dict(files).__getitem__)
    said = [str(mistake) for mistake in refused.value.mistakes]
    at = "B/tables/freight.csv:"
    assert any(
        each.startswith(f"{at}399:") and "row 397 (line 398) both hold weight 0.01 to 0.5" in each
        for each in said
    )
    assert any(
        each.startswith(f"{at}145:") and "no row holds weight above 2.5 to below 70.51" in each
        for each in said
    )
    assert any(
        each.startswith(f"{at}90:") and "row 40 (line 41) price the same" in each for each in said
    )


@here("brunel")
def test_brunel_audit_reports_the_counts_though_the_card_is_refused() -> None:
    words = ["tariffs", "audit-brunel", str(SHARED / "brunel")]
    result = CliRunner().invoke(main, [*words, "--findings"])
    assert result.exit_code == 0, result.output
    for line in (
        "  1,370 without a rate",
        "     34 with one rate",
        "  6,230 with two rates",
        "    727 with three or more",
        "    854 arranged by the customer",
    ):
        assert line in result.output
    assert result.output.count(" freight ambiguous_rate: ") == 6230 + 727


@cache
def prices(file: str, column: str, *put_off: date) -> tuple[IndexValue, ...]:
    return index_values(reader("diesel")(file), file, Series(column=column), put_off)


LATE = "PET_PRI_GND_DCUS_NUS_W.csv", "D1"
EARLY = "eia_weekly_diesel_by_region.csv", "EMD_EPD2D_PTE_NUS_DPG"
KING_DAY = date(2021, 1, 18)


@here("diesel")
@pytest.mark.parametrize(
    ("file", "count", "first", "last"),
    [
        (LATE, 578, (date(2010, 1, 4), "2.797"), (date(2021, 1, 25), "2.716")),
        (EARLY, 1172, (date(1994, 3, 21), "1.106"), (date(2016, 8, 29), "2.409")),
    ],
)
def test_diesel_series_are_read_whole(
    file: tuple[str, str], count: int, first: tuple[date, str], last: tuple[date, str]
) -> None:
    values = prices(*file)
    assert len(values) == count
    assert (values[0].published_on, str(values[0].price)) == first
    assert (values[-1].published_on, str(values[-1].price)) == last
    assert missing_weeks(values) == ()


@here("diesel")
def test_diesel_both_files_tell_the_same_price_of_the_weeks_they_share() -> None:
    late = {value.published_on: value.price for value in prices(*LATE)}
    early = {value.published_on: value.price for value in prices(*EARLY)}
    shared = late.keys() & early.keys()
    assert len(shared) == 348
    assert [day for day in sorted(shared) if late[day] != early[day]] == []


FUEL = """\
name: Fuel by real weeks
customer: TEST
currency: USD
agreed in: a test
effective: 2020-01-01 onwards
rate date: pickup
charges:
  - charge: fuel_surcharge
    shape: fuel
    basis: per mile
    mileage: PC*MILER
    series: EIA on-highway diesel
    region: US
    published: Monday
    effective: Tuesday to Monday
    steps: fuel.csv
"""
STEPS = """\
row,at least,below,per mile,effective from,known from
1,2.600,2.650,0.30,2020-01-01,2020-01-01
2,2.650,2.700,0.31,2020-01-01,2020-01-01
3,2.700,2.750,0.32,2020-01-01,2020-01-01
"""


def fuel_on(day: date, values: tuple[IndexValue, ...]) -> Rated:
    card = card_from("F", {"card.yaml": FUEL, "fuel.csv": STEPS}.__getitem__)
    market = tuple(made.fact(value, system="pricing") for value in values)
    facts = (
        made.shipment("S1", distance=made.distance_of("100")),
        made.picked_up(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)),
    )
    return price(made.unit("S1", *facts), (), market, card, date(2021, 2, 1))


@here("diesel")
@pytest.mark.parametrize(
    ("day", "published", "amount"),
    [
        (date(2021, 1, 18), "2.67, published 2021-01-11", "31.00"),
        (date(2021, 1, 19), "2.696, published 2021-01-19", "31.00"),
        (date(2021, 1, 25), "2.696, published 2021-01-19", "31.00"),
        (date(2021, 1, 26), "2.716, published 2021-01-25", "32.00"),
    ],
)
def test_diesel_published_on_tuesday_after_a_holiday_counts_for_its_own_week(
    day: date, published: str, amount: str
) -> None:
    (charge,) = fuel_on(day, prices(*LATE, KING_DAY)).charges
    assert str(charge.amount.amount) == amount
    assert charge.inputs[0].value == published


@here("diesel")
def test_diesel_a_missing_week_is_a_finding_and_no_price() -> None:
    values = tuple(each for each in prices(*LATE) if each.published_on != KING_DAY)
    assert missing_weeks(values) == (KING_DAY,)
    rated = fuel_on(date(2021, 1, 20), values)
    assert rated.charges == ()
    assert [each.problem for each in rated.unpriced] == ["no_index"]
    assert "published for 2021-01-18" in rated.unpriced[0].why


@here("diesel")
def test_diesel_messages_are_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", f"sqlite:///{tmp_path / 'diesel.db'}")
    last = prices(*LATE)[-3:]
    (tmp_path / "diesel.json").write_text(messages_of(last), encoding="utf-8")
    result = CliRunner().invoke(main, ["ingest", str(tmp_path / "diesel.json")])
    assert result.exit_code == 0, result.output
    assert result.output.count("1 facts") == 3
