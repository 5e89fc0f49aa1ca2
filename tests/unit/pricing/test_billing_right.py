"""Until when a line may be billed: windows, the law on motor carriers, and 46 CFR 541."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.evidence.correlation.journey import Journey
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Stop
from app.evidence.facts.money import Accessorial
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.money import Money
from app.pricing.contract.contract import ClaimWindow, Contract
from app.pricing.contract.windows import DemurrageInvoices, Trade
from app.pricing.lines.charge import Charge, Input
from app.pricing.right.clocks import Right, Situation, earliest, right_of, strictest
from app.pricing.right.demurrage import FIELDS, TEXTS, KnownBy, fields_of
from app.pricing.right.posting import posting_day
from tests.unit.pricing.made_facts import fact, shipment, unit

DELIVERED = datetime(2026, 3, 4, 16, tzinfo=UTC)
AGREED = "Agreement, section 4"
US = Place(city="Chicago", region="IL", country="US")
TERMINAL = Place(name="APM", city="Newark", region="NJ", country="US")


def charge(code: str = "linehaul", amount: str = "100.00", **more: Any) -> Charge:
    values: dict[str, Any] = {
        "code": code,
        "description": "",
        "quantity": Decimal(1),
        "unit": "",
        "rate": Decimal(1),
        "amount": Money(Decimal(amount), "USD"),
        "formula": "",
        "inputs": (),
        "rows": (),
        "card": "",
        "method": "",
        "unrounded": amount,
        "rounding": "half_up_1",
        "clause": "item 100",
    }
    return Charge(**(values | more))


def contract(**agreed: Any) -> Contract:
    values: dict[str, Any] = {
        "customer": "C",
        "name": "",
        "agreed_in": "",
        "currency": "USD",
        "effective_from": date(2026, 1, 1),
    }
    return Contract(**(values | agreed))


def within(*windows: tuple[str, int]) -> Contract:
    return contract(
        claim_windows=tuple(
            ClaimWindow(charge=code, days=days, source=AGREED) for code, days in windows
        )
    )


def milestone(status: MilestoneStatus, at: datetime, **more: Any) -> Fact:
    return fact(Milestone(status=status, **more), at, system="carrier")


def at(agreed: Contract, *more: Fact, first: date | None = None, **told: Any) -> Situation:
    """A truckload from Chicago, delivered on 2026-03-04, and what else is told."""
    known: dict[str, Any] = {"mode": "TL", "origin": US, "destination": US} | told
    facts = (shipment("S", **known), milestone(MilestoneStatus.DELIVERED, DELIVERED), *more)
    made = unit("S", *facts)
    return Situation(unit=made, journey=Journey(made), contract=agreed, billed_first_on=first)


def until(right: Right | None) -> date | None:
    assert right is not None
    return right.expires_on


def test_no_clock_runs_where_nothing_was_agreed() -> None:
    assert right_of(charge(), at(contract())) is None
    assert right_of(charge(), at(within(("detention", 30)))) is None


def test_a_window_counts_from_the_day_of_service_and_its_last_day_is_in_it() -> None:
    right = right_of(charge(), at(within(("any", 30))))
    # 4 March and 30 days: 27 days are left of March, 3 April
    assert until(right) == date(2026, 4, 3)
    assert right is not None
    assert right.source == "Agreement, section 4: 30 days from the service (2026-03-04)"
    assert right.fact_ids


def test_of_several_windows_the_earliest_counts() -> None:
    both = at(within(("any", 90), ("detention", 30)))
    assert until(right_of(charge("detention"), both)) == date(2026, 4, 3)
    assert until(right_of(charge(), both)) == date(2026, 6, 2)


def test_a_service_event_counts_from_the_day_on_which_the_truck_left_its_stop() -> None:
    left = datetime(2026, 3, 2, 9, tzinfo=UTC)
    facts = (
        fact(Stop(stop="1", shipment="S", arrived_at=left, departed_at=left), left),
        fact(Accessorial(accessorial="D1", charge="detention", stop="1"), DELIVERED),
    )
    on = at(within(("any", 30)), *facts)
    assert until(right_of(charge("detention", subject="D1"), on)) == date(2026, 4, 1)
    assert until(right_of(charge("detention", subject="D2"), on)) == date(2026, 4, 3)


def test_freight_that_is_billed_on_pickup_counts_from_it_and_nothing_counts_before() -> None:
    loaded = milestone(MilestoneStatus.PICKED_UP, datetime(2026, 3, 2, 9, tzinfo=UTC))
    for facts, day in (((loaded,), date(2026, 4, 1)), ((), None)):
        told = unit("S", shipment("S"), *facts)
        on = Situation(unit=told, journey=Journey(told), contract=within(("any", 30)))
        assert until(right_of(charge(), on)) == day


def test_more_than_the_first_bill_is_billed_within_180_days_of_it() -> None:
    right = right_of(charge(), at(contract(balance_due_days=180), first=date(2026, 3, 6)))
    # 25 days are left of March, then 30 + 31 + 30 + 31 + 31 = 153 to the end of August, 2 more
    assert until(right) == date(2026, 9, 2)
    assert right is not None
    assert right.source == "49 U.S.C. 13710(a)(3)(A): 180 days from the first bill (2026-03-06)"


@pytest.mark.parametrize(
    ("told", "first", "runs"),
    [
        ({}, None, False),  # nothing was billed yet
        ({"mode": "PARCEL"}, date(2026, 3, 6), False),
        ({"mode": "LTL"}, date(2026, 3, 6), True),
        ({"origin": Place(country="MX")}, date(2026, 3, 6), True),  # it ends in the United States
        (
            {"origin": Place(country="MX"), "destination": Place(country="MX")},
            date(2026, 3, 6),
            False,
        ),
        ({"origin": Place(country="MX"), "destination": Place(city="X")}, date(2026, 3, 6), True),
        ({"origin": None, "destination": None}, date(2026, 3, 6), True),  # nobody says elsewhere
    ],
)
def test_the_law_on_motor_carriers_is_about_trucks_that_touch_the_united_states(
    told: dict[str, Any], first: date | None, runs: bool
) -> None:
    on = at(contract(balance_due_days=180), first=first, **told)
    assert (right_of(charge(), on) is not None) is runs


def test_what_is_credited_or_was_billed_in_full_no_clock_ends() -> None:
    on = at(within(("any", 30)))
    hundred = Money(Decimal("100.00"), "USD")
    assert right_of(charge(amount="-5.00"), on) is None
    assert right_of(charge(amount="100.00"), on, billed=hundred) is None
    assert right_of(charge(amount="99.99"), on, billed=hundred) is None
    assert right_of(charge(amount="100.01"), on, billed=hundred) is not None


def test_a_clock_whose_first_day_is_not_told_may_be_the_earliest() -> None:
    unknown = Right(expires_on=None, source="a")
    known = Right(expires_on=date(2026, 4, 3), source="b")
    assert strictest((known, unknown, None)) == unknown
    assert earliest((known, unknown, None)) == known
    assert strictest((None,)) is None


RULED = DemurrageInvoices(
    charges=("per diem",), trade=Trade.IMPORT, texts=dict.fromkeys(TEXTS, "as agreed")
)


def container(*but: Fact, without: str = "") -> tuple[Situation, Charge]:
    """Discharged, available, out on the 2nd and back on Saturday the 14th, which is not counted."""
    days = {
        "container_discharged": datetime(2026, 2, 27, 9, tzinfo=UTC),
        "container_available": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "gate_out": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "gate_in": datetime(2026, 3, 14, 9, tzinfo=UTC),
    }
    reports = {
        status: milestone(MilestoneStatus(status), day, equipment="C1", place=TERMINAL)
        for status, day in days.items()
        if status != without
    }
    told = [reports[each] for each in ("gate_out", "gate_in") if each in reports]
    line = charge(
        "per diem",
        subject="C1",
        inputs=(Input(name="reports", value="", fact_ids=tuple(each.fact_id for each in told)),),
        rejected=("2026-03-14: a Saturday, not counted",),
    )
    numbers = msgspec.structs.replace(
        fact(Accessorial(accessorial="P1", charge="other")),
        references=(
            Reference(kind=ReferenceKind.BOL, value="B1"),
            Reference(kind=ReferenceKind.CONTAINER, value="C1"),
        ),
    )
    return at(contract(demurrage_invoices=RULED), *reports.values(), numbers, *but), line


def test_demurrage_is_invoiced_within_thirty_days_of_the_last_day_charged() -> None:
    on, line = container()
    # the last day charged is Friday the 13th: 18 days are left of March, 12 April
    assert until(right_of(line, on)) == date(2026, 4, 12)


def test_demurrage_that_is_merely_claimed_has_a_clock_that_nobody_can_count() -> None:
    on = at(contract(demurrage_invoices=RULED))
    right = right_of(charge("per diem", subject="P1"), on)
    assert right is not None
    assert right.expires_on is None
    assert "not told" in right.source


def missing(on: Situation, line: Charge, ruled: DemurrageInvoices = RULED) -> list[str]:
    return [each.name for each in fields_of(on.unit, [line], ruled) if not each.present]


def test_the_law_lists_twenty_fields_and_asks_for_other_days_of_imports_and_exports() -> None:
    on, line = container()
    imported = {each.name for each in fields_of(on.unit, [line], RULED)}
    exported = {
        each.name
        for each in fields_of(
            on.unit, [line], DemurrageInvoices(charges=("per diem",), trade=Trade.EXPORT)
        )
    }
    assert len(FIELDS) == 20
    assert len(imported) == 19
    assert imported - exported == {"port_of_discharge", "container_available"}
    assert exported - imported == {"earliest_return"}


def test_no_field_is_asked_for_where_no_line_falls_under_the_law() -> None:
    on, _ = container()
    assert fields_of(on.unit, [charge()], RULED) == ()
    assert fields_of(on.unit, [charge("per diem")], None) == ()


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ("", ["rate_charged"]),  # the made-up line names no row of a card
        ("container_discharged", ["port_of_discharge", "rate_charged"]),
        ("container_available", ["container_available", "rate_charged"]),
    ],
)
def test_each_field_is_there_by_what_tells_it(without: str, lacks: list[str]) -> None:
    on, line = container(without=without)
    assert missing(on, line) == lacks


def test_every_text_is_missed_where_the_contract_does_not_say_it() -> None:
    on, line = container()
    silent = DemurrageInvoices(charges=("per diem",), trade=Trade.IMPORT)
    assert {*missing(on, line, silent)} == {*TEXTS, "rate_charged"}
    assert tuple(each.name for each in FIELDS if each.known_by is KnownBy.TEXT) == TEXTS


def test_a_claim_tells_its_free_time_but_not_the_days_charged() -> None:
    claim = fact(
        Accessorial(
            accessorial="P2",
            charge="per diem",
            free_time_starts_at=DELIVERED,
            free_time_ends_at=DELIVERED,
        )
    )
    on, _ = container(claim)
    told = Input(name="claim", value="", fact_ids=(claim.fact_id,))
    line = charge("per diem", subject="P2", inputs=(told,))
    assert missing(on, line) == ["days_charged", "rate_charged"]


def test_what_was_billed_before_is_posted_in_the_month_in_which_it_changes() -> None:
    known = datetime(2026, 4, 30, 20, tzinfo=UTC)
    service = date(2026, 3, 4)
    assert posting_day(service, known) == service
    assert posting_day(service, known, date(2026, 3, 6)) == date(2026, 4, 30)
    assert posting_day(None, known) is None
