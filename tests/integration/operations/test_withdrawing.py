"""A source takes a message back: what was decided on it is decided anew, in whatever order."""

from typing import Any

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


def test_the_past_is_told_as_it_was(house: House, clock: Any) -> None:
    paper = nw.pod("N1")
    nw.record(house, *nw.moved("N1"), paper)
    noon = clock.moment
    clock.forward(24)
    nw.record(house, withdrawal(paper["id"]))
    assert decide_unit(house, "N1", noon).decision.verdict is Verdict.RELEASE
    assert "POD_MISSING" in codes(house)
