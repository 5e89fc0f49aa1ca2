"""Laws of billable weight and of the zone chart, and what a line of a package is not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.files.card_files import card_from
from app.evidence.correlation.packages import MeasuredPackage
from app.measures import Weight, WeightUnit
from app.pricing.agreed.zip_ranges import zip_range
from app.pricing.contract.approval import needs_approval
from app.pricing.lines.charge import Charge, Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.reckoned.billable_weight import up_to
from app.pricing.told.package_size import EachSide, MeasuredRow, measured, rounded_sides
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing import made_facts as made

CARD = """
name: Parcel
customer: CASE
currency: USD
agreed in: made for tests
effective: 2026-01-01 onwards
rate date: pickup
charges:
  - charge: transportation
    shape: parcel
    priced by: package
    cells: each whole pound
    zones: zones.csv
    dimensional: dimensional.csv
    rates: rates.csv
  - {charge: residential, shape: parcel surcharge, kind: residential, per: package, rates: r.csv}
"""
TABLES = {
    "zones.csv": "row,origin from,origin to,destination from,destination to,zone,"
    "effective from,known from\n1,000,499,000,999,2,2026-01-01,2025-12-01\n"
    "2,500,999,000,999,3,2026-01-01,2025-12-01\n",
    "dimensional.csv": "row,each side,divisor,weight step,effective from,known from\n"
    "1,up,139,1,2026-01-01,2025-12-01\n",
    "rates.csv": "row,zone,up to,rate,each further lb,effective from,known from\n"
    + "".join(
        f"{zone}{pounds},{zone},{pounds},{pounds}.10,{'1.25' if pounds == 5 else ''},"
        "2026-01-01,2025-12-01\n"
        for zone, pounds in product((2, 3), range(1, 6))
    ),
    "r.csv": "row,rate,effective from,known from\n1,5.00,2026-01-01,2025-12-01\n",
}

side = st.decimals(min_value="0.01", max_value="120", places=2)
pounds = st.decimals(min_value="0.01", max_value="200", places=2)


def card() -> RateCard:
    files = {"card.yaml": CARD, **TABLES}
    return card_from("test", files.__getitem__)


def rated(size: str, weight: str, *, origin: str = "53214") -> Rated:
    unit = made.unit(
        "S1",
        made.shipment(
            "S1", origin=made.place(f"A WI {origin}"), destination=made.place("B GA 30318")
        ),
        made.picked_up(),
        made.package(
            "P1",
            datetime(2026, 3, 3, tzinfo=UTC),
            size=size,
            weight=made.pounds(weight),
            residential=True,
        ),
    )
    return price(unit, (unit,), (), card(), date(2026, 3, 31))


def transportation(size: str, weight: str) -> Charge:
    return rated(size, weight).charges[0]


def box(*sides: str, weight: str = "1") -> MeasuredPackage:
    return MeasuredPackage(
        package="P1",
        really=True,
        status="",
        service="",
        residential=None,
        weight=Weight(Decimal(weight), WeightUnit.LB),
        sides=tuple(Decimal(each) for each in sides),
        told_by={},
        fact_ids=(),
    )


@given(a=side, b=side, c=side, weight=pounds)
def test_it_is_billed_as_the_least_whole_pounds_that_size_and_scale_allow(
    a: Decimal, b: Decimal, c: Decimal, weight: Decimal
) -> None:
    billed = transportation(f"{a} x {b} x {c}", str(weight)).quantity
    inches = [Fraction(-(-each // 1)) for each in (Fraction(a), Fraction(b), Fraction(c))]
    by_size = inches[0] * inches[1] * inches[2] / 139
    assert billed == billed.to_integral_value()
    assert billed - 1 < max(by_size, Fraction(weight)) <= billed


@given(a=side, b=side, c=side, weight=pounds)
def test_how_the_box_lies_changes_nothing(
    a: Decimal, b: Decimal, c: Decimal, weight: Decimal
) -> None:
    lying = transportation(f"{a} x {b} x {c}", str(weight))
    standing = transportation(f"{c} x {a} x {b}", str(weight))
    assert lying.amount == standing.amount


@given(weight=pounds)
def test_further_pounds_are_counted_from_the_last_cell_on(weight: Decimal) -> None:
    billed = -(-Fraction(weight) // 1)
    further = max(billed - 5, 0) * Fraction("1.25")
    wanted = min(billed, 5) + Fraction("0.10") + further
    exact = Fraction(transportation("1 x 1 x 1", str(weight)).unrounded)
    assert exact == wanted


@given(exact=st.fractions(min_value=0, max_value=300), step=st.sampled_from([1, 2, 5]))
def test_up_to_a_step_is_the_nearest_multiple_that_is_not_less(exact: Fraction, step: int) -> None:
    each = Fraction(step, 2)
    found = up_to(exact, each)
    assert found % each == 0
    assert found - each < exact <= found


@pytest.mark.parametrize(
    ("told", "each", "inches"),
    [
        ("1.50", "nearest", 2),
        ("2.50", "nearest", 3),
        ("2.49", "nearest", 2),
        ("2.01", "up", 3),
        ("2.00", "up", 2),
        ("2.49", "none", Fraction("2.49")),
    ],
)
def test_a_side_is_rounded_as_the_contract_says(
    told: str, each: EachSide, inches: Fraction
) -> None:
    assert rounded_sides(box(told, "1", "1"), each)[0] == inches


@pytest.mark.parametrize(
    ("sides", "weight", "bounds", "why"),
    [
        (("8", "60", "18"), "1", {"length_and_girth_above": "111"}, "length and girth 112"),
        (("8", "60", "18"), "1", {"length_and_girth_above": "112"}, ""),
        (("8", "60", "18"), "1", {"second_side_above": "17.9"}, "second side 18"),
        (("8", "60", "18"), "1", {"second_side_above": "18"}, ""),
        (("8", "60", "18"), "1", {"longest_side_above": "59"}, "longest side 60"),
        (("8", "60", "18"), "1", {"cubic_inches_above": "8639"}, "cubic inches 8,640"),
        (("8", "60", "18"), "1", {"cubic_inches_above": "8640"}, ""),
        (("8", "60", "18"), "50.1", {"weight_above": "50"}, "50.1 lb above 50 lb"),
        (("8", "60", "18"), "50", {"weight_above": "50"}, ""),
        ((), "51", {"weight_above": "50", "longest_side_above": "48"}, "51 lb above 50 lb"),
    ],
)
def test_a_package_is_beyond_a_measure_and_not_at_it(
    sides: tuple[str, ...], weight: str, bounds: dict[str, str], why: str
) -> None:
    row = MeasuredRow(
        table="t",
        line=1,
        row="1",
        effective_from=date(2026, 1, 1),
        known_from=date(2026, 1, 1),
        **{name: Decimal(bound) for name, bound in bounds.items()},  # type: ignore[arg-type]
    )
    found = measured(box(*sides, weight=weight), row)
    assert isinstance(found, str)
    assert found.startswith(why)
    assert bool(found) == bool(why)


def test_the_chart_is_read_from_the_side_where_it_begins() -> None:
    assert "zone 3" in rated("1 x 1 x 1", "1", origin="50000").charges[0].formula
    assert "zone 2" in rated("1 x 1 x 1", "1", origin="49999").charges[0].formula


def test_a_mexican_postal_code_is_no_zip() -> None:
    place = made.place("Monterrey NL 64000")
    abroad = type(place)(postal_code="64000", country="MX")
    unit = made.unit(
        "S1",
        made.shipment("S1", origin=made.place("A WI 53214"), destination=abroad),
        made.picked_up(),
        made.package("P1", size="1 x 1 x 1", weight=made.pounds("1"), residential=False),
    )
    result = price(unit, (unit,), (), card(), date(2026, 3, 31))
    assert result.charges == ()
    assert [each.problem for each in result.unpriced] == ["no_rate"]
    as_kept(plain(result))


@pytest.mark.parametrize(("first", "last"), [("530", "534"), ("53000", "53499"), ("532", "")])
def test_a_range_of_zips_holds_both_its_ends(first: str, last: str) -> None:
    span = zip_range(first, last)
    assert span.holds(first.ljust(5, "0"))
    assert span.holds((last or first).ljust(5, "9"))
    assert not span.holds("52999")
    assert not span.holds("53500")


def test_a_package_is_no_extra_service_that_somebody_would_have_to_approve() -> None:
    lines = rated("1 x 1 x 1", "1").charges
    assert [line.code for line in lines] == ["transportation", "residential"]
    assert {line.subject for line in lines} == {"P1"}
    assert not any(needs_approval(line, None) for line in lines)
