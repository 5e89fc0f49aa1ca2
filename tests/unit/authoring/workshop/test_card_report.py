"""What is reported about a card without flaws, and that the flaws of breaks have a place."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.files.card_files import card_from, load_card
from app.authoring.workshop.card_report import CardReport, report_of
from app.errors import FileError

RATECARDS = Path(__file__).parents[4] / "ratecards"

CARD = """\
name: Test card
customer: TEST
currency: USD
agreed in: a test
effective: 2026-01-01 until 2026-12-31
rate date: pickup
lanes: origin first
charges:
  - charge: linehaul
    shape: cwt breaks
    method: {method}
    interval: from inclusive
    minimum applies: after discount
    breaks: {{M1M: 1000, M2M: 2000, L1M: 0}}
    weight below: {below}
    rates: rates.csv
  - charge: fuel_surcharge
    shape: fuel
    basis: percent
    of: linehaul
    series: EIA on-highway diesel
    region: US
    published: Monday
    effective: Tuesday to Monday
    steps: fuel.csv
"""
HEAD = "row,origin,destination,L1M,M1M,M2M,effective from,effective before,known from\n"
FUEL = """\
row,at least,below,percent,effective from,known from
1,2.901,2.951,20.0,2026-01-01,2025-12-01
2,2.951,3.001,20.5,2026-01-01,2025-12-01
"""
NET, GROSS, NONE = "cwt_deficit_on_net_1", "cwt_deficit_on_gross_1", "cwt_no_deficit_1"


def reported(
    rates: str, method: str = NET, below: str = "20000", head: str = HEAD, most: int = 1000
) -> CardReport:
    files = {
        "card.yaml": CARD.format(method=method, below=below),
        "rates.csv": head + rates,
        "fuel.csv": FUEL,
    }
    return report_of(card_from("T", files.__getitem__), most)


def points(report: CardReport) -> list[str]:
    return [str(point) for point in report.break_points]


def notes(report: CardReport) -> list[str]:
    return [str(note) for note in report.notes]


def test_from_1697_pounds_on_the_public_rates_bill_2000() -> None:
    # 16.96 x 58.21 = 987.24 and 16.97 x 58.21 = 987.82; 20.00 x 49.39 = 987.80.
    report = reported("1,,,90.00,58.21,49.39,2026-01-01,,2025-12-01\n")
    assert points(report) == [
        # 10.00 x 58.21 = 582.10; 6.46 x 90.00 = 581.40 and 6.47 x 90.00 = 582.30.
        "linehaul, row 1 of rates.csv, L1M: from 647 lb billed as 1,000 lb (M1M)",
        "linehaul, row 1 of rates.csv, M1M: from 1,697 lb billed as 2,000 lb (M2M)",
    ]


def test_northwinds_own_card_has_the_public_break_point() -> None:
    assert (
        "linehaul, row 1 of tables/linehaul.csv, 1M: from 1,697 lb billed as 2,000 lb (2M)"
    ) in points(report_of(load_card(RATECARDS / "NORTHWIND")))


def test_the_method_and_the_discount_of_each_break_decide() -> None:
    head = HEAD.replace(
        "effective from", "discount percent M1M,discount percent M2M,effective from"
    )
    # Oracle's example by the hundredweight: 50% below the break, 45% from it on.
    row = "1,,,9,8.50,8.00,50,45,2026-01-01,,2025-12-01\n"
    # 20.00 x 8.00 = 160.00: before discount from 1,883 lb (160.06), while 1,882 cost 159.97.
    on_gross = points(reported(row, GROSS, head=head))
    assert on_gross[-1].endswith("M1M: from 1,883 lb billed as 2,000 lb (M2M)")
    # After discount 88.00, and 1,999 lb cost 169.92 less 50% = 84.96: never.
    assert not any("M1M:" in point for point in points(reported(row, NET, head=head)))


def test_a_large_tariff_is_worked_out_as_far_as_asked_and_says_so() -> None:
    same = "90.00,58.21,49.39,2026-01-01,,2025-12-01\n"
    rates = f"1,IL,GA,{same}2,IL,FL,{same}3,IL,TX,91.00,58.21,49.39,2026-01-01,,2025-12-01\n"
    report = reported(rates, most=1)
    assert {point.row for point in report.break_points} == {
        "row 1 of rates.csv",
        "row 2 of rates.csv",
    }
    told = "linehaul: break points are worked out for the first 1 of 2 prices only"
    assert told in notes(report)
    assert not any("worked out" in note for note in notes(reported(rates, most=2)))


def test_without_deficit_there_are_no_break_points() -> None:
    assert points(reported("1,,,90,58.21,49.39,2026-01-01,,2025-12-01\n", NONE)) == []


def test_a_higher_break_beyond_the_next_may_be_the_cheapest() -> None:
    report = reported("1,,,90.00,95.00,30.00,2026-01-01,,2025-12-01\n")
    # 20.00 x 30.00 = 600.00 = 6.6667 x 90.00; as 1,000 lb 950.00.
    assert points(report)[0].endswith("L1M: from 667 lb billed as 2,000 lb (M2M)")
    assert points(report)[1].endswith("M1M: from 1,000 lb billed as 2,000 lb (M2M)")
    assert "linehaul, row 1 of rates.csv: M1M at 95.00 is dearer than L1M at 90.00" in notes(report)


CENTS = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=60, deadline=None)
@given(CENTS, CENTS, CENTS, st.integers(0, 90))
def test_the_break_point_is_the_first_pound_that_a_plain_reading_bills_as_more(
    light: Decimal, middle: Decimal, heavy: Decimal, discount: int
) -> None:
    def net(pounds: int, by: Decimal) -> Decimal:
        gross = (Decimal(pounds) * by / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return gross * (100 - discount)

    head = HEAD.replace("effective from", "discount percent,effective from")
    report = reported(
        f"1,,,{light},{middle},{heavy},{discount},2026-01-01,,2025-12-01\n", head=head
    )
    found = {point.break_name: point.begins for point in report.break_points}
    higher = [(1000, middle), (2000, heavy)]
    for name, pounds, by, above in (
        ("L1M", range(1, 1000), light, higher),
        ("M1M", range(1000, 2000), middle, higher[1:]),
    ):
        least = min(net(weight, rate) for weight, rate in above)
        assert found.get(name) == next((each for each in pounds if net(each, by) > least), None)


def test_each_bound_has_a_case_at_it_just_below_and_just_above() -> None:
    report = reported("1,,,9,8,7,2026-01-01,,2025-12-01\n")
    weights = [case for case in report.boundary_cases if case.charge == "linehaul"]
    assert [(case.value, case.finds) for case in weights] == [
        ("1", "L1M"),
        ("999", "L1M"),
        ("1,000", "M1M"),
        ("1,001", "M1M"),
        ("1,999", "M1M"),
        ("2,000", "M2M"),
        ("2,001", "M2M"),
        ("19,999", "M2M"),
        ("20,000", ""),
        ("20,001", ""),
    ]
    index = [case for case in report.boundary_cases if case.charge == "fuel_surcharge"]
    assert [(case.value, case.finds) for case in index] == [
        ("2.900", ""),
        ("2.901", "1"),
        ("2.902", "1"),
        ("2.950", "1"),
        ("2.951", "2"),
        ("2.952", "2"),
        ("3.000", "2"),
        ("3.001", ""),
        ("3.002", ""),
    ]
    assert str(index[1]) == "fuel_surcharge, fuel.csv on 2026-01-01: 2.901 finds row 1"
    assert str(weights[-1]) == "linehaul: 20,001 lb finds nothing"


UNUSUAL = {
    "M1M (from 1,000 lb) has no rate, so what weighs as much has no price": """\
1,,,9,,7,2026-01-01,,2025-12-01
""",
    "no price of its own from 2026-04-01 until 2026-05-31, when row 2 (line 3) follows": """\
1,IL,GA,9,8,7,2026-01-01,2026-04-01,2025-12-01
2,IL,GA,9,8,7,2026-06-01,,2025-12-01
""",
    "never prices a shipment: row 2 (line 3), known from 2025-12-20, replaces it before": """\
1,IL,GA,9,8,7,2026-01-01,,2025-12-01
2,IL,GA,9,8,6,2026-01-01,,2025-12-20
""",
    "never prices a shipment: row 1 (line 3), known from 2025-12-20, replaces it before": """\
1,IL,GA,9,8,7,2026-01-01,,2025-12-01
1,IL,FL,9,8,6,2026-01-01,,2025-12-20
""",
    "counts on no day on which the card is in force": """\
1,,,9,8,7,2025-01-01,2026-01-01,2024-12-01
2,,,9,8,7,2026-01-01,,2025-12-01
""",
}


@pytest.mark.parametrize("said", UNUSUAL)
def test_what_is_unusual_is_noted_and_permitted(said: str) -> None:
    (told,) = [note for note in notes(reported(UNUSUAL[said])) if note.startswith("linehaul")]
    assert told.startswith(f"linehaul, row 1 of rates.csv: {said}")


def test_a_row_after_the_end_of_the_card_is_noted() -> None:
    rates = "1,,,9,8,7,2026-01-01,2027-01-01,2025-12-01\n2,,,9,8,7,2027-01-01,,2025-12-01\n"
    said = "linehaul, row 2 of rates.csv: counts on no day on which the card is in force"
    assert said in notes(reported(rates))


def test_a_correction_known_after_the_first_day_is_not_noted() -> None:
    rates = "1,IL,GA,9,8,7,2026-01-01,,2025-12-01\n2,IL,GA,9,8,6,2026-01-01,,2026-01-02\n"
    assert [note for note in notes(reported(rates)) if "never prices" in note] == []


def test_the_ends_of_an_index_table_are_noted() -> None:
    told = notes(reported("1,,,9,8,7,2026-01-01,,2025-12-01\n"))
    assert "fuel_surcharge: fuel.csv has no price below 2.901" in told
    assert "fuel_surcharge: fuel.csv has no price from 3.001 on" in told


def test_a_break_that_no_weight_reaches_is_refused() -> None:
    with pytest.raises(FileError, match=r"T/card.yaml:14:13: no weight reaches M2M: the table"):
        reported("1,,,9,8,7,2026-01-01,,2025-12-01\n", NONE, below="2000")
    # Where a heavier break may be billed it counts although no shipment weighs as much.
    assert points(reported("1,,,9,8,4,2026-01-01,,2025-12-01\n", NET, below="2000"))
