"""A source takes a message back: what was decided on it is decided anew, in whatever order."""

from typing import Any

import pytest

from app.evidence.intake.feed import Lane
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.look_up import current_decisions, waiting_facts
from tests.integration.operations import northwind as nw

WITHDRAWN_AT = "2026-03-05T08:00:00-06:00"


def withdrawal(message_id: str, system: str = "dms", **more: Any) -> dict[str, Any]:
    said = {"withdrawal": message_id, "reason": "did_not_occur"}
    return nw.event("withdrawal", said, system=system, time=WITHDRAWN_AT, **more)


def codes(house: House) -> set[str]:
    return {hold.code for hold in decide_unit(house, "N1").decision.holds}


def test_a_withdrawn_paper_proves_nothing_any_more(house: House) -> None:
    paper = nw.pod("N1")
    nw.record(house, *nw.moved("N1"), paper)
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE
    nw.record(house, withdrawal(paper["id"]))
    assert "POD_MISSING" in codes(house)
    assert waiting_facts(house) == ()


def test_a_withdrawal_that_came_first_counts_as_well(house: House) -> None:
    paper = nw.pod("N1")
    nw.record(house, withdrawal(paper["id"]))
    nw.record(house, *nw.moved("N1"), paper)
    assert "POD_MISSING" in codes(house)


def test_another_system_takes_nothing_back(house: House) -> None:
    paper = nw.pod("N1")
    nw.record(house, *nw.moved("N1"), paper, withdrawal(paper["id"], system="carrier"))
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE


def test_a_withdrawal_makes_its_units_due(house: House) -> None:
    paper = nw.pod("N1")
    nw.record(house, *nw.moved("N1"), paper)
    while drain_due(house, Lane.CRITICAL).rows:
        pass
    (before,) = current_decisions(house)
    nw.record(house, withdrawal(paper["id"]))
    while drain_due(house, Lane.CRITICAL).rows:
        pass
    (after,) = current_decisions(house)
    assert (before.verdict, "POD_MISSING" in {hold.code for hold in after.holds}) == (
        Verdict.RELEASE,
        True,
    )


def drain(house: House) -> None:
    while sum(drain_due(house, lane).rows for lane in Lane):
        pass


def verdicts(house: House) -> list[Verdict]:
    return [decision.verdict for decision in current_decisions(house)]


def closed_month() -> dict[str, Any]:
    said = {"accounting_period": "2026-03", "closed": True}
    return nw.event("accounting_period", said, system="erp", id="closed by mistake")


def customer_on_hold() -> dict[str, Any]:
    said = {"customer": "NORTHWIND", "credit_status": "hold"}
    return nw.event("customer", said, system="erp", id="hold by mistake")


@pytest.mark.parametrize("said", [closed_month(), customer_on_hold()], ids=["month", "customer"])
def test_what_is_taken_back_and_was_of_many_units_makes_them_all_due(
    house: House, said: dict[str, Any]
) -> None:
    for number in ("N1", "N2"):
        nw.record(house, *nw.moved(number), nw.pod(number))
    nw.record(house, said)
    drain(house)
    assert verdicts(house) == [Verdict.HOLD, Verdict.HOLD]

    nw.record(house, withdrawal(said["id"], system="erp"))
    drain(house)

    assert verdicts(house) == [Verdict.RELEASE, Verdict.RELEASE]


def test_a_word_about_another_customer_frees_the_one_it_was_said_of_by_mistake(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), customer_on_hold())
    drain(house)
    assert verdicts(house) == [Verdict.HOLD]
    with house.database.reading(house.tenant) as store:
        (mistaken,) = store.facts.of_entities(["customer"])
    said = {"customer": "HALCYON", "credit_status": "hold"}
    nw.record(house, nw.event("customer", said, system="erp", id="right", supersedes=mistaken))
    drain(house)
    assert codes(house) == set()

    assert verdicts(house) == [Verdict.RELEASE]


def test_the_past_is_told_as_it_was(house: House, clock: Any) -> None:
    paper = nw.pod("N1")
    nw.record(house, *nw.moved("N1"), paper)
    noon = clock.moment
    clock.forward(24)
    nw.record(house, withdrawal(paper["id"]))
    assert decide_unit(house, "N1", noon).decision.verdict is Verdict.RELEASE
    assert "POD_MISSING" in codes(house)
