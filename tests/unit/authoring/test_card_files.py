"""Rate card files: what is accepted, and what is said about what is not."""

import re
from pathlib import Path

import pytest

from app.authoring.files.card_files import TAGS, Read, card_from, load_card
from app.authoring.files.contract_files import contract_from, load_contract
from app.errors import FileError
from app.pricing.shapes import SHAPES
from tests.kept import as_kept

RATECARDS = Path(__file__).parents[3] / "ratecards"

CARD = """\
name: Test card
customer: TEST
currency: USD
agreed in: a test
effective: 2026-01-01 onwards
rate date: pickup
lanes: origin first
charges:
  - charge: linehaul
    shape: per mile
    mileage: PC*MILER
    rates: linehaul.csv
  - charge: fuel_surcharge
    shape: fuel
    basis: percent
    of: linehaul
    series: EIA on-highway diesel
    region: US
    published: Monday
    effective: Tuesday to Monday
    steps: fuel.csv
  - charge: liftgate
    shape: accessorial
    rates: extra.csv
"""
LINEHAUL = """\
row,origin,destination,rate,minimum,effective from,effective before,known from,note
1,IL,GA,2.10,450.00,2026-01-01,,2025-12-01,"a note, with a comma"
2,IL,303,2.20,,2026-01-01,,2025-12-01,
"""
FUEL = """\
row,at least,below,percent,effective from,known from
1,2.851,2.901,19.5,2026-01-01,2025-12-01
2,2.901,2.951,20.0,2026-01-01,2025-12-01
"""
EXTRA = """\
row,charge,rate,effective from,known from
1,liftgate,85.00,2026-01-01,2025-12-01
"""
FILES = {"card.yaml": CARD, "linehaul.csv": LINEHAUL, "fuel.csv": FUEL, "extra.csv": EXTRA}


def mistakes(**changed: tuple[str, str]) -> list[str]:
    """What is said about the files once one text in some of them is replaced."""
    files = dict(FILES)
    for name, (old, new) in changed.items():
        file = {"card": "card.yaml"}.get(name, f"{name}.csv")
        assert old in files[file]
        files[file] = files[file].replace(old, new, 1)
    with pytest.raises(FileError) as refused:
        card_from("T", read_from(files))
    mistakes = [str(mistake) for mistake in refused.value.mistakes]
    # What is allowed grows with every shape and key.
    as_kept([re.sub(r"allowed: [^;]*", "allowed: ...", each) for each in mistakes])
    return mistakes


def read_from(files: dict[str, str]) -> Read:
    def read(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return read


def test_the_unchanged_files_are_a_card() -> None:
    card = card_from("T", read_from(FILES))
    assert [term.charge for term in card.charges] == ["linehaul", "fuel_surcharge", "liftgate"]


@pytest.mark.parametrize("customer", ["NORTHWIND", "KESTREL", "HALCYON"])
def test_the_customers_files_are_accepted(customer: str) -> None:
    card, contract = load_card(RATECARDS / customer), load_contract(RATECARDS / customer)
    assert card.customer == contract.customer == customer
    assert card.currency == contract.currency


def test_every_shape_has_a_name_of_its_own() -> None:
    assert len(TAGS) == len(SHAPES)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"card": ("rate date: pickup", "rate date: pick up")},
            "T/card.yaml:6:12: 'pick up' is not a rate date; allowed: delivery, order, pickup, ",
        ),
        (
            {"card": ("mileage:", "milage:")},
            "T/card.yaml:11:5: 'milage' is not a key of a charge linehaul; allowed:",
        ),
        ({"card": ("shape: fuel", "shape: fule")}, "T/card.yaml:14:12: 'fule' is not a shape"),
        (
            {"card": ("of: linehaul", "of: linehual")},
            "above fuel_surcharge; allowed: linehaul; did you mean 'linehaul'?",
        ),
        (
            {"card": ("USD", "USS")},
            "T/card.yaml:3:11: currency 'USS' is not known; allowed: USD",
        ),
        (
            {"card": ("2026-01-01 onwards", "2026-02-30 onwards")},
            "T/card.yaml:5:12: '2026-02-30 onwards' is not a span of days",
        ),
        ({"card": ("lanes: origin first\n", "")}, "does not say which side decides"),
        ({"card": ("extra.csv", "extras.csv")}, "T/card.yaml:24:12: there is no table"),
        (
            {
                "card": ("  - charge: liftgate", "  - charge: linehaul"),
                "extra": ("1,liftgate", "1,linehaul"),
            },
            "T/card.yaml:22:13: linehaul is priced twice",
        ),
        ({"card": ("extra.csv", "../extra.csv")}, "'../extra.csv' is not a table"),
        ({"card": ("percent\n", "per mile\n")}, "miles need a mileage source"),
        ({"linehaul": ("2.10", "2,10")}, "T/linehaul.csv:2:1: 10 cells under 9 columns"),
        ({"linehaul": ("2.10", "2.1O")}, "T/linehaul.csv:2:9: '2.1O' is not a number"),
        ({"linehaul": ("2.10", "")}, "T/linehaul.csv:2:1: the row has no `rate`"),
        ({"linehaul": ("2.10", "-2.10")}, "T/linehaul.csv:2:9: -2.10 is below zero"),
        ({"linehaul": ("2.10", "1e3")}, "'1e3' is not a number"),
        ({"linehaul": ("minimum", "minimun")}, "did you mean 'minimum'?"),
        ({"linehaul": ("IL,303", "IL,Georgia")}, "T/linehaul.csv:3:6: 'Georgia' names no place"),
        ({"linehaul": ("2,IL,303", "2,IL,GA")}, "row 2 and row 1 (line 2) price the same on"),
        ({"linehaul": ("2,IL,303", "1,IL,303")}, "row 1 stands twice, first in line 2"),
        ({"linehaul": ("01,,2025", "01,2025-12-31,2025")}, "row 1 of linehaul.csv ends before"),
        (
            {"linehaul": ("2,IL,303", "2,il,Ga")},
            "T/linehaul.csv:3:1: row 2 and row 1 (line 2) price the same on 2026-01-01",
        ),
        (
            {"linehaul": ("IL,GA,2.10,450.00,2026-01-01,,", "IL,303-,2.10,450.00,2026-01-01,,")},
            "T/linehaul.csv:3:1: row 2 and row 1 (line 2) write one lane differently",
        ),
        (
            {"linehaul": ("2.20,,2026-01-01,,", "2.20,,2026-01-01,2026-01-01,")},
            "T/linehaul.csv:3:27: row 2 of linehaul.csv counts on no day",
        ),
        ({"fuel": ("2.901,2.951", "2.951,2.951")}, "T/fuel.csv:3:9: no number is at least 2.951"),
        ({"fuel": ("2.901,2.951", "2.902,2.951")}, "T/fuel.csv:3:3: nothing holds from 2.901"),
        ({"fuel": ("2.901,2.951", "2.900,2.951")}, "rows 1 and 2 both hold 2.900"),
        ({"fuel": ("2.901,2.951", "2.901,2.9505")}, "2.9505 has more decimals than the index"),
        (
            {"extra": ("1,liftgate", "1,liftgat")},
            "T/extra.csv:2:3: 'liftgat' is not a charge of this card",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    changed: dict[str, tuple[str, str]], said: str
) -> None:
    told = mistakes(**changed)
    assert any(said in mistake for mistake in told), told


# TGS prints its brackets with both ends included and leaves 5.000 out: 4.95 - 4.999, > 5.000.
HOLES = {
    "as printed, the upper end taken for exclusive": (
        ("4.95", "4.999", "5.000", ""),
        "T/fuel.csv:3:3: nothing holds from 4.999 to below 5.000",
    ),
    "above 5.000, so that 5.000 itself matches nothing": (
        ("4.95", "5.000", "5.001", ""),
        "T/fuel.csv:3:3: nothing holds from 5.000 to below 5.001",
    ),
    "bounds of two decimals, so that 2.9505 falls between": (
        ("2.901", "2.950", "2.951", "3.000"),
        "T/fuel.csv:3:3: nothing holds from 2.950 to below 2.951",
    ),
    "an end that belongs to both": (
        ("4.95", "5.001", "5.000", ""),
        "T/fuel.csv:3:3: rows 1 and 2 both hold 5.000",
    ),
    "half a cent finer than the index": (
        ("2.901", "2.9505", "2.9505", "3.001"),
        "T/fuel.csv:2:9: 2.9505 has more decimals than the index, which has 3",
    ),
}


@pytest.mark.parametrize("case", HOLES)
def test_a_table_copied_as_printed_leaves_no_hole_unsaid(case: str) -> None:
    (low, below, at_least, end), said = HOLES[case]
    fuel = (
        "row,at least,below,percent,effective from,known from\n"
        f"1,{low},{below},0.750,2026-01-01,2025-12-01\n"
        f"2,{at_least},{end},0.760,2026-01-01,2025-12-01\n"
    )
    told = mistakes(fuel=(FUEL, fuel))
    assert any(each.startswith(said) for each in told), told


def test_half_open_brackets_of_three_decimals_are_whole() -> None:
    fuel = FUEL.replace("2.851,2.901", "4.950,5.000").replace("2.901,2.951", "5.000,")
    assert len(card_from("T", read_from(FILES | {"fuel.csv": fuel})).charges) == 3


def test_a_new_version_may_withdraw_a_row_from_its_first_day() -> None:
    withdrawn = LINEHAUL + "2,IL,303,2.20,,2026-01-01,2026-01-01,2026-02-01,\n"
    assert len(card_from("T", read_from(FILES | {"linehaul.csv": withdrawn})).charges) == 3


def test_a_day_left_out_between_two_rows_of_a_lane_is_a_slip() -> None:
    ended = LINEHAUL.replace("2.20,,2026-01-01,,", "2.20,,2026-01-01,2026-06-30,")
    followed = ended + "3,IL,303,2.30,,2026-07-01,,2025-12-01,\n"
    (told,) = mistakes(linehaul=(LINEHAUL, followed))
    assert told == (
        "T/linehaul.csv:3:27: nothing is priced on 2026-06-30: row 2 (line 3) ends before it and "
        "row 3 begins after it; `effective before` is the first day without it: 2026-07-01"
    )


def test_a_season_is_no_slip() -> None:
    seasons = LINEHAUL.replace("2.20,,2026-01-01,,", "2.20,,2026-04-01,2026-07-01,")
    seasons += "3,IL,303,2.25,,2027-04-01,2027-07-01,2025-12-01,\n"
    assert len(card_from("T", read_from(FILES | {"linehaul.csv": seasons})).charges) == 3


def test_a_class_beside_any_class_needs_a_card_that_says_what_decides() -> None:
    card = CARD.replace("lanes: origin first\n", "")
    linehaul = (
        "row,freight class,rate,effective from,known from\n"
        "1,*,2.10,2026-01-01,2025-12-01\n2,70,2.00,2026-01-01,2025-12-01\n"
    )
    files = FILES | {"card.yaml": card, "linehaul.csv": linehaul}
    with pytest.raises(FileError, match=r"T/card.yaml:1:1: rows of linehaul price a class beside"):
        card_from("T", read_from(files))
    assert card_from("T", read_from(files | {"card.yaml": CARD})).lanes == "origin first"


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    told = mistakes(
        card=("USD", "USS"),
        linehaul=("2.10", "2.1O"),
        fuel=("2.901,2.951", "2.902,2.951"),
        extra=("85.00", "-85.00"),
    )
    for said in ("'USS'", "'2.1O'", "nothing holds from 2.901", "-85.00 is below zero"):
        assert any(said in mistake for mistake in told), said
    assert len(told) == len(set(told)) == 4


def test_a_credit_may_be_below_zero_where_the_card_says_so() -> None:
    files = FILES | {
        "card.yaml": CARD.replace("shape: accessorial", "shape: accessorial\n    credit: yes"),
        "extra.csv": EXTRA.replace("85.00", "-85.00"),
    }
    assert card_from("T", read_from(files)).charges[2].credit


def test_a_break_that_the_card_does_not_name_is_refused() -> None:
    card = CARD.split("charges:", maxsplit=1)[0] + (
        "charges:\n  - charge: linehaul\n    shape: cwt breaks\n    method: cwt_no_deficit_1\n"
        "    interval: from inclusive\n    minimum applies: after discount\n"
        "    breaks: {L5C: 0, M5C: 500}\n    rates: rates.csv\n"
    )
    table = "row,L5C,M5C,M1M,effective from,known from\n1,9,8,7,2026-01-01,2025-12-01\n"
    with pytest.raises(FileError, match="'m1m' is not a column of this table"):
        card_from("T", read_from({"card.yaml": card, "rates.csv": table}))


PICKING = (
    CARD.partition("  - charge: linehaul")[0]
    + """\
  - charge: picking
    shape: per unit
    counts: unit
    units: [each, case]
    not counted: [pallet]
    rates: picking.csv
"""
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    units: [each, case]\n",
            "",
            "T/card.yaml:11:13: it counts units of measure and names",
        ),
        ("counts: unit", "counts: order line", "T/card.yaml:12:12: order lines are counted, what"),
        ("counts: unit", "counts: unit of", "T/card.yaml:11:13: 'unit of' is not a counts; allow"),
        ("[pallet]", "[pallet, case]", "T/card.yaml:13:27: case is counted and not counted"),
    ],
)
def test_units_of_measure_are_those_that_are_counted(old: str, new: str, said: str) -> None:
    files = {
        "card.yaml": PICKING.replace(old, new),
        "picking.csv": "row,rate,effective from,known from\n1,0.32,2026-01-01,2025-12-01\n",
    }
    with pytest.raises(FileError) as refused:
        card_from("T", read_from(files))
    assert said in str(refused.value)


CONTRACT = """\
customer: TEST
name: Test
agreed in: a test
currency: USD
effective: 2026-01-01 until 2026-12-31
billable unit: order
trigger: ship confirm
approval needed above: 75.00 USD
"""


WINDOWS = """\
claim windows:
  - {charge: detention, days: 30, source: s. 4}
  - {charge: any, days: 90, source: s. 8}
trigger"""


def test_a_contract_says_within_what_time_charges_are_claimed() -> None:
    text = CONTRACT.replace("trigger", WINDOWS)
    windows = contract_from("T", read_from({"contract.yaml": text})).claim_windows
    told = [(each.charge, each.days, each.source) for each in windows]
    assert told == [("detention", 30, "s. 4"), ("any", 90, "s. 8")]


def test_a_contract_ends_on_the_day_after_its_last() -> None:
    contract = contract_from("T", read_from({"contract.yaml": CONTRACT}))
    assert str(contract.effective_before) == "2027-01-01"
    assert str(contract.approval_needed_above) == "75.00 USD"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ship confirm", "shipconfirm", "T/contract.yaml:7:10: 'shipconfirm' is not a trigger"),
        ("75.00 USD", "75.00", "T/contract.yaml:8:24: '75.00' is not an amount of money"),
        ("75.00 USD", "75.00 CAD", "75.00 CAD is not in USD, the contract's currency"),
        ("trigger", "invoice fields: [contaner]\ntrigger", "'contaner' is none of them"),
        ("trigger", "freight terms billed: [third]\ntrigger", "'third' is none of them"),
        ("order", "orders", "T/contract.yaml:6:16: 'orders' is not a billable unit"),
        ("currency: USD", "currencies: USD", "did you mean 'currency'?"),
        ("trigger", WINDOWS.replace("days: 30", "days: -1"), "'-1' is not a whole number"),
    ],
)
def test_a_mistake_in_a_contract_is_told_with_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(FileError) as refused:
        contract_from("T", read_from({"contract.yaml": CONTRACT.replace(old, new, 1)}))
    assert said in str(refused.value)
