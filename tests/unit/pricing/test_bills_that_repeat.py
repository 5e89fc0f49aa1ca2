"""By what one bill is recognised as another: tier by tier, at its nearest edge."""

import random
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.facts.fact import Fact, identified
from app.evidence.facts.money import Cost, CostKind, CostLine
from app.evidence.facts.reference import Reference, ReferenceKind
from app.money import Money
from app.pricing.cost.bills import Bills, bills_of
from app.pricing.cost.counted import known_cost
from app.pricing.cost.match import Apart
from app.pricing.cost.trail import tier_of, trail_of
from tests.unit.pricing import made_facts as made

CHARGES = ("linehaul", "fuel_surcharge", "detention", "liftgate")


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def bill(
    number: str,
    amount: str,
    *charges: str,
    carrier: str = "ABFL",
    bill_type: str = "original",
    days: tuple[date, date] | None = None,
    **numbers: str,
) -> Fact:
    """A carrier's invoice; its lines share the amount evenly, its numbers are `pro="7"`."""
    service_from, service_to = days or (None, None)
    lines = tuple(
        CostLine(
            line=charge,
            charge=charge,
            amount=usd(str(Decimal(amount) / len(charges))),
            service_from=service_from,
            service_to=service_to,
        )
        for charge in charges
    )
    said = Cost(
        kind=CostKind.INVOICED,
        carrier=carrier,
        number=number,
        bill_type=bill_type,
        total=usd(amount),
        lines=lines,
    )
    references = tuple(
        Reference(kind=ReferenceKind(kind), value=value) for kind, value in numbers.items()
    )
    fact = made.fact(said, system="carrier")
    return identified(msgspec.structs.replace(fact, references=references))


def tier(one: Fact, other: Fact, *delivered: date) -> str:
    days = delivered or (None, None)
    return tier_of(trail_of(one, days[0]), trail_of(other, days[1]))


FIRST = bill("123", "512.40", pro="7")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (bill("INV-000123", "9.00"), "K1"),
        (bill("inv 123", "512.40"), "K1"),
        (bill("123", "512.40", carrier="PLVX", pro="7"), ""),
        (bill("123", "24.00", bill_type="balance_due", pro="7"), ""),
        (bill("980", "512.40", pro="7"), "K2"),
        (bill("980", "512.4", pro="7"), "K2"),
        (bill("980", "512.41", pro="7"), ""),
        (bill("980", "512.40", pro="8"), ""),
        (bill("980", "512.40"), ""),
    ],
)
def test_number_and_pro_are_each_told_within_carrier_and_type(other: Fact, found: str) -> None:
    assert tier(other, FIRST) == tier(FIRST, other) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (bill("1", "9.00", "linehaul", bol="B"), bill("2", "8.00", "linehaul", bol="B"), "K3"),
        (bill("1", "9.00", "linehaul", load="L"), bill("2", "8.00", "linehaul", load="L"), "K3"),
        (bill("1", "9.00", "linehaul", bol="B"), bill("2", "9.00", "linehaul", bol="C"), ""),
        (bill("1", "9.00", "linehaul", bol="B"), bill("2", "9.00", "detention", bol="B"), ""),
        (
            bill("1", "9.00", "linehaul", bol="B", load="L"),
            bill("2", "9.00", "linehaul", bol="C", load="L"),
            "",
        ),
        (bill("1", "9.00", bol="B"), bill("2", "9.00", bol="B"), "K3"),
        (bill("1", "9.00", bol="B"), bill("2", "8.00", bol="B"), ""),
        (
            bill("1", "9.00", "linehaul", bol="B"),
            bill("2", "9.00", "linehaul", bol="B", bill_type="correction"),
            "",
        ),
    ],
)
def test_the_same_freight_is_one_bol_or_load_and_one_set_of_charges(
    one: Fact, other: Fact, found: str
) -> None:
    assert tier(other, one) == tier(one, other) == found


def test_deliveries_a_day_apart_may_be_one_and_two_days_apart_are_not() -> None:
    one, other = (bill(number, "9.00", "linehaul", bol="B") for number in "12")
    assert tier(one, other, date(2026, 3, 4), date(2026, 3, 5)) == "K3"
    assert not tier(one, other, date(2026, 3, 4), date(2026, 3, 6))


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((date(2026, 3, 4), date(2026, 3, 6)), "K4"),
        ((date(2026, 3, 7), date(2026, 3, 8)), ""),
        (None, "K4"),
    ],
)
def test_the_same_service_of_a_container_repeats_where_its_days_overlap(
    days: tuple[date, date] | None, found: str
) -> None:
    before = (date(2026, 3, 2), date(2026, 3, 4))
    one = bill("1", "75.00", "demurrage", container="MSCU1234566", days=before)
    other = bill("2", "75.00", "demurrage", container="MSCU1234566", days=days, carrier="OLDT")
    assert tier(other, one) == tier(one, other) == found


def test_the_carriage_itself_is_no_extra_service_of_a_container() -> None:
    one = bill("1", "75.00", "linehaul", container="MSCU1234566")
    other = bill("2", "75.00", "linehaul", container="MSCU1234566", carrier="OLDT")
    assert not tier(other, one)


def standing(bills: Bills) -> dict[str, tuple[str, str]]:
    return {each.said.number: (each.standing.value, each.bill_class.value) for each in bills}


def test_a_freight_bill_that_comes_after_its_extra_service_is_still_the_original() -> None:
    unit = made.unit("S1", bill("1", "75.00", "detention"), bill("2", "512.40", "linehaul"))
    assert standing(bills_of(unit)) == {
        "1": ("counts", "supplemental"),
        "2": ("counts", "original"),
    }


def test_a_bill_of_a_type_that_nobody_knows_waits() -> None:
    (found,) = bills_of(made.unit("S1", bill("1", "75.00", bill_type="BE")))
    assert (found.standing.value, found.undecided) == ("unclear", True)


@pytest.mark.parametrize(
    ("expected", "invoiced", "over", "under"),
    [
        ("1553.36", "1737.36", "11.8453", "0"),
        ("3.00", "4.00", "33.3334", "0"),
        ("3.00", "2.00", "0", "33.3334"),
        ("500.00", "525.00", "5", "0"),
        ("0.00", "0.00", "0", "0"),
        ("0.00", "0.01", None, None),
    ],
)
def test_a_percentage_is_rounded_up_so_that_no_tolerance_is_missed(
    expected: str, invoiced: str, over: str | None, under: str | None
) -> None:
    apart = Apart(
        carrier="ABFL",
        expected=usd(expected),
        expected_by=(),
        invoiced=usd(invoiced),
        invoiced_by=(),
    )
    found = (apart.over_percent, apart.under_percent)
    assert found == tuple(None if each is None else Decimal(each) for each in (over, under))


told_bills = st.builds(
    lambda number, amount, charges, bill_type, pro: bill(
        number, f"{amount}.00", *charges, bill_type=bill_type, pro=pro, bol="B"
    ),
    st.sampled_from(("1", "INV-1", "01", "2", "3-A")),
    st.sampled_from((100, 100, 20, -20)),
    st.lists(st.sampled_from(CHARGES), min_size=1, max_size=1),
    st.sampled_from(
        ("original", "balance_due", "adjustment", "correction", "rebill", "cancelled", "past_due")
    ),
    st.sampled_from(("7", "8")),
)


@given(st.lists(told_bills, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_bills_says_nothing_even_where_all_are_of_one_moment(
    told: list[Fact], chance: random.Random
) -> None:
    unit, again = made.unit("S1", *told), made.unit("S1", *chance.sample(told, len(told)))
    assert bills_of(unit) == bills_of(again)
    assert known_cost(unit, bills_of(unit)) == known_cost(again, bills_of(again))


@given(st.lists(told_bills, max_size=7))
def test_a_bill_counts_or_says_why_not(told: list[Fact]) -> None:
    for each in bills_of(made.unit("S1", *told)):
        assert each.counts or each.why
        assert not each.undecided or each.why
