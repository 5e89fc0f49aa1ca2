"""What contracts, finance and the order say of a unit, beyond its freight and its price."""

from datetime import date, datetime

import pytest

from app.authoring.files.authority_files import load_authority
from app.evidence.correlation.surroundings import Surroundings
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment
from app.evidence.facts.order import Order
from app.evidence.facts.party import Customer
from app.family.document import DocumentKind, FamilyDocument
from app.family.family import Family
from app.judgement.rulebook.seen import Value
from app.judgement.rulebook.view import view_of
from app.money import zero
from app.pricing.contract.contract import Contract, Trigger
from app.pricing.contract.windows import InvoicingCalendar, Weekday
from app.pricing.lines.charge import Rated
from tests.rule_cases import RULES
from tests.unit.evidence.correlation.told import START, told


def seen(
    name: str,
    *facts: Fact,
    around_it: Surroundings | None = None,
    terms: tuple[str, ...] = (),
    calendar: InvoicingCalendar | None = None,
    family: Family | None = None,
) -> Value | None:
    """The value of a name of the unit with these facts."""
    contract = Contract(
        customer="C",
        name="",
        agreed_in="",
        currency="USD",
        effective_from=date(2026, 1, 1),
        trigger=Trigger.PICKUP,
        freight_terms_billed=terms,
        customer_po_pattern="PO-9999",
        cutoff_days_after_service=None if calendar else 2,
        invoicing_calendar=calendar,
    )
    unit = unit_of("shipment:S", facts, load_authority(RULES))
    near, before = around_it or Surroundings(), family or Family()
    view = view_of(unit, [], Rated(currency="USD"), contract, START, near, before)
    return view.unit[name].value


def billed_at(moment: datetime) -> Family:
    """A unit whose invoice of nothing was claimed then."""
    invoice = FamilyDocument(
        reference="R-1",
        kind=DocumentKind.FINAL,
        lines=(),
        total=zero("USD"),
        claimed_at=moment,
        decision_id="D-1",
    )
    return Family(documents=(invoice,))


def order(number: str, status: str | None, system: str = "oms", hours: int = 0) -> Fact:
    return told(Order(order=number, status=status), system=system, hours=hours)


@pytest.mark.parametrize(
    ("orders", "closed"),
    [
        ([], None),
        ([order("1", "closed")], True),
        ([order("1", "open")], False),
        ([order("1", "open"), order("1", "closed", hours=1)], True),
        ([order("1", "closed"), order("1", "open", hours=1)], False),
        ([order("1", "closed"), order("1", None, hours=1)], True),
    ],
)
def test_an_order_is_closed_by_the_last_status_told(
    orders: list[Fact], closed: bool | None
) -> None:
    assert seen("order_closed", *orders) is closed


def test_a_unit_of_two_orders_is_closed_when_both_are() -> None:
    assert seen("order_closed", order("1", "open"), order("2", "closed", hours=1)) is False
    assert seen("order_closed", order("1", None), order("2", "closed", hours=1)) is None
    assert seen("order_closed", order("1", "cancelled"), order("2", "closed", hours=1)) is True


def test_a_warehouse_cannot_close_the_planners_order() -> None:
    last = order("1", "closed", system="wms", hours=1)
    assert seen("order_closed", order("1", "open"), last) is False
    assert seen("order_closed", last) is None


def test_freight_billed_on_pickup_belongs_to_the_month_of_its_pickup() -> None:
    facts = (
        told(Shipment(shipment="S", customer="C"), system="tms"),
        told(Milestone(status=MilestoneStatus.PICKED_UP)),
    )
    march = Surroundings(closed_months={"2026-03": "a fact"})
    assert seen("period_open", *facts, around_it=march) is False
    assert seen("cutoff_on", *facts) == date(2026, 3, 4)


def test_what_was_billed_before_belongs_to_the_month_in_which_it_changes() -> None:
    loaded = told(Milestone(status=MilestoneStatus.PICKED_UP), hours=-72)  # 2026-02-27
    for closed, first, is_open in (
        ("2026-02", None, False),
        ("2026-02", START, True),
        ("2026-03", None, True),
        ("2026-03", START, False),
    ):
        near = Surroundings(closed_months={closed: "a fact"})
        family = billed_at(first) if first else Family()
        assert seen("period_open", loaded, around_it=near, family=family) is is_open


def test_by_a_calendar_cut_offs_are_days_of_the_customers_and_pass_to_the_minute() -> None:
    loaded = told(Milestone(status=MilestoneStatus.PICKED_UP))
    passed = []
    for time_of_day in ("16:59", "17:00", "17:01"):
        # the pickup and the last word are at 08:00 UTC on 2 March, 17:00 in Tokyo
        tokyo = InvoicingCalendar(
            time_zone="Asia/Tokyo", time_of_day=time_of_day, days_after_service=0
        )
        passed.append(seen("billing_cutoff_passed", loaded, calendar=tokyo))
        assert seen("billing_cutoff_on", loaded, calendar=tokyo) == date(2026, 3, 2)
        assert seen("next_billing_cutoff_on", loaded, calendar=tokyo) is None
        assert seen("cutoff_on", loaded, calendar=tokyo) is None
    assert passed == [True, False, False]
    weekly = InvoicingCalendar(time_zone="Asia/Tokyo", time_of_day="16:59", weekday=Weekday.MONDAY)
    assert seen("next_billing_cutoff_on", calendar=weekly) == date(2026, 3, 9)
    assert seen("billing_cutoff_on", calendar=weekly) is None
    assert seen("billing_cutoff_passed", calendar=weekly) is None


def test_master_data_is_the_last_word_of_the_erp() -> None:
    facts = (
        told(Shipment(shipment="S", customer="C"), system="tms"),
        told(Customer(customer="C", factoring_pending=True, invoice_to="AP"), system="erp"),
        told(Customer(customer="C", factoring_pending=False, invoice_to="X"), system="carrier"),
    )
    assert seen("factoring_pending", *facts) is True
    assert seen("invoice_to", *facts) == "AP"
    settled = told(Customer(customer="C", factoring_pending=False), system="erp", hours=1)
    assert seen("factoring_pending", *facts, settled) is False


@pytest.mark.parametrize(
    ("number", "fits"),
    [(None, True), ("PO-1001", True), ("PO-101", False), ("PO-10011", False), ("PO-100A", False)],
)
def test_a_purchase_order_number_looks_as_agreed_to_the_last_sign(
    number: str | None, fits: bool
) -> None:
    assert seen("customer_po_fits", told(Order(order="1", customer_po=number))) is fits


def test_terms_that_nobody_told_are_not_agreed_where_the_contract_names_some() -> None:
    collect = told(Shipment(shipment="S", freight_terms="collect"), system="tms")
    assert seen("freight_terms_billed", collect) is True
    assert seen("freight_terms_billed", collect, terms=("prepaid",)) is False
    assert seen("freight_terms_billed", collect, terms=("prepaid", "collect")) is True
    assert seen("freight_terms_billed", terms=("prepaid",)) is None
