"""Laws of stock and storage: no order of movements matters, and no day is billed twice."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.files.card_files import card_from
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.order import Order
from app.pricing.agreed.term import StockTerm
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.shapes.storage.terms import StorageMethod
from app.pricing.told.calendar_months import completed_months, months_after
from app.pricing.told.stock import movements_of, on_hand, stays_of
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing import made_facts
from tests.unit.pricing import made_stock as made

CARD = """\
name: Laws
customer: CASE
currency: USD
agreed in: a test
effective: 2020-01-01 onwards
rate date: storage period
charges:
  - {{charge: storage, shape: storage, method: {method}, counts: pallet, out day counts: {out},
     outs without lot: first in first out, rates: t.csv{more}}}
"""
ROWS = "row,rate,effective from,known from\n1,0.01,2020-01-01,2020-01-01\n"
FIRST = date(2026, 1, 1)
PALLETS = StockTerm(charge="storage", counts="pallet")


def card(method: StorageMethod, out: str = "no", more: str = "") -> RateCard:
    text = CARD.format(method=method, out=out, more=more)
    return card_from("T", {"card.yaml": text, "t.csv": ROWS}.__getitem__)


def rated(agreed: RateCard, first: date, last: date, facts: list[Fact]) -> Rated:
    declared = made.period("P", first.isoformat(), last.isoformat())
    unit = made.storage_unit("P", declared, *facts)
    return price(unit, (unit,), (), agreed, date(2027, 1, 1))


def quantity_of(result: Rated) -> Decimal:
    assert result.unpriced == ()
    return sum((charge.quantity for charge in result.charges), Decimal(0))


def problem_of(result: Rated) -> str:
    assert result.charges == ()
    (missing,) = result.unpriced
    return missing.problem


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Movements in ninety days that never take out more than is there."""
    wanted = draw(st.lists(st.tuples(st.integers(0, 89), st.integers(-30, 30)), min_size=1))
    facts, there = [made.moved("M", FIRST.isoformat(), "5")], 5
    for number, (day, quantity) in enumerate(sorted(wanted, key=lambda each: each[0])):
        if quantity and there + quantity >= 0:
            there += quantity
            on = (FIRST + timedelta(days=day)).isoformat()
            facts.append(made.moved(f"M{number:03}", on, str(quantity)))
    return facts


METHODS: tuple[tuple[StorageMethod, str], ...] = (
    ("storage_anniversary_1", ""),
    ("storage_split_month_1", ", half month: {full until: 15, then: prorated}"),
    ("storage_calendar_1", ""),
    ("storage_daily_1", ""),
    ("storage_peak_1", ""),
    ("storage_average_1", ""),
    ("storage_snapshot_1", ", snapshot day: 10"),
)
LAST = FIRST + timedelta(days=89)


@given(histories(), st.integers(1, 88), st.sampled_from(["yes", "no"]))
def test_the_pallet_days_of_a_period_split_on_any_day_add_up(
    facts: list[Fact], days: int, out: str
) -> None:
    agreed = card("storage_daily_1", out)
    cut = FIRST + timedelta(days=days)
    parts = (
        rated(agreed, FIRST, cut - timedelta(days=1), facts),
        rated(agreed, cut, LAST, facts),
    )
    assert sum(map(quantity_of, parts)) == quantity_of(rated(agreed, FIRST, LAST, facts))


@given(histories(), st.integers(1, 88))
def test_a_split_on_the_first_of_a_cycle_bills_no_anniversary_twice_and_none_never(
    facts: list[Fact], days: int
) -> None:
    agreed = card("storage_anniversary_1")
    cut = FIRST + timedelta(days=days)
    parts = (
        rated(agreed, FIRST, cut - timedelta(days=1), facts),
        rated(agreed, cut, LAST, facts),
    )
    assert sum(map(quantity_of, parts)) == quantity_of(rated(agreed, FIRST, LAST, facts))


@given(histories(), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_the_order_in_which_movements_are_told_does_not_matter(
    facts: list[Fact], random: Random, method: tuple[StorageMethod, str]
) -> None:
    agreed = card(method[0], more=method[1])
    shuffled = list(facts)
    random.shuffle(shuffled)
    told = rated(agreed, FIRST, LAST, facts)
    assert told == rated(agreed, FIRST, LAST, shuffled)
    assert told.unpriced == ()


@given(histories(), st.integers(0, 95))
def test_the_stock_at_the_end_of_a_period_is_the_opening_of_the_next(
    facts: list[Fact], days: int
) -> None:
    """Reckoned from the movements up to the end, and from all of them with a look back."""
    end = FIRST + timedelta(days=days)
    unit = made.storage_unit("P", *facts)
    closing = Fraction(0)
    if days:
        until = movements_of(unit, PALLETS, end)
        assert not isinstance(until, str)
        stays = stays_of(until, oldest_first=True)
        assert not isinstance(stays, str)
        closing = sum((each.quantity for each in stays if each.left_on is None), Fraction(0))
    every = movements_of(unit, PALLETS, date.max)
    assert not isinstance(every, str)
    whole = stays_of(every, oldest_first=True)
    assert not isinstance(whole, str)
    assert on_hand(whole, end) == closing
    assert closing == sum(each.quantity for each in every if each.day < end)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
def test_an_anniversary_is_as_many_complete_months_away(day: date, months: int) -> None:
    then = months_after(day, months)
    assert completed_months(day, then) == months
    assert completed_months(day, then - timedelta(days=1)) == months - 1
    assert then.day <= day.day


def daily(*facts: Fact) -> Rated:
    result = rated(card("storage_daily_1"), date(2026, 3, 1), date(2026, 3, 31), list(facts))
    as_kept(plain(result))
    return result


def test_two_systems_that_report_one_movement_alike_report_it_once() -> None:
    one = made.moved("M1", "2026-03-31", "10")
    other = made.moved("M1", "2026-03-31 09:00", "10", system="erp")
    result = daily(one, other)
    assert quantity_of(result) == 10
    told = next(each for each in result.charges[0].inputs if each.name == "movement M1")
    assert set(told.fact_ids) == {one.fact_id, other.fact_id}


def test_two_systems_that_report_one_movement_differently_leave_the_stock_unknown() -> None:
    other = made.moved("M1", "2026-03-31", "11", system="erp")
    assert problem_of(daily(made.moved("M1", "2026-03-31", "10"), other)) == "no_quantity"


def test_the_last_revision_of_a_movement_counts() -> None:
    second = made.moved("M1", "2026-03-30", "7", revision=1)
    assert quantity_of(daily(made.moved("M1", "2026-03-31", "10"), second)) == 14


def test_what_is_only_planned_has_not_moved() -> None:
    planned = made.moved("M1", "2026-03-10", "10", classifier=Classifier.PLANNED)
    assert problem_of(daily(planned)) == "no_quantity"


def test_a_pallet_that_comes_and_goes_on_one_day_counts_a_day_only_where_the_day_out_does() -> None:
    facts = [made.moved("M1", "2026-03-10 15:00", "1"), made.moved("M2", "2026-03-10 09:00", "-1")]
    for out, days in (("no", 0), ("yes", 1)):
        agreed = card("storage_daily_1", out)
        result = rated(agreed, date(2026, 3, 1), date(2026, 3, 31), facts)
        assert quantity_of(result) == days


def with_periods(*declared: Fact) -> Rated:
    unit: BillableUnit = made.storage_unit("P", *declared, made.moved("M1", "2026-03-31", "10"))
    result = price(unit, (unit,), (), card("storage_daily_1"), date(2027, 1, 1))
    as_kept(plain(result))
    return result


def test_sources_that_disagree_about_the_days_of_a_period_leave_it_without_a_price() -> None:
    one = made.period("P", "2026-03-01", "2026-03-31")
    other = made.period("P", "2026-03-01", "2026-03-30", system="erp")
    assert problem_of(with_periods(one, other)) == "no_date"


def test_a_period_is_closed_only_when_everybody_who_declares_it_says_so() -> None:
    one = made.period("P", "2026-03-01", "2026-03-31")
    other = made.period("P", "2026-03-01", "2026-03-31", "open", system="erp")
    assert problem_of(with_periods(one, other)) == "period_open"
    assert quantity_of(with_periods(one)) == 10


def test_a_period_that_nobody_has_declared_has_no_day() -> None:
    assert problem_of(with_periods()) == "no_date"


def test_an_order_finds_no_charge_on_a_card_of_storage_alone() -> None:
    agreed = msgspec.structs.replace(card("storage_daily_1"), rate_date="order")
    ordered = made_facts.fact(Order(order="O1", customer="CASE"), system="oms")
    unit = made_facts.unit("O1", ordered, kind="order")
    result = price(unit, (unit,), (), agreed, date(2027, 1, 1))
    assert problem_of(result) == "no_rate"
    as_kept(plain(result))
