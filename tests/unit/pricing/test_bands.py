"""Banded tables: what the index finds and the proof refuses is what a plain reading would."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.files.card_files import draft_from
from app.pricing.agreed.band_index import Table
from app.pricing.agreed.band_proof import overlaps_and_gaps
from app.pricing.agreed.bands import ANY, Band, BandRow, BandUnit, Interval, Measured
from app.pricing.lines.charge import Rated
from app.pricing.rating import rate
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing import made_facts as made

DAY = date(2026, 3, 4)
SINCE = date(2026, 1, 1)
INTERVALS: tuple[Interval, ...] = get_args(Interval)


def price(*asked: Any) -> Rated:
    """Each unit that is priced here is kept whole."""
    rated = rate.price(*asked)
    as_kept(plain(rated))
    return rated


def band(
    interval: Interval, of: Measured = "weight", unit: BandUnit = "kg", decimals: int = 0
) -> Band:
    return Band(of=of, unit=unit, decimals=decimals, interval=interval)


def row(line: int, carrier: str, **bounds: tuple[int | None, int | None]) -> BandRow:
    return BandRow(
        table="t.csv",
        line=line,
        row=str(line),
        effective_from=SINCE,
        known_from=SINCE,
        keys={"Carrier": carrier},
        lower={name: Decimal(low) for name, (low, _) in bounds.items() if low is not None},
        upper={name: Decimal(high) for name, (_, high) in bounds.items() if high is not None},
        rate=Decimal(1),
    )


ENDS = st.tuples(st.integers(0, 8), st.integers(1, 6)).map(lambda each: (each[0], sum(each)))
OPEN = st.one_of(
    ENDS, ENDS.map(lambda each: (None, each[1])), ENDS.map(lambda each: (each[0], None))
)
ROWS = st.lists(st.tuples(st.sampled_from("AB*"), OPEN, OPEN), min_size=1, max_size=12).map(
    lambda told: tuple(
        row(line, carrier, miles=miles, weight=weight)
        for line, (carrier, miles, weight) in enumerate(told, start=2)
    )
)


def holds(it: BandRow, bands: dict[str, Band], values: dict[str, Fraction]) -> bool:
    """By the words of the convention, with comparisons written out."""
    for name, each in bands.items():
        low, high, value = it.lower.get(name), it.upper.get(name), values[name]
        if low is not None and (
            value <= low if each.interval == "from exclusive, to inclusive" else value < low
        ):
            return False
        if high is not None and (
            value >= high if each.interval == "from inclusive, to exclusive" else value > high
        ):
            return False
    return True


@given(
    ROWS,
    st.sampled_from("ABC"),
    st.sampled_from(INTERVALS),
    st.fractions(0, 15, max_denominator=2),
    st.fractions(0, 15, max_denominator=2),
)
def test_the_index_finds_what_reading_every_row_finds(
    rows: tuple[BandRow, ...], carrier: str, interval: Interval, weight: Fraction, miles: Fraction
) -> None:
    bands = {"weight": band(interval), "miles": band(interval, "distance", "mi")}
    values = {"weight": weight, "miles": miles}
    found = Table(rows, ("Carrier",), bands).on(DAY, DAY).holding((carrier,), values)
    known = {it.key: it for it in rows}
    expected = {
        it.key
        for it in known.values()
        if it.keys["Carrier"] in {carrier, ANY} and holds(it, bands, values)
    }
    assert {it.key for it in found} == expected


@given(ROWS, st.sampled_from(INTERVALS))
def test_two_rows_are_refused_together_exactly_where_both_hold_something(
    rows: tuple[BandRow, ...], interval: Interval
) -> None:
    bands = {"weight": band(interval), "miles": band(interval, "distance", "mi")}
    halves = [Fraction(half, 2) for half in range(-1, 31)]
    said = [
        flaw.what
        for flaw in overlaps_and_gaps("freight", rows, bands, "")
        if "both hold" in flaw.what
    ]
    for one, other in combinations(rows, 2):
        meet = {one.keys["Carrier"], other.keys["Carrier"]}
        common = any(
            holds(one, bands, {"weight": weight, "miles": miles})
            and holds(other, bands, {"weight": weight, "miles": miles})
            for weight in halves
            for miles in halves
        )
        expected = common and (len(meet) == 1 or ANY in meet) and one.key != other.key
        told = f"row {other.line} and row {one.line} (line {one.line}) both hold"
        assert any(what.startswith(told) for what in said) == expected


@given(st.lists(ENDS, min_size=1, max_size=8), st.sampled_from(INTERVALS))
def test_without_a_gap_told_every_value_between_the_ends_finds_a_row(
    ends: list[tuple[int, int]], interval: Interval
) -> None:
    rows = tuple(row(line, "A", weight=each) for line, each in enumerate(ends, start=2))
    bands = {"weight": band(interval)}
    gaps = [f for f in overlaps_and_gaps("freight", rows, bands, "") if "no row holds" in f.what]
    first, last = min(low for low, _ in ends), max(high for _, high in ends)
    whole = [
        any(holds(it, bands, {"weight": Fraction(value)}) for it in rows)
        for value in range(first, last + 1)
    ]
    inside = whole[1:-1]
    assert all(inside) == (not gaps)


@pytest.mark.parametrize(
    ("rounded", "weight", "expected"),
    [
        ("half up", "69.995", "70.00"),
        ("half up", "69.9949", "69.99"),
        ("up", "69.9901", "70.00"),
        ("down", "69.9999", "69.99"),
        ("", "69.9999", "69.9999"),
    ],
)
def test_a_measure_is_brought_to_the_decimals_only_as_declared(
    rounded: str, weight: str, expected: str
) -> None:
    each = Band(
        of="weight",
        unit="kg",
        decimals=2,
        interval="both inclusive",
        rounded=rounded,  # type: ignore[arg-type]
    )
    assert each.taken(Fraction(weight)) == Fraction(expected)


CARD = """\
name: Two rates for one
customer: TEST
currency: USD
agreed in: a test
effective: 2026-01-01 onwards
rate date: pickup
charges:
  - charge: freight
    shape: banded
    keys: {Carrier: carrier}
    bands:
      weight: {of: weight, unit: lb, decimals: 0, interval: both inclusive}
    rate is: flat
    rates: t.csv
"""
TWICE = """\
row,Carrier,weight from,weight to,rate,effective from,known from
1,ACME,0,500,10.00,2026-01-01,2025-12-01
2,ACME,500,900,9.00,2026-01-01,2025-12-01
"""


def test_two_rows_that_hold_are_no_price_and_both_are_named_with_file_and_line() -> None:
    card, mistakes = draft_from("T", {"card.yaml": CARD, "t.csv": TWICE}.__getitem__)
    assert card is not None
    assert "row 2 and row 1 (line 2) both hold weight 500" in str(mistakes[0])
    unit = made.unit(
        "S1", made.shipment("S1", carrier="ACME", weight=made.pounds("500")), made.picked_up()
    )
    rated = price(unit, (), (), card, DAY)
    assert rated.charges == ()
    (missing,) = rated.unpriced
    assert missing.problem == "ambiguous_rate"
    assert [(each.table, each.line) for each in missing.rows] == [("t.csv", 2), ("t.csv", 3)]
    assert "row 1 of t.csv (line 2) and row 2 of t.csv (line 3)" in missing.why


def test_a_weight_of_nothing_is_free_only_where_a_rate_says_zero() -> None:
    per_pound = CARD.replace("rate is: flat", "rate is: per unit of weight")
    nothing = made.unit(
        "S1", made.shipment("S1", carrier="ACME", weight=made.pounds("0")), made.picked_up()
    )
    for amount, expected in (("10.00", ["no_weight"]), ("0.00", [])):
        table = TWICE.replace("10.00", amount).replace("2,ACME,500", "2,ACME,501")
        card, mistakes = draft_from("T", {"card.yaml": per_pound, "t.csv": table}.__getitem__)
        assert card is not None
        assert mistakes == ()
        rated = price(nothing, (), (), card, DAY)
        assert [each.problem for each in rated.unpriced] == expected


def test_a_correction_known_later_counts_from_the_day_it_was_known() -> None:
    table = (
        "row,Carrier,weight from,weight to,rate,effective from,known from\n"
        "1,ACME,0,500,10.00,2026-01-01,2025-12-01\n"
        "1,ACME,0.0,600,12.00,2026-01-01,2026-03-06\n"
    )
    card, mistakes = draft_from("T", {"card.yaml": CARD, "t.csv": table}.__getitem__)
    assert card is not None
    assert mistakes == ()
    unit = made.unit(
        "S1", made.shipment("S1", carrier="ACME", weight=made.pounds("400")), made.picked_up()
    )
    for known_on, amount in ((5, "10.00"), (6, "12.00")):
        (charge,) = price(unit, (), (), card, date(2026, 3, known_on)).charges
        assert str(charge.amount.amount) == amount
