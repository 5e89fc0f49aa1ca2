"""The life of a unit in lanes: business time orders it, and received time is told beside."""

from datetime import timedelta
from typing import Any

import msgspec

from app.billing.documents import documents_of
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.work import Assignment
from app.explanation.billed import BilledDocument
from app.family.document import DocumentKind, FamilyDocument
from app.reports.unit.timeline import Arrived, TakenAt, Timeline, timeline_of
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    PICKED_UP,
    milestone,
    northwind,
    order,
    pod,
    told,
)

DECIDED = LAST_WORD + timedelta(hours=1)


def came(fact: Fact, hours: int = 0) -> Arrived:
    received_at = fact.occurred_at + timedelta(hours=hours)
    return Arrived(fact=fact, received_at=received_at, message_seq=1)


def taken(decision_id: str = "d1", **more: Any) -> TakenAt:
    told: dict[str, Any] = {"decision_id": decision_id, "at": DECIDED, "by": "x", "verdict": "hold"}
    return TakenAt(**(told | more))


def of(*arrived: Arrived, answers: tuple[TakenAt, ...] = (), counting: bool = True) -> Timeline:
    known = [each.fact.fact_id for each in arrived] if counting else []
    return timeline_of(arrived, answers, (), counting=known)


def test_what_happened_first_stands_first_although_it_was_told_last() -> None:
    late, early = milestone("picked_up", PICKED_UP), milestone("delivered", DELIVERED)
    found = of(came(early), came(late, hours=200))
    assert [each.head for each in found.entries] == ["picked up", "delivered"]


def test_received_time_is_told_where_it_is_another_minute() -> None:
    at_once, later = milestone("picked_up", PICKED_UP), milestone("delivered", DELIVERED)
    first, second = of(came(at_once), came(later, hours=2)).entries
    assert first.received_at is None
    assert second.received_at == DELIVERED + timedelta(hours=2)
    assert not second.late


def test_a_fact_that_came_more_than_a_day_after_it_happened_came_late() -> None:
    assert of(came(milestone("delivered", DELIVERED), hours=25)).entries[0].late


def test_a_plan_is_never_late_and_says_that_it_is_one() -> None:
    plan = told(order().said, PICKED_UP, "oms", classifier=Classifier.PLANNED)
    (entry,) = of(came(plan, hours=100)).entries
    assert (entry.late, entry.intended) == (False, "planned")


def test_lanes_go_from_freight_to_money_with_others_between() -> None:
    facts = [
        told(order().said, PICKED_UP, system)
        for system in ("ops", "oms", "wms", "erp", "carrier", "dms", "tms")
    ]
    assert of(*map(came, facts)).lanes == (
        "TMS",
        "WMS",
        "carrier",
        "dms",
        "oms",
        "billing",
        "people",
    )


def test_a_lane_without_anything_is_not_there() -> None:
    assert of(came(pod())).lanes == ("dms",)


def test_what_came_after_the_decision_is_not_decided_on_yet() -> None:
    answers = (taken(),)
    later = Arrived(fact=pod(), received_at=DECIDED + timedelta(minutes=1), message_seq=1)
    assert of(later, answers=answers, counting=False).entries[0].standing == "not decided on yet"


def test_what_the_decision_left_out_says_why() -> None:
    first = pod()
    second = told(first.said, LAST_WORD, "tms")
    second = msgspec.structs.replace(second, supersedes=first.fact_id)
    found = timeline_of((came(first), came(second)), (taken(),), (), counting=[second.fact_id])
    assert {each.standing for each in found.entries if each.fact_id == first.fact_id} == {
        "corrected since"
    }
    alone = timeline_of((came(first),), (taken(),), (), counting=())
    assert alone.entries[0].standing.startswith("does not count")


def test_an_assignment_decides_nothing_and_waits_for_no_decision() -> None:
    said = Assignment(assignment="a", hold="POD_MISSING", to="Ann", by="Bo")
    fact = told(said, LAST_WORD, "ops")
    (entry,) = timeline_of((came(fact),), (), (), counting=()).entries
    assert (entry.standing, entry.head) == ("", "POD_MISSING assigned to Ann")


def test_at_one_moment_the_fact_comes_before_the_decision_and_that_before_its_invoice() -> None:
    _, _, decision = northwind()
    assert decision.total is not None
    (planned,) = documents_of(decision)
    document = FamilyDocument(
        reference="r1",
        kind=DocumentKind.FINAL,
        lines=planned.lines,
        total=decision.total,
        claimed_at=DECIDED,
        decision_id=decision.decision_id,
    )
    fact = Arrived(fact=told(pod().said, DECIDED, "dms"), received_at=DECIDED, message_seq=1)
    answers = (
        taken(decision.decision_id, verdict="release", total=decision.total),
        taken("after", verdict="billed"),
    )
    found = timeline_of(
        (fact,), answers, (BilledDocument(place=1, document=document),), counting=()
    )
    assert [each.head for each in found.entries] == [
        "POD accepted",
        f"decided: release {decision.total}",
        f"billed as 1: final invoice, no number told yet, {decision.total}",
        "decided: billed",
    ]


def test_a_unit_that_is_gone_says_so() -> None:
    (entry,) = of(answers=(taken(gone=True),)).entries
    assert entry.head == "gone: its facts belong to another unit"
