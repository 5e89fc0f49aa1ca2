"""What single shapes do at their edges; whole invoices stand in the money cases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from app.authoring.files.card_files import card_from
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier
from app.evidence.facts.freight import MilestoneStatus
from app.evidence.facts.money import Accessorial
from app.pricing.lines.charge import Rated
from app.pricing.rating.rate import price
from app.pricing.shapes import SHAPES, Shape
from app.pricing.shapes.fuel import Fuel, publication_for
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing import made_facts as made

HEAD = """\
name: Edges
customer: TEST
currency: USD
agreed in: a test
effective: 2026-01-01 onwards
rate date: pickup
lanes: origin first
charges:
"""
DATES = "effective from,known from"
SINCE = "2026-01-01,2025-12-01"
EIGHT = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
INDEX = "series: EIA on-highway diesel, region: US, published: Monday, effective: Tuesday to Monday"


def rated(
    terms: str, unit: BillableUnit, siblings: Any = (), market: Any = (), **tables: str
) -> Rated:
    """The unit by a card of these terms; a table `t` is the file `t.csv`."""
    files = {f"{name}.csv": text for name, text in tables.items()}
    card = card_from("T", {"card.yaml": HEAD + terms, **files}.__getitem__)
    result = price(unit, tuple(siblings), tuple(market), card, date(2026, 3, 8))
    as_kept(plain(result))
    return result


def shipment(*more: Any, number: str = "S1", **values: Any) -> BillableUnit:
    return made.unit(number, made.shipment(number, **values), made.picked_up(), *more)


def amount_of(result: Rated) -> str:
    assert result.unpriced == ()
    (charge,) = result.charges
    return str(charge.amount.amount)


def problem_of(result: Rated) -> str:
    assert result.charges == ()
    (missing,) = result.unpriced
    return missing.problem


def test_every_shape_is_registered_with_its_terms() -> None:
    assert set(get_args(Shape)) == set(SHAPES)


LTL = """\
  - charge: linehaul
    shape: cwt breaks
    method: cwt_deficit_on_net_1
    interval: from inclusive
    minimum applies: {minimum}
    breaks: {{L5C: 0, M5C: 500, 1M: 1000}}
    weight below: 5000
    rates: t.csv
"""


@pytest.mark.parametrize(
    ("applies", "amount"), [("before discount", "60.00"), ("after discount", "100.00")]
)
def test_the_absolute_minimum_before_discount_is_discounted_too(applies: str, amount: str) -> None:
    table = f"row,L5C,M5C,1M,discount percent,minimum,{DATES}\n1,50,40,30,40,100.00,{SINCE}\n"
    unit = shipment(weight=made.pounds("100"))
    result = rated(LTL.format(minimum=applies), unit, t=table)
    assert amount_of(result) == amount
    assert "raised to the minimum 100.00" in result.charges[0].formula


def test_on_a_tie_the_lower_weight_stands_and_the_other_is_shown() -> None:
    table = f"row,L5C,M5C,1M,{DATES}\n1,50.00,40.00,20.00,{SINCE}\n"
    unit = shipment(weight=made.pounds("500"))
    result = rated(LTL.format(minimum="after discount"), unit, t=table)
    assert result.charges[0].formula == "5.00 cwt x 40.00 = 200.00"
    (rejected,) = result.charges[0].rejected
    assert rejected.startswith("1M: 10.00 x 20.00 = 200.00; costs the same after discount")
    assert rejected.endswith("the lower weight stands")


def test_the_gross_charge_is_rounded_before_the_discount_is_taken() -> None:
    table = f"row,L5C,M5C,1M,discount percent,{DATES}\n1,33.33,90,90,50,{SINCE}\n"
    unit = shipment(weight=made.pounds("100.5"))
    # 1.005 x 33.33 = 33.49665, on the bill 33.50; half of it is 16.75.
    result = rated(LTL.format(minimum="after discount"), unit, t=table)
    assert amount_of(result) == "16.75"


def test_a_break_without_a_rate_is_no_candidate_and_has_no_price() -> None:
    table = f"row,L5C,M5C,1M,{DATES}\n1,50.00,,20.00,{SINCE}\n"
    terms = LTL.format(minimum="after discount")
    assert problem_of(rated(terms, shipment(weight=made.pounds("700")), t=table)) == "no_rate"
    assert amount_of(rated(terms, shipment(weight=made.pounds("300")), t=table)) == "150.00"
    assert amount_of(rated(terms, shipment(weight=made.pounds("4999")), t=table)) == "999.80"
    assert problem_of(rated(terms, shipment(weight=made.pounds("5000")), t=table)) == "no_rate"


FLAT = """\
  - charge: linehaul
    shape: flat
    allocated by: pallets
    rates: t.csv
"""


def of_load(number: str, pallets: str, to: str) -> BillableUnit:
    place = made.place(to)
    return shipment(number=number, load="L1", pallets=Decimal(pallets), destination=place)


def test_a_flat_charge_of_a_load_is_shared_by_pallets() -> None:
    one, other = of_load("S1", "2", "Atlanta GA"), of_load("S2", "1", "Macon GA")
    table = f"row,destination,amount,{DATES}\n1,GA,100.00,{SINCE}\n"
    shares = [amount_of(rated(FLAT, unit, (one, other), t=table)) for unit in (one, other)]
    assert shares == ["66.67", "33.33"]


def test_shipments_whose_lanes_differ_do_not_share_two_prices() -> None:
    one, other = of_load("S1", "2", "Atlanta GA"), of_load("S2", "1", "Miami FL")
    table = f"row,destination,amount,{DATES}\n1,GA,100.00,{SINCE}\n2,FL,150.00,{SINCE}\n"
    assert problem_of(rated(FLAT, one, (one, other), t=table)) == "ambiguous_rate"


def test_a_shipment_of_another_load_bears_nothing() -> None:
    one = of_load("S1", "2", "Atlanta GA")
    stranger = shipment(number="S9", load="L9", pallets=Decimal(7))
    table = f"row,amount,{DATES}\n1,100.00,{SINCE}\n"
    assert amount_of(rated(FLAT, one, (stranger,), t=table)) == "100.00"


def test_zero_pallets_are_no_basis_to_share_by() -> None:
    one, other = of_load("S1", "2", "Atlanta GA"), of_load("S2", "0", "Macon GA")
    table = f"row,amount,{DATES}\n1,100.00,{SINCE}\n"
    assert problem_of(rated(FLAT, one, (one, other), t=table)) == "no_allocation_basis"


def test_a_load_is_not_priced_until_all_of_it_was_picked_up() -> None:
    one = of_load("S1", "2", "Atlanta GA")
    waiting = made.unit("S2", made.shipment("S2", load="L1", pallets=Decimal(1)))
    table = f"row,amount,{DATES}\n1,100.00,{SINCE}\n"
    assert problem_of(rated(FLAT, one, (one, waiting), t=table)) == "no_date"


def test_a_zero_is_charged_only_where_a_row_says_zero() -> None:
    terms = FLAT.replace("    allocated by: pallets\n", "")
    table = f"row,amount,{DATES}\n1,0.00,{SINCE}\n"
    assert amount_of(rated(terms, shipment(), t=table)) == "0.00"


def extra(unit: str = "each", more: str = "") -> str:
    return f"  - {{charge: help, shape: accessorial, unit: {unit}, rates: t.csv{more}}}\n"


@pytest.mark.parametrize(
    ("unit", "claimed", "amount"),
    [
        ("hour", {"quantity": Decimal(90), "unit": "minute"}, "60.00"),
        ("day", {"quantity": Decimal(36), "unit": "hour"}, "60.00"),
        ("minute", {"quantity": Decimal("0.5"), "unit": "hour"}, "90.00"),
        ("each", {}, "50.00"),
        ("each", {"quantity": Decimal(2)}, "80.00"),
    ],
)
def test_services_are_counted_in_the_cards_unit_between_minimum_and_maximum(
    unit: str, claimed: dict[str, Any], amount: str
) -> None:
    table = f"row,rate,minimum,maximum,{DATES}\n1,40.00,50.00,90.00,{SINCE}\n"
    result = rated(extra(unit), shipment(made.claim("A1", "help", **claimed)), t=table)
    assert amount_of(result) == amount
    assert result.charges[0].subject == "A1"


@pytest.mark.parametrize(
    ("unit", "claimed"),
    [("hour", {}), ("each", {"quantity": Decimal(90), "unit": "minute"})],
)
def test_a_service_claimed_in_what_the_card_does_not_price_has_no_price(
    unit: str, claimed: dict[str, Any]
) -> None:
    table = f"row,rate,{DATES}\n1,40.00,{SINCE}\n"
    result = rated(extra(unit), shipment(made.claim("A1", "help", **claimed)), t=table)
    assert problem_of(result) == "no_quantity"


def test_a_service_that_was_only_requested_is_not_owed() -> None:
    wish = made.fact(Accessorial(accessorial="A1", charge="help"), classifier=Classifier.REQUESTED)
    table = f"row,rate,{DATES}\n1,40.00,{SINCE}\n"
    result = rated(extra(), shipment(wish), t=table)
    assert (result.charges, result.unpriced) == ((), ())


def fuel(basis: str, more: str = "") -> str:
    return (
        "  - {charge: fuel_surcharge, shape: fuel, mileage: PC*MILER, "
        f"{INDEX}, basis: {basis}{more}}}\n"
    )


STEPS = f"row,at least,below,per mile,{DATES}\n1,2.901,2.951,0.37,{SINCE}\n"


@pytest.mark.parametrize(("weeks", "problem"), [(0, "no_index"), (1, "no_index"), (2, "")])
def test_the_last_index_is_carried_forward_only_as_far_as_the_card_says(
    weeks: int, problem: str
) -> None:
    terms = fuel("per mile", f", steps: t.csv, carry forward weeks: {weeks}")
    unit = shipment(distance=made.distance_of("100"))
    result = rated(terms, unit, market=[made.diesel(date(2026, 2, 16), "2.913")], t=STEPS)
    if problem:
        assert problem_of(result) == problem
    else:
        assert amount_of(result) == "37.00"
        assert "carried forward" in result.charges[0].inputs[0].value


def test_below_the_peg_a_formula_is_zero_only_where_the_card_says_so() -> None:
    unit = shipment(distance=made.distance_of("100"))
    market = [made.diesel(date(2026, 3, 2), "1.000")]
    terms = ", peg: 1.25, miles per gallon: 6.5"
    assert problem_of(rated(fuel("formula", terms), unit, market=market)) == "no_rate"
    zero = fuel("formula", f"{terms}, zero below peg: yes")
    assert amount_of(rated(zero, unit, market=market)) == "0.00"


@pytest.mark.parametrize(
    ("effective", "day", "published"),
    [
        ("Tuesday to Monday", "2026-03-02", "2026-02-23"),
        ("Tuesday to Monday", "2026-03-03", "2026-03-02"),
        ("Wednesday to Tuesday", "2026-03-03", "2026-02-23"),
        ("Wednesday to Tuesday", "2026-03-04", "2026-03-02"),
        ("Monday to Sunday", "2026-03-02", "2026-03-02"),
        ("Sunday to Saturday", "2026-03-07", "2026-02-23"),
        ("Sunday to Saturday", "2026-03-08", "2026-03-02"),
    ],
)
def test_a_publication_counts_for_the_days_that_the_contract_names(
    effective: Any, day: str, published: str
) -> None:
    terms = Fuel(
        charge="fuel_surcharge",
        series="x",
        region="US",
        published="Monday",
        effective=effective,
        basis="per mile",
    )
    assert publication_for(terms, date.fromisoformat(day)) == date.fromisoformat(published)


DETENTION = """\
  - charge: detention
    shape: detention
    clock starts: {start}
    free minutes: 120
    increment minutes: 60
    counted: exactly
    excluded when carrier late: {late}
    dropped above hours: 18
    rates: t.csv
"""
HOURLY = f"row,rate,{DATES}\n1,60.00,{SINCE}\n"


def at_stop(start: str, hours_in: int, hours: int, late: str = "yes", *more: Any) -> Rated:
    """Appointment at 8, arrival so many hours after it, departure so many after it."""
    stop = made.stop(
        "2",
        appointment_early=EIGHT,
        arrived_at=EIGHT + timedelta(hours=hours_in),
        departed_at=EIGHT + timedelta(hours=hours),
    )
    terms = DETENTION.format(start=start, late=late)
    return rated(terms, shipment(stop, *more), t=HOURLY)


@pytest.mark.parametrize(
    ("start", "hours_in", "amount"),
    [
        ("arrival", -1, "240.00"),
        ("appointment", -1, "180.00"),
        ("later of both", -1, "180.00"),
        ("later of both", 1, "120.00"),
        ("'appointment, else arrival'", 1, "180.00"),
    ],
)
def test_the_clock_starts_where_the_contract_says(start: str, hours_in: int, amount: str) -> None:
    assert amount_of(at_stop(start, hours_in, 5, "no")) == amount


def test_a_dropped_trailer_is_not_live_detention() -> None:
    assert at_stop("arrival", 0, 18).charges
    assert problem_of(at_stop("arrival", 0, 19)) == "no_rate"


def test_a_trailer_that_was_dropped_late_is_still_owed_without_power() -> None:
    stop = made.stop(
        "2",
        appointment_early=EIGHT,
        arrived_at=EIGHT + timedelta(hours=1),
        departed_at=EIGHT + timedelta(hours=31),
    )
    power = "{free minutes: 1440, increment minutes: 1440, rate: 132.20}"
    terms = DETENTION.format(start="arrival", late="yes") + f"    without power: {power}\n"
    result = rated(terms, shipment(stop), t=HOURLY)
    assert amount_of(result) == "132.20"
    assert result.excluded == ()


def test_without_an_appointment_the_clock_starts_with_arrival() -> None:
    stop = made.stop("2", arrived_at=EIGHT, departed_at=EIGHT + timedelta(hours=5))
    for start in ("later of both", "'appointment, else arrival'"):
        result = rated(DETENTION.format(start=start, late="yes"), shipment(stop), t=HOURLY)
        assert amount_of(result) == "180.00"


def test_a_claim_names_the_line_and_its_quantity_does_not_replace_the_clock() -> None:
    said = made.claim("D7", "detention", stop="2", quantity=Decimal(9), unit="hour")
    result = at_stop("arrival", 0, 5, "yes", said)
    assert amount_of(result) == "180.00"
    assert result.charges[0].subject == "D7"


def test_detention_claimed_at_a_stop_that_nobody_reports_has_no_times() -> None:
    said = made.claim("D7", "detention", stop="9")
    terms = DETENTION.format(start="arrival", late="yes")
    assert problem_of(rated(terms, shipment(said), t=HOURLY)) == "no_times"


def test_times_across_a_change_of_daylight_saving_time_are_exact() -> None:
    winter, summer = timedelta(hours=-6), timedelta(hours=-5)
    arrived = datetime(2026, 3, 8, 0, 0, tzinfo=made.zone(winter))
    departed = datetime(2026, 3, 8, 6, 0, tzinfo=made.zone(summer))
    stop = made.stop("2", arrived_at=arrived, departed_at=departed)
    result = rated(DETENTION.format(start="arrival", late="yes"), shipment(stop), t=HOURLY)
    assert amount_of(result) == "180.00"  # midnight to 6 is five hours that day


def test_a_stop_shared_without_a_rule_to_share_is_not_billed_twice() -> None:
    stop = made.stop(
        "2",
        load="L1",
        shipments=("S1", "S2"),
        arrived_at=EIGHT,
        departed_at=EIGHT + timedelta(hours=5),
    )
    one, other = (
        shipment(stop, number=number, load="L1", weight=made.pounds("100"))
        for number in ("S1", "S2")
    )
    result = rated(DETENTION.format(start="arrival", late="yes"), one, (one, other), t=HOURLY)
    assert problem_of(result) == "no_allocation_basis"


def test_what_only_one_stop_record_or_milestone_tells_is_enough() -> None:
    stop = made.stop("2", arrived_at=EIGHT)
    left = made.milestone(
        MilestoneStatus.DEPARTED_DELIVERY, EIGHT + timedelta(hours=5), stop="2", shipment="S1"
    )
    result = rated(DETENTION.format(start="arrival", late="yes"), shipment(stop, left), t=HOURLY)
    assert amount_of(result) == "180.00"


def test_detention_that_nobody_claims_and_nobody_timed_is_not_charged() -> None:
    terms = DETENTION.format(start="arrival", late="yes")
    result = rated(terms, shipment(made.stop("2", arrived_at=EIGHT)), t=HOURLY)
    assert (result.charges, result.unpriced) == ((), ())


def test_minimum_raises_only_what_it_names() -> None:
    terms = (
        "  - {charge: linehaul, shape: per mile, mileage: PC*MILER, rates: t.csv}\n"
        + extra(more=", credit: no").replace("t.csv", "u.csv")
        + "  - {charge: minimum_charge, shape: minimum, of: linehaul, rates: v.csv}\n"
    )
    unit = shipment(made.claim("A1", "help"), distance=made.distance_of("100"))
    result = rated(
        terms,
        unit,
        t=f"row,rate,{DATES}\n1,2.00,{SINCE}\n",
        u=f"row,rate,{DATES}\n1,500.00,{SINCE}\n",
        v=f"row,amount,{DATES}\n1,250.00,{SINCE}\n",
    )
    assert [(each.code, str(each.amount.amount)) for each in result.charges] == [
        ("linehaul", "200.00"),
        ("help", "500.00"),
        ("minimum_charge", "50.00"),
    ]
    assert result.charges[2].formula == "minimum 250.00 less 200.00 charged = 50.00"


def order(*facts: Any) -> BillableUnit:
    return made.unit("O1", made.picked_up(), *facts, kind="order")


WORK = "  - {charge: work, shape: work order, rates: t.csv}\n"
TASKS = (
    f"row,task,unit,rate,minimum,{DATES}\n"
    f"1,labelling,each,0.20,10.00,{SINCE}\n"
    f"2,shrink wrap,pallet,4.00,,{SINCE}\n"
)


@pytest.mark.parametrize(("pieces", "amount"), [("49", "10.00"), ("50", "10.00"), ("51", "10.20")])
def test_work_is_raised_to_its_minimum_and_not_at_it(pieces: str, amount: str) -> None:
    one, other = made.work("V1", "labelling", "40"), made.work("V2", "Labelling", "9")
    more = [made.work("V3", "labelling", str(int(pieces) - 49))] if pieces != "49" else []
    result = rated(WORK, order(made.ship_confirm("W1", []), one, other, *more), t=TASKS)
    assert amount_of(result) == amount
    assert ("raised to the minimum" in result.charges[0].formula) == (pieces == "49")


def test_work_of_each_task_is_a_line_and_what_nobody_prices_or_agrees_on_is_told() -> None:
    told = made.work("V3", "shrink wrap", "3", "pallet")
    again = made.fact(told.said, system="erp")
    disputed = made.fact(made.work("V4", "labelling", "7").said, system="erp")
    result = rated(
        WORK,
        order(
            made.ship_confirm("W1", []),
            told,
            again,
            made.work("V4", "labelling", "8"),
            disputed,
            made.work("V5", "shrink wrap", "3"),
            made.work("V6", "labelling", "0"),
            made.work("V7", "labelling", "5", status="open"),
        ),
        t=TASKS,
    )
    assert [(each.code, str(each.amount.amount)) for each in result.charges] == [
        ("work_shrink_wrap", "12.00")
    ]
    assert [(each.charge, each.problem, each.why) for each in result.unpriced] == [
        ("work", "no_quantity", "V4 is reported with different tasks or quantities"),
        ("work_shrink_wrap", "no_rate", "no row of work for shrink wrap per each on 2026-03-04"),
    ]


def per_unit(counts: str, more: str = "") -> str:
    return f"  - {{charge: handling, shape: per unit, counts: {counts}, rates: t.csv{more}}}\n"


PIECES = f"row,rate,minimum,{DATES}\n1,0.50,5.00,{SINCE}\n"


@pytest.mark.parametrize(
    ("pieces", "amount"), [("9", "5.00"), ("10", "5.00"), ("11", "5.50"), ("11.5", "5.75")]
)
def test_pieces_are_raised_to_the_minimum_and_not_at_it(pieces: str, amount: str) -> None:
    told = made.ship_confirm("W1", [("X", pieces, "each"), ("Y", "4", "case"), ("Z", "0", "box")])
    terms = per_unit("unit", ", units: each, not counted: case")
    result = rated(terms, order(told), t=PIECES)
    assert amount_of(result) == amount
    assert ("raised to the minimum" in result.charges[0].formula) == (pieces == "9")


def test_what_is_included_costs_nothing_and_is_stated_where_more_was_shipped() -> None:
    terms = per_unit("unit", ", units: [each, box], included: 10")
    all_of_it = order(made.ship_confirm("W1", [("X", "7", "each"), ("Y", "3", "box")]))
    result = rated(terms, all_of_it, t=PIECES)
    assert (result.charges, result.unpriced) == ((), ())
    more = order(made.ship_confirm("W1", [("X", "27", "each"), ("Y", "3", "box")]))
    result = rated(terms, more, t=PIECES)
    assert result.charges[0].formula == "30 less 10 included: 20 x 0.50 = 10.00"


def test_pieces_in_units_of_measure_that_the_card_does_not_know_have_no_price() -> None:
    told = made.ship_confirm("W1", [("X", "20", "each"), ("Y", "2", ""), ("Z", "3", "bundle")])
    result = rated(per_unit("unit", ", units: each"), order(told), t=PIECES)
    assert [str(each.amount.amount) for each in result.charges] == ["10.00"]
    assert [(each.subject, each.problem, each.why) for each in result.unpriced] == [
        ("line 2", "no_rate", "line 2 Y counts nothing, which the card does not price"),
        ("line 3", "no_rate", "line 3 Z counts bundle, which the card does not price"),
    ]


@pytest.mark.parametrize("counts", ["carton", "pallet", "order line"])
def test_a_count_that_nobody_tells_is_no_price(counts: str) -> None:
    told = made.ship_confirm("W1", [], pallets=None)
    assert problem_of(rated(per_unit(counts), order(told), t=PIECES)) == "no_quantity"


def test_stops_of_the_load_that_are_only_planned_are_not_billed_yet() -> None:
    def stop(number: str, **values: Any) -> Any:
        return made.stop(number, load="L1", shipments=("S1",), **values)

    made_stop = stop("1", arrived_at=EIGHT, departed_at=EIGHT + timedelta(hours=1))
    planned = made.fact(stop("2").said, classifier=Classifier.PLANNED)
    terms = per_unit("stop", ", included: 1")
    result = rated(terms, shipment(made_stop, planned, load="L1"), t=PIECES)
    assert problem_of(result) == "not_complete"
    assert result.unpriced[0].why == "stop 2 is planned and not made yet"
    assert [each.value for each in result.unpriced[0].inputs] == ["made", "planned"]


def test_an_index_that_two_reports_tell_differently_is_no_price() -> None:
    monday = date(2026, 3, 2)
    market = [made.diesel(monday, "2.913"), made.diesel(monday, "2.914")]
    unit = shipment(distance=made.distance_of("100"))
    result = rated(fuel("per mile", ", steps: t.csv"), unit, market=market, t=STEPS)
    assert [(each.problem, each.why) for each in result.unpriced] == [
        (
            "ambiguous_rate",
            "EIA on-highway diesel US of 2026-03-02 is reported as 2.913 and 2.914",
        )
    ]
