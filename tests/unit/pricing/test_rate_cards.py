"""The three customers' own cards, priced as their invoices will read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.authoring.files.card_files import load_card
from app.authoring.files.contract_files import load_contract
from app.digest import canonical
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Fault, MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.pricing.contract.contract import Trigger
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating import rate
from app.pricing.rating.card import RateCard
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing import made_facts as made

RATECARDS = Path(__file__).parents[3] / "ratecards"
CUSTOMERS = ("NORTHWIND", "KESTREL", "HALCYON")
KNOWN_ON = date(2026, 3, 8)
MARKET = (made.diesel(date(2026, 2, 23), "2.913"), made.diesel(date(2026, 3, 2), "2.964"))


def price(*asked: Any) -> Rated:
    """Each unit that is priced here is kept whole."""
    rated = rate.price(*asked)
    as_kept(plain(rated))
    return rated


def amounts(rated: Rated) -> dict[str, str]:
    assert tie_out_faults(rated) == ()
    return {charge.code: str(charge.amount.amount) for charge in rated.charges}


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_a_card_survives_being_stored_as_canonical_json(customer: str) -> None:
    card = load_card(RATECARDS / customer)
    stored = canonical(card)
    again = msgspec.json.decode(stored, type=RateCard)
    assert again == card
    assert canonical(again) == stored


def test_contracts_say_what_was_agreed() -> None:
    northwind, kestrel, halcyon = (load_contract(RATECARDS / name) for name in CUSTOMERS)
    assert northwind.trigger is Trigger.PROOF_OF_DELIVERY
    assert northwind.required_documents == ("POD",)
    assert str(northwind.approval_needed_above) == "75.00 USD"
    assert northwind.customer_po_required
    assert kestrel.approval_needed_above is None
    assert kestrel.split_held_lines
    assert halcyon.billable_unit == "order"
    assert not halcyon.split_held_lines


def northwind_unit(*more: Fact, weight: str = "1800") -> BillableUnit:
    return made.unit(
        "S1",
        made.shipment(
            "S1",
            customer="NORTHWIND",
            weight=made.pounds(weight),
            origin=made.place("West Allis WI 53214"),
            destination=made.place("Atlanta GA 30301"),
        ),
        made.picked_up(),
        *more,
    )


def test_northwind_linehaul_fuel_and_extra_services() -> None:
    unit = northwind_unit(
        made.claim("A1", "liftgate"),
        made.claim("A2", "residential_delivery", quantity=Decimal(1), unit="each"),
    )
    rated = price(unit, (), MARKET, load_card(RATECARDS / "NORTHWIND"), KNOWN_ON)
    # 987.80 less 70% = 296.34; the index of 2 March, 2.964, is on the step of 20.5%: 60.7497.
    assert amounts(rated) == {
        "linehaul": "296.34",
        "fuel_surcharge": "60.75",
        "liftgate": "85.00",
        "residential_delivery": "95.00",
    }
    assert [charge.subject for charge in rated.charges] == ["", "", "A1", "A2"]
    assert rated.unpriced == ()
    assert str(rated.total) == "537.09 USD"
    assert rated.charges[1].inputs[0].value == "2.964, published 2026-03-02"
    assert rated.charges[1].description == "Fuel surcharge"


def test_a_line_can_be_recomputed_from_what_stands_in_it() -> None:
    unit = northwind_unit()
    linehaul = price(unit, (), MARKET, load_card(RATECARDS / "NORTHWIND"), KNOWN_ON).charges[0]
    weight = next(each for each in linehaul.inputs if each.name == "weight")
    assert (weight.value, weight.fact_ids) == ("1,800 lb", unit.told_by("weight"))
    assert linehaul.rows[0].table == "tables/linehaul.csv"
    assert (linehaul.card, linehaul.method) == ("Northwind LTL 2026", "cwt_deficit_on_net_1")
    assert linehaul.clause == "Schedule B, item 100"
    assert (linehaul.unrounded, linehaul.rounding) == ("296.34", "half_up_1")
    assert linehaul.quantity * linehaul.rate == Decimal("987.80")
    assert any("1M: 18.00 x 58.21" in other for other in linehaul.rejected)


def test_a_light_northwind_shipment_is_raised_to_the_absolute_minimum() -> None:
    rated = price(
        northwind_unit(weight="120"), (), MARKET, load_card(RATECARDS / "NORTHWIND"), KNOWN_ON
    )
    assert amounts(rated)["linehaul"] == "95.00"


def test_a_lane_without_a_row_has_no_price_and_names_lane_and_day() -> None:
    unit = made.unit(
        "S1",
        made.shipment(
            "S1",
            weight=made.pounds("900"),
            origin=made.place("Boise ID 83702"),
            destination=made.place("Atlanta GA 30301"),
        ),
        made.picked_up(),
    )
    rated = price(unit, (), MARKET, load_card(RATECARDS / "NORTHWIND"), KNOWN_ON)
    assert [each.problem for each in rated.unpriced] == ["no_rate", "no_rate"]
    assert "Boise ID 83702 to Atlanta GA 30301 on 2026-03-04" in rated.unpriced[0].why


def test_a_unit_without_a_card_has_no_price_and_no_currency() -> None:
    rated = price(northwind_unit(), (), MARKET, None, KNOWN_ON)
    assert rated.currency == ""
    assert rated.total is None
    assert [(each.charge, each.problem) for each in rated.unpriced] == [("all", "no_card")]
    assert rated.unpriced[0].why == "no rate card for customer NORTHWIND"
    nobody = price(made.unit("S1", made.shipment("S1")), (), MARKET, None, KNOWN_ON)
    assert nobody.unpriced[0].why == "no rate card for a unit whose customer nobody names"


def test_before_the_pickup_there_is_no_day_and_no_price() -> None:
    unit = made.unit("S1", made.shipment("S1", weight=made.pounds("900")))
    rated = price(unit, (), MARKET, load_card(RATECARDS / "NORTHWIND"), KNOWN_ON)
    assert [each.problem for each in rated.unpriced] == ["no_date"]


def test_a_price_is_not_given_before_the_card_was_known() -> None:
    card = load_card(RATECARDS / "NORTHWIND")
    rated = price(northwind_unit(), (), MARKET, card, date(2025, 11, 16))
    assert {each.problem for each in rated.unpriced} == {"no_rate"}


def test_sources_that_disagree_on_a_quantity_leave_the_service_without_a_price() -> None:
    one = made.claim("A1", "sort_and_segregate", quantity=Decimal(2), unit="hour")
    said = Accessorial(
        accessorial="A1", charge="sort_and_segregate", quantity=Decimal(3), unit="hour"
    )
    other = made.fact(said, system="tms")
    rated = price(
        kestrel_load(one, other)[0], (), MARKET, load_card(RATECARDS / "KESTREL"), KNOWN_ON
    )
    assert ("sort_and_segregate", "no_quantity") in [
        (each.charge, each.problem) for each in rated.unpriced
    ]


def test_one_service_reported_by_two_systems_is_billed_once() -> None:
    said = made.claim("A1", "lumper")
    again = made.fact(said.said, system="tms")
    rated = price(
        kestrel_load(said, again)[0], (), MARKET, load_card(RATECARDS / "KESTREL"), KNOWN_ON
    )
    assert [each.code for each in rated.charges].count("lumper") == 1


def kestrel_load(*more: Fact) -> tuple[BillableUnit, BillableUnit]:
    """Two shipments on one trip of 786 miles with three stops; `more` is about the first."""
    trip = made.load("L1", ("K1", "K2"), "786")
    delivered = made.milestone(MilestoneStatus.DELIVERED)
    stops = [
        made.stop(number, load="L1", shipments=("K1", "K2"), arrived_at=made.PICKED_UP)
        for number in ("1", "2", "3")
    ]
    return (
        made.unit(
            "K1",
            made.shipment("K1", customer="KESTREL", load="L1", weight=made.pounds("24000")),
            made.picked_up(),
            delivered,
            trip,
            *stops,
            *more,
        ),
        made.unit(
            "K2",
            made.shipment("K2", customer="KESTREL", load="L1", weight=made.pounds("12000")),
            made.picked_up(),
            delivered,
            trip,
            *stops,
        ),
    )


def test_kestrel_shares_linehaul_fuel_and_stop_offs_of_the_load() -> None:
    card = load_card(RATECARDS / "KESTREL")
    first, second = kestrel_load()
    one, other = (price(unit, (first, second), MARKET, card, KNOWN_ON) for unit in (first, second))
    # 786 x 2.10 = 1650.60; 786 x 0.38 = 298.68; one stop beyond two 50.00; two thirds and one.
    assert amounts(one) == {"linehaul": "1100.40", "fuel_surcharge": "199.12", "stop_off": "33.33"}
    assert amounts(other) == {"linehaul": "550.20", "fuel_surcharge": "99.56", "stop_off": "16.67"}
    assert "for the load; of it 24,000 of 36,000 lb" in one.charges[0].formula


def test_stop_offs_wait_until_the_whole_load_is_delivered() -> None:
    card = load_card(RATECARDS / "KESTREL")
    first, second = kestrel_load()
    moving = made.unit(
        "K2",
        *(fact for fact in second.facts.values() if fact.entity != "milestone"),
        made.picked_up(),
    )
    rated = price(first, (first, moving), MARKET, card, KNOWN_ON)
    assert "stop_off" not in amounts(rated)
    assert [(each.charge, each.problem) for each in rated.unpriced] == [
        ("stop_off", "not_complete")
    ]


def test_a_shipment_called_off_bears_nothing_of_the_load() -> None:
    card = load_card(RATECARDS / "KESTREL")
    first, second = kestrel_load()
    gone = made.milestone(MilestoneStatus.CANCELLED)
    stayed = (fact for fact in second.facts.values() if fact.entity != "milestone")
    second = made.unit("K2", *stayed, gone)
    first = made.unit(
        "K1",
        *(fact for fact in first.facts.values() if fact.entity != "load"),
        made.load("L1", ("K1",), "786"),
    )
    rated = price(first, (second,), MARKET, card, KNOWN_ON)
    assert amounts(rated)["linehaul"] == "1650.60"


@pytest.mark.parametrize(
    ("fault", "problem"), [(Fault.CARRIER, "CARRIER_FAULT"), (Fault.UNMAPPED, "fault_unknown")]
)
def test_detention_is_not_billed_where_the_delay_was_or_may_be_the_carriers(
    fault: Fault, problem: str
) -> None:
    at = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
    unit = made.unit(
        "K1",
        made.shipment("K1", customer="KESTREL", distance=made.distance_of("300")),
        made.picked_up(),
        made.stop("2", appointment_early=at, arrived_at=at, departed_at=at.replace(hour=14)),
        made.milestone(MilestoneStatus.DELAYED, at, stop="2", fault=fault),
    )
    rated = price(unit, (), MARKET, load_card(RATECARDS / "KESTREL"), KNOWN_ON)
    assert "detention" not in amounts(rated)
    said = [each.why for each in rated.excluded] + [each.problem for each in rated.unpriced]
    assert any(problem in text for text in said)


def test_halcyon_bills_what_was_shipped_and_not_what_was_ordered() -> None:
    unit = made.unit(
        "O1",
        made.ship_confirm(
            "W1",
            [("SKU1", "12", "each"), ("SKU2", "4", "case"), ("SKU3", "0", "each")],
            cartons="3",
            pallets="1",
        ),
        made.work("V1", "labelling", "12"),
        made.work("V2", "labelling", "8"),
        made.work("V3", "kitting", "5", status="open"),
        kind="order",
    )
    rated = price(unit, (), (), load_card(RATECARDS / "HALCYON"), KNOWN_ON)
    # 2 x 1.85; (12 + 4) x 0.32; 3 x 0.95; 1 x 6.50; (12 + 8) x 0.18: 21.77, above the minimum.
    assert amounts(rated) == {
        "handling_out": "3.70",
        "picking": "5.12",
        "carton_packing": "2.85",
        "pallet_out": "6.50",
        "value_added_work_labelling": "3.60",
    }
    assert rated.unpriced == ()
    assert all(charge.subject == "" for charge in rated.charges)


def test_a_small_halcyon_order_is_raised_to_the_minimum_by_a_line_of_its_own() -> None:
    unit = made.unit(
        "O1",
        made.ship_confirm("W1", [("SKU1", "2", "each")], cartons="1"),
        kind="order",
    )
    rated = price(unit, (), (), load_card(RATECARDS / "HALCYON"), KNOWN_ON)
    assert amounts(rated)["minimum_charge"] == "9.06"  # 12.50 - (1.85 + 0.64 + 0.95)
    assert str(rated.total) == "12.50 USD"


def test_unknown_tasks_measures_and_counts_have_no_price() -> None:
    unit = made.unit(
        "O1",
        made.ship_confirm("W1", [("SKU1", "2", "bundle")], pallets="0"),
        made.work("V1", "engraving", "3"),
        kind="order",
    )
    rated = price(unit, (), (), load_card(RATECARDS / "HALCYON"), KNOWN_ON)
    assert [(each.charge, each.problem) for each in rated.unpriced] == [
        ("picking", "no_rate"),
        ("carton_packing", "no_quantity"),
        ("value_added_work_engraving", "no_rate"),
        ("minimum_charge", "no_rate"),
    ]


def test_a_later_revision_of_the_index_counts_and_two_equal_ones_that_differ_do_not() -> None:
    card = load_card(RATECARDS / "NORTHWIND")
    monday = date(2026, 3, 2)
    corrected = (*MARKET, made.diesel(monday, "2.913", revision=1))
    rated = price(northwind_unit(), (), corrected, card, KNOWN_ON)
    assert amounts(rated)["fuel_surcharge"] == "59.27"
    disputed = (*MARKET, made.diesel(monday, "2.913"))
    rated = price(northwind_unit(), (), disputed, card, KNOWN_ON)
    assert [each.problem for each in rated.unpriced] == ["ambiguous_rate"]


def test_an_index_published_late_for_a_holiday_keeps_its_week() -> None:
    card = load_card(RATECARDS / "NORTHWIND")
    rated = price(northwind_unit(), (), (made.diesel(date(2026, 3, 3), "2.913"),), card, KNOWN_ON)
    assert amounts(rated)["fuel_surcharge"] == "59.27"
