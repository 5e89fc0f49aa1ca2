"""A storage period from the movements that the warehouse sends to its decision."""

from typing import Any

import msgspec
import pytest

from app.authoring.files.card_files import card_from
from app.authoring.files.contract_files import contract_from
from app.digest import canonical
from app.judgement.verdict import Verdict
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.gather_dossier import find_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.look_up import all_units, waiting_facts
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts

Event = dict[str, Any]

CARD = """\
name: Storehouse 2026
customer: STORER
currency: USD
agreed in: a test
effective: 2026-01-01 onwards
rate date: ship confirm
charges:
  - charge: storage
    shape: storage
    method: storage_split_month_1
    counts: pallet
    out day counts: no
    half month: {full until: 15, then: half}
    rates: t.csv
"""
ROWS = "row,rate,effective from,known from\n1,12.00,2026-01-01,2025-12-01\n"
CONTRACT = """\
customer: STORER
name: Storehouse
agreed in: a test
currency: USD
effective: 2026-01-01 onwards
billable unit: order
trigger: ship confirm
storage billed: yes
"""


@pytest.fixture
def storer(house: House) -> House:
    """A house where a customer's storage is agreed."""
    agree(house, CONTRACT)
    return house


def agree(house: House, contract: str) -> None:
    card = card_from("T", {"card.yaml": CARD, "t.csv": ROWS}.__getitem__)
    own = contract_from("T", {"contract.yaml": contract}.__getitem__)
    base = drafts()
    more = {"cards": (*base.cards, card), "contracts": (*base.contracts, own)}
    accept_editions(house, msgspec.structs.replace(base, **more))


def moved(number: str, on: str, quantity: str, warehouse: str = "JOLIET", **more: Any) -> Event:
    attributes = {
        "movement": number,
        "customer": "STORER",
        "item": "X",
        "quantity": quantity,
        "unit": "pallet",
        "warehouse": warehouse,
    }
    time = f"{on}T12:00:00-06:00"
    return nw.event(
        "inventory_movement", attributes, system="wms", id=f"{number} {on}", time=time, **more
    )


def period(number: str, starts_on: str, ends_before: str, status: str = "closed") -> Event:
    attributes = {
        "storage_period": number,
        "customer": "STORER",
        "warehouse": "JOLIET",
        "starts_on": starts_on,
        "ends_before": ends_before,
        "status": status,
    }
    revision = int(status == "closed")
    time = f"{starts_on}T06:00:00-06:00"
    return nw.event(
        "storage_period",
        attributes,
        system="wms",
        id=f"{number} {status}",
        time=time,
        revision=revision,
    )


MARCH = period("ST-2026-03", "2026-03-01", "2026-04-01")
FEBRUARY = period("ST-2026-02", "2026-02-01", "2026-03-01")
SCENARIO = (moved("M1", "2026-02-10", "100"), moved("M2", "2026-02-20", "40"))


def codes(house: House, reference: str) -> list[str]:
    return [hold.code for hold in decide_unit(house, reference).decision.holds]


def test_a_closed_period_is_released_for_what_its_movements_come_to(storer: House) -> None:
    nw.record(storer, *SCENARIO, FEBRUARY)
    decision = decide_unit(storer, "ST-2026-02").decision
    assert (decision.unit, decision.verdict, decision.holds) == (
        "storage:ST202602",
        Verdict.RELEASE,
        (),
    )
    assert str(decision.total) == "1,440.00 USD"  # 100 x 12.00 + 40 x 6.00
    assert decision.customer == "STORER"
    assert [each.differs for each in replay_decisions(storer)] == [""]


def test_stock_of_an_earlier_period_is_the_opening_stock_of_a_later_one(storer: House) -> None:
    nw.record(storer, *SCENARIO, FEBRUARY, MARCH, moved("M3", "2026-03-12", "-60"))
    assert str(decide_unit(storer, "ST-2026-03").decision.total) == "1,680.00 USD"  # 140 x 12.00
    assert all_units(storer) == ("storage:ST202602", "storage:ST202603")
    assert waiting_facts(storer) == ()


def test_stock_of_another_warehouse_is_not_billed_here(storer: House) -> None:
    nw.record(storer, *SCENARIO, FEBRUARY, moved("M9", "2026-02-01", "500", "RENO"))
    assert str(decide_unit(storer, "ST-2026-02").decision.total) == "1,440.00 USD"


def test_an_open_period_waits_and_is_released_once_it_is_closed(storer: House) -> None:
    nw.record(storer, *SCENARIO, period("ST-2026-02", "2026-02-01", "2026-03-01", "open"))
    decision = decide_unit(storer, "ST-2026-02").decision
    assert [hold.code for hold in decision.holds] == ["ORDER_NOT_CLOSED"]
    nw.record(storer, FEBRUARY)
    assert decide_unit(storer, "ST-2026-02").decision.verdict is Verdict.RELEASE


def test_a_movement_that_comes_late_is_another_decision(storer: House) -> None:
    nw.record(storer, *SCENARIO, FEBRUARY)
    first = decide_unit(storer, "ST-2026-02")
    nw.record(storer, moved("M4", "2026-02-11", "10"))
    second = decide_unit(storer, "ST-2026-02")
    assert str(second.decision.total) == "1,560.00 USD"  # and 10 x 12.00
    assert canonical(first) != canonical(second)


def test_a_movement_after_the_period_changes_nothing(storer: House) -> None:
    nw.record(storer, *SCENARIO, FEBRUARY)
    first = decide_unit(storer, "ST-2026-02")
    nw.record(storer, moved("M4", "2026-03-01", "10"))
    assert canonical(decide_unit(storer, "ST-2026-02")) == canonical(first)


def test_stock_that_cannot_be_reckoned_waits_for_its_price(storer: House) -> None:
    nw.record(storer, moved("M1", "2026-02-10", "-1"), FEBRUARY)
    assert codes(storer, "ST-2026-02") == ["RATE_NOT_FOUND"]


def test_a_closed_month_of_old_movements_does_not_hold_a_later_period(storer: House) -> None:
    shut = nw.event(
        "accounting_period", {"accounting_period": "2026-02", "closed": True}, system="erp"
    )
    nw.record(storer, *SCENARIO, FEBRUARY, MARCH, shut)
    assert codes(storer, "ST-2026-03") == []
    assert codes(storer, "ST-2026-02") == ["PERIOD_CLOSED"]


def test_the_orders_of_the_stock_do_not_hang_together_through_it(storer: House) -> None:
    out = [
        moved(f"M{number}", "2026-02-21", "-1", references=nw.named("order", f"O-{number}"))
        for number in (7, 8)
    ]
    orders = [nw.order("7"), nw.order("8")]
    nw.record(storer, *SCENARIO, FEBRUARY, *out, *orders)
    with storer.database.reading("main") as store:
        unit, near = find_unit(store, "O-7", None)
        assert (unit, set(near.correlation.units)) == ("order:O7", {"order:O7"})
        _, stored = find_unit(store, "ST-2026-02", None)
        assert len(stored.correlation.units["storage:ST202602"].links) == 5


def test_storage_that_the_contract_does_not_bill_is_held(house: House) -> None:
    agree(house, CONTRACT.replace("storage billed: yes\n", ""))
    nw.record(house, *SCENARIO, FEBRUARY)
    assert codes(house, "ST-2026-02") == ["CORRELATION_MISSING"]


def test_two_periods_that_bill_the_same_days_both_wait(storer: House) -> None:
    again = period("ST-AGAIN", "2026-02-15", "2026-03-01")
    nw.record(storer, *SCENARIO, FEBRUARY, again)
    for reference in ("ST-2026-02", "ST-AGAIN"):
        concluded = decide_unit(storer, reference)
        assert concluded.decision.verdict is Verdict.HOLD
        assert [each.problem for each in concluded.trace.unpriced] == ["period_open"]
        assert "bills the same days of the same stock" in concluded.trace.unpriced[0].why


def test_a_period_whose_days_were_corrected_is_no_rival_any_more(storer: House) -> None:
    wrong = period("ST-2026-03", "2026-02-15", "2026-03-15")
    right = {**MARCH, "id": "corrected", "data": {**MARCH["data"], "revision": 2}}
    nw.record(storer, *SCENARIO, FEBRUARY, wrong)
    assert decide_unit(storer, "ST-2026-02").decision.verdict is Verdict.HOLD
    nw.record(storer, right)
    assert decide_unit(storer, "ST-2026-02").decision.verdict is Verdict.RELEASE
