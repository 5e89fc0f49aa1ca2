"""What has to be billed by when, over everything that is decided and not released."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from app.entrypoints.risk_command import risk_report
from app.errors import RequestError
from app.explanation.at_risk import ValueAtRisk
from app.judgement.decision import Clock, Decision, Hold, Runs
from app.money import Money
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.board import known_board
from app.operations.looking.keep_standing import catch_up
from app.operations.looking.rights import rights_to_bill
from app.operations.looking.units import Asked, units_like
from app.operations.looking.value_at_risk import value_at_risk
from app.operations.releasing.claim_release import claim_release
from app.pricing.contract.contract import ClaimWindow
from app.pricing.contract.windows import InvoicingCalendar, Weekday
from app.reports.work.batches import Closes
from app.reports.work.board import Runway
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock, drafts

LINEHAUL, FUEL = Money(Decimal("296.34"), "USD"), Money(Decimal("59.27"), "USD")
BOTH = Money(Decimal("355.61"), "USD")
FRIDAY = InvoicingCalendar(time_zone="America/Chicago", time_of_day="17:00", weekday=Weekday.FRIDAY)
LINEHAUL_IN_30 = ClaimWindow(charge="linehaul", days=30, source="Agreement, section 4")


def agree(
    house: House, windows: tuple[ClaimWindow, ...], calendar: InvoicingCalendar | None = FRIDAY
) -> None:
    """Northwind's contract with time limits."""
    base = drafts()
    changed = tuple(
        msgspec.structs.replace(each, claim_windows=windows, invoicing_calendar=calendar)
        if each.customer == "NORTHWIND"
        else each
        for each in base.contracts
    )
    accept_editions(house, msgspec.structs.replace(base, contracts=changed))


def decided(house: House, number: str, *events: dict[str, object]) -> Decision:
    nw.record(house, *events)
    return decide_unit(house, number).decision


def without_po(number: str) -> list[dict[str, object]]:
    """Delivered with its proof; nobody has told the customer's purchase order."""
    told = [each for each in nw.moved(number) if "order" not in each["data"]]
    return [*told, nw.pod(number)]


def told_in_april(event: dict[str, object]) -> dict[str, object]:
    return {**event, "time": "2026-04-01T10:00:00-05:00"}


def of(risk: ValueAtRisk, runs: Runs) -> list[tuple[str, bool, str, str, Money]]:
    return [
        (each.period, each.over, each.hold, each.owner, each.value)
        for each in risk.rows
        if each.runs is runs
    ]


def test_each_line_stands_under_its_own_clock_and_its_units_cut_off(
    house: House, clock: SetClock
) -> None:
    agree(house, (LINEHAUL_IN_30,))
    ready = decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    held = decided(house, "N2", *without_po("N2"))
    assert (ready.verdict, held.verdict) == ("release", "hold")
    # delivered on Wednesday 4 March: Friday is the 6th; thirty days later it is 3 April
    assert ready.clocks == (
        Clock(
            runs=Runs.CUTOFF, last_day=date(2026, 3, 6), source="the customer's invoicing calendar"
        ),
        Clock(
            runs=Runs.RIGHT,
            last_day=date(2026, 4, 3),
            line="linehaul",
            source="Agreement, section 4: 30 days from the service (2026-03-04)",
        ),
    )
    risk = value_at_risk(house)
    assert of(risk, Runs.RIGHT) == [
        ("2026-04-03", False, "", "billing", LINEHAUL),
        ("2026-04-03", False, "CUSTOMER_REF_MISSING", "customer service", LINEHAUL),
    ]
    assert of(risk, Runs.CUTOFF) == [
        ("2026-03-06", True, "", "billing", BOTH),
        ("2026-03-06", True, "CUSTOMER_REF_MISSING", "customer service", BOTH),
    ]
    assert {each.of: each.value for each in risk.totals} == {
        "right, to come": Money(Decimal("592.68"), "USD"),
        "right, held, within 30 days": LINEHAUL,
        "cutoff, over": Money(Decimal("711.22"), "USD"),
    }
    assert risk.without_clock == ()
    clock.forward(3 * 24)  # 4 April
    assert all(over for _, over, *_ in of(value_at_risk(house), Runs.RIGHT))
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize(
    ("zone", "moment", "over"),
    [
        ("America/Chicago", "2026-03-06T23:00:00Z", False),
        ("America/Chicago", "2026-03-06T23:00:01Z", True),
        ("America/Los_Angeles", "2026-03-07T01:00:00Z", False),
        ("America/Los_Angeles", "2026-03-07T01:00:01Z", True),
    ],
)
def test_a_cut_off_is_over_when_the_batch_closes_as_on_the_board(
    house: House, clock: SetClock, zone: str, moment: str, over: bool, noted: bool
) -> None:
    """17:00 on Friday the 6th is 23:00 UTC in Chicago and 1:00 of the 7th in Los Angeles."""
    agree(house, (), calendar=msgspec.structs.replace(FRIDAY, time_zone=zone))
    decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    if noted:
        catch_up(house)
    clock.moment = datetime.fromisoformat(moment)

    risk = value_at_risk(house)

    assert [each.over for each in risk.rows] == [over]
    assert [each.of for each in risk.totals] == ["cutoff, over" if over else "cutoff, to come"]
    if noted:
        batched = units_like(house, Asked(cutoff=Closes.CLOSED)).units
        assert [each.unit for each in batched] == (["shipment:N1"] if over else [])


def test_days_are_taken_together_by_week_and_month_and_customers_apart(house: House) -> None:
    agree(house, (LINEHAUL_IN_30,))
    decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    assert {row.period for row in value_at_risk(house, by="week").rows} == {"2026-W10", "2026-W14"}
    assert {row.period for row in value_at_risk(house, by="month").rows} == {"2026-03", "2026-04"}
    assert value_at_risk(house, "NORTHWIND").rows == value_at_risk(house).rows
    assert value_at_risk(house, "KESTREL").rows == ()
    with pytest.raises(RequestError, match="by: 'year' is no span of days; allowed: day, week"):
        value_at_risk(house, by="year")


def test_what_no_clock_runs_for_and_what_has_no_price_is_listed_apart(house: House) -> None:
    agree(house, (LINEHAUL_IN_30,), calendar=None)
    decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    decided(house, "N3", nw.shipment("N3"))
    apart = value_at_risk(house).without_clock
    assert ("shipment:N1", "fuel_surcharge", FUEL) in [(e.unit, e.line, e.value) for e in apart]
    assert [each for each in apart if each.unit == "shipment:N3"]
    assert all(each.owner for each in apart)
    printed = "\n".join(risk_report(value_at_risk(house)))
    assert "No clock runs for" in printed
    assert "right to bill" in printed


def test_what_was_released_is_no_longer_at_risk(house: House) -> None:
    agree(house, (LINEHAUL_IN_30,))
    ready = decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    claim_release(house, ready.decision_id)
    risk = value_at_risk(house)
    assert [*risk.rows, *risk.without_clock, *risk.totals] == []
    assert list(risk_report(risk)) == ["nothing that was decided waits to be released"]


def test_of_a_billed_unit_only_what_is_owed_beyond_its_invoice_is_at_risk(house: House) -> None:
    agree(house, (LINEHAUL_IN_30,), calendar=None)
    ready = decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    claim_release(house, ready.decision_id)
    heavier = nw.shipment("N1", weight="2400", revision=1, id="corrected")
    assert decided(house, "N1", heavier).verdict == "hold"
    # 24.00 cwt at 49.39 less 70% is 355.61; 296.34 of it is billed
    risk = value_at_risk(house)
    more = Money(Decimal("59.27"), "USD")
    assert of(risk, Runs.RIGHT) == [("2026-04-03", False, "ADJUSTMENT_UNAPPROVED", "finance", more)]
    (fuel,) = risk.without_clock
    assert (fuel.line, str(fuel.value)) == ("fuel_surcharge", "11.85 USD")


def holds(decision: Decision) -> dict[str, Hold]:
    return {each.code: each for each in decision.holds}


def test_a_line_whose_right_has_run_out_waits_for_a_person_and_the_rest_goes_out(
    house: House,
) -> None:
    # the last word is of 1 April, and the last day was 24 March
    agree(house, (ClaimWindow(charge="linehaul", days=20, source="Agreement"),), calendar=None)
    late = decided(house, "N1", *nw.moved("N1"), told_in_april(nw.pod("N1")))
    assert (late.verdict, late.total, late.held_total) == ("release", FUEL, LINEHAUL)
    hold = holds(late)["BILLING_RIGHT_EXPIRED"]
    assert (hold.value, hold.right_to_bill_expires_on) == (LINEHAUL, date(2026, 3, 24))
    assert hold.owner == "finance"
    said = {
        "approval": "A-1",
        "subject": "late billing of linehaul",
        "granted": True,
        "approver": "J. Doe",
        "authority": "finance",
        "up_to": {"amount": "296.34", "currency": "USD"},
    }
    word = nw.event("approval", said, system="erp", references=nw.named("shipment", "N1"))
    allowed = decided(house, "N1", told_in_april(word))
    assert (allowed.total, holds(allowed)) == (BOTH, {})
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


def test_a_hold_on_the_whole_unit_tells_all_that_it_keeps_and_the_first_day(house: House) -> None:
    agree(house, (LINEHAUL_IN_30,), calendar=None)
    *moved, pod = without_po("N2")
    told = holds(decided(house, "N2", *moved, told_in_april(pod)))
    hold, near = told["CUSTOMER_REF_MISSING"], told["BILLING_RIGHT_NEAR"]
    assert (hold.value, hold.right_to_bill_expires_on) == (BOTH, date(2026, 4, 3))
    assert (near.blocks, near.value) == (False, LINEHAUL)


def test_of_a_billed_unit_the_month_in_which_it_changes_is_looked_at_as_well(house: House) -> None:
    said = {"accounting_period": "2026-04", "closed": True}
    nw.record(house, nw.event("accounting_period", said, system="erp"))
    ready = decided(house, "N1", *nw.moved("N1"), told_in_april(nw.pod("N1")))
    with house.database.reading(house.tenant) as store:
        assert dossier_of(store, "N1").surroundings == ()
    claim_release(house, ready.decision_id)
    with house.database.reading(house.tenant) as store:
        (closed,) = dossier_of(store, "N1").surroundings
    assert getattr(closed.said, "accounting_period", "") == "2026-04"


def test_the_board_tells_the_same_lines_for_the_same_money(house: House, clock: SetClock) -> None:
    lines = (LINEHAUL_IN_30, ClaimWindow(charge="fuel_surcharge", days=10, source="section 5"))
    agree(house, lines)
    decided(house, "N1", *nw.moved("N1"), nw.pod("N1"))
    decided(house, "N2", *without_po("N2"))
    claimed = decided(house, "N3", *nw.moved("N3"), nw.pod("N3"))
    claim_release(house, claimed.decision_id)
    catch_up(house)
    clock.moment = datetime(2026, 3, 20, 12, tzinfo=UTC)

    told = [each for each in value_at_risk(house).risks if each.runs is Runs.RIGHT]

    listed = rights_to_bill(house).lines
    assert len(told) == 4, "linehaul and fuel of two units"
    assert {(each.unit, each.line, each.last_day, each.hold, each.owner) for each in listed} == {
        (each.unit, each.line, each.last_day, each.hold, each.owner) for each in told
    }
    board = known_board(house).board.figures
    assert [(each.runway, each.lines, each.minor) for each in board.rights] == [
        (Runway.OVER, 2, 2 * FUEL.minor_units),
        (Runway.MONTH, 2, 2 * LINEHAUL.minor_units),
    ]
