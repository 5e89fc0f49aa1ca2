"""What a source corrected or took back no longer counts, in whatever order it is told."""

import itertools

from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.links import correlate
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment
from app.evidence.facts.papers import Withdrawal
from tests.unit.evidence.correlation.told import told

DELIVERED = told(
    Milestone(status=MilestoneStatus.DELIVERED), "shipment S1", "message e-1", message_id="e-1"
)
TAKEN_BACK = told(Withdrawal(withdrawal="e-1", reason="did_not_occur"), hours=1)


def standing(*facts: Fact) -> set[str]:
    """The ids of what counts, the same for every order of arrival."""
    (found,) = {
        frozenset(fact.fact_id for fact in in_force(order))
        for order in itertools.permutations(facts)
    }
    return set(found)


def test_a_message_that_was_withdrawn_no_longer_counts_whichever_came_first() -> None:
    assert standing(DELIVERED, TAKEN_BACK) == {TAKEN_BACK.fact_id}


def test_every_fact_of_the_withdrawn_message_is_gone() -> None:
    also = told(Milestone(status=MilestoneStatus.DAMAGED), "shipment S1", message_id="e-1")
    assert standing(DELIVERED, also, TAKEN_BACK) == {TAKEN_BACK.fact_id}


def test_only_the_source_itself_takes_its_message_back() -> None:
    theirs = told(Withdrawal(withdrawal="e-1"), instance="two")
    assert standing(DELIVERED, theirs) == {DELIVERED.fact_id, theirs.fact_id}


def test_another_message_is_not_withdrawn_by_a_number_that_looks_alike() -> None:
    other = told(Withdrawal(withdrawal="e1"))
    assert standing(DELIVERED, other) == {DELIVERED.fact_id, other.fact_id}


def test_what_a_withdrawn_correction_corrected_counts_again() -> None:
    right = told(
        Milestone(status=MilestoneStatus.REFUSED),
        "shipment S1",
        message_id="e-2",
        supersedes=DELIVERED.fact_id,
    )
    back = told(Withdrawal(withdrawal="e-2"))
    assert standing(DELIVERED, right) == {right.fact_id}
    assert standing(DELIVERED, right, back) == {DELIVERED.fact_id, back.fact_id}


def test_a_withdrawal_that_was_superseded_withdraws_nothing() -> None:
    mistaken = told(Withdrawal(withdrawal="e-9"), hours=2, supersedes=TAKEN_BACK.fact_id)
    assert DELIVERED.fact_id in standing(DELIVERED, TAKEN_BACK, mistaken)


def test_two_withdrawals_cannot_undo_each_other() -> None:
    one = told(Withdrawal(withdrawal="w-2"), message_id="w-1")
    two = told(Withdrawal(withdrawal="w-1"), message_id="w-2")
    assert standing(one, two) == {one.fact_id, two.fact_id}


def test_a_withdrawal_that_is_only_planned_withdraws_nothing() -> None:
    meant = told(Withdrawal(withdrawal="e-1"), classifier=Classifier.PLANNED)
    assert DELIVERED.fact_id in standing(DELIVERED, meant)


def test_a_withdrawal_belongs_to_no_unit_and_waits_for_none() -> None:
    shipment = told(Shipment(shipment="S1"), system="tms")
    found = correlate([shipment, DELIVERED, TAKEN_BACK])
    (unit,) = found.units.values()
    assert [link.fact_id for link in unit.links] == [shipment.fact_id]
    assert (unit.doubts, found.orphans) == ((), ())
