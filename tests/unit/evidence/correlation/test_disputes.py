"""What is known of a dispute from all that was said about it, by those who may say it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import msgspec

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Classifier, Fact
from app.money import Money
from tests.unit.pricing.made_facts import fact, shipment

WHO_MAY = Authority(
    owners=(
        Owner(attribute="dispute", systems=("portal", "erp")),
        Owner(attribute="dispute_resolution", systems=("billing", "finance", "erp")),
    )
)
NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


CLAIM = Dispute(
    dispute="D-17",
    charge="detention",
    subject="DT-1",
    shipment="S1",
    reason=DisputeReason.ACCESSORIAL_NOT_ORDERED,
    amount=usd("60.00"),
    state=DisputeState.OPENED,
)


def opened(day: int = 0, system: str = "portal", revision: int = 0, **changes: Any) -> Fact:
    said = msgspec.structs.replace(CLAIM, **changes)
    return fact(said, NINE + timedelta(days=day), system=system, revision=revision)


def answered(day: int, system: str = "billing", **changes: Any) -> Fact:
    return opened(day, system, state=DisputeState.ANSWERED, **changes)


def resolved(day: int, outcome: str, system: str = "billing", **changes: Any) -> Fact:
    return opened(
        day,
        system,
        state=DisputeState.RESOLVED,
        outcome=DisputeOutcome(outcome),
        resolved_by="J. Doe",
        authority="billing_manager",
        **changes,
    )


def credited(day: int, amount: str, system: str = "billing", **changes: Any) -> Fact:
    return resolved(day, "credited", system, granted=usd(amount), **changes)


def known(*words: Fact) -> KnownDispute:
    """The one dispute, which is the same in whatever order its words are given."""
    said = in_force([shipment("S1"), *words])
    found = {
        msgspec.json.encode(disputes_of(unit_of("shipment:S1", order, WHO_MAY)))
        for order in permutations(said)
    }
    assert len(found) == 1, "the order of the facts does not matter"
    (dispute,) = msgspec.json.decode(found.pop(), type=tuple[KnownDispute, ...])
    return dispute


def test_an_opened_dispute_is_open_and_about_its_line() -> None:
    dispute = known(opened())
    assert (dispute.open, dispute.line, dispute.claimed) == (True, "detention/DT-1", usd("60.00"))
    assert (dispute.times.opened_at, dispute.times.answered_at) == (NINE, None)
    assert (dispute.grant, dispute.unclear, dispute.resolved_by_authority) == (None, "", None)


def test_its_times_are_measured_from_the_opening_to_the_first_answer_and_the_resolution() -> None:
    times = known(opened(), answered(2), answered(3), credited(9, "40.00")).times
    assert (times.to_answer, times.to_resolve) == (timedelta(days=2), timedelta(days=9))
    assert times.reopened == 0


def test_an_answer_that_was_given_before_it_was_told_counts_from_when_it_was_given() -> None:
    given = NINE + timedelta(hours=5)
    assert known(opened(), answered(2, answered_at=given)).times.to_answer == timedelta(hours=5)


def test_a_resolution_without_an_answer_before_it_is_the_first_answer() -> None:
    times = known(opened(), resolved(4, "rejected")).times
    assert times.to_answer == times.to_resolve == timedelta(days=4)


def test_opened_again_it_is_open_and_what_was_granted_stays_until_it_is_resolved_anew() -> None:
    again = known(opened(), credited(3, "40.00"), opened(5, revision=1))
    assert (again.open, again.times.reopened, again.times.resolved_at) == (True, 1, None)
    assert again.times.open_since == NINE + timedelta(days=5)
    assert again.grant is not None
    assert again.grant.amount == usd("40.00")

    more = known(opened(), credited(3, "40.00"), opened(5, revision=1), credited(6, "55.00"))
    assert more.grant is not None
    assert (more.open, more.grant.amount) == (False, usd("55.00"))
    rejected = known(opened(), credited(3, "40.00"), resolved(6, "rejected"))
    assert rejected.grant is None


def test_the_customer_may_withdraw_what_it_opened_and_takes_no_credit_back_by_that() -> None:
    gone = known(opened(), resolved(1, "withdrawn", "portal", revision=1))
    assert (gone.open, gone.outcome, gone.grant) == (False, DisputeOutcome.WITHDRAWN, None)
    kept = known(opened(), credited(1, "40.00"), resolved(2, "withdrawn", "portal", revision=1))
    assert kept.grant is not None


def test_a_resolution_by_somebody_who_may_not_counts_for_nothing_and_is_told() -> None:
    dispute = known(opened(), credited(1, "60.00", "portal", revision=1))
    assert (dispute.open, dispute.grant) == (True, None)
    assert (dispute.resolved_by_authority, dispute.times.resolved_at) == (False, None)
    later = known(opened(), credited(1, "60.00", "portal", revision=1), credited(2, "10.00"))
    assert later.grant is not None
    assert (later.grant.amount, later.resolved_by_authority) == (usd("10.00"), True)


def test_nobody_grants_anything_by_planning_to() -> None:
    planned = msgspec.structs.replace(credited(1, "60.00"), classifier=Classifier.PLANNED)
    assert known(opened(), planned).grant is None
    only = unit_of("shipment:S1", [shipment("S1"), planned], WHO_MAY)
    assert disputes_of(only) == ()


def test_opened_by_somebody_who_may_not_it_is_unclear() -> None:
    dispute = known(opened(system="carrier"), credited(1, "60.00"))
    assert not dispute.opened_by_authority
    assert dispute.unclear == "dispute D-17 was opened by carrier, which may not open one"


def test_resolved_as_about_another_line_it_is_unclear() -> None:
    dispute = known(opened(), credited(1, "60.00", subject="DT-2"))
    assert dispute.unclear == (
        "dispute D-17 is said to be about detention/DT-1 and about detention/DT-2"
    )


def test_who_resolves_does_not_change_what_was_claimed() -> None:
    assert known(opened(), resolved(1, "rejected", amount=usd("90.00"))).claimed == usd("60.00")


def test_two_words_of_one_moment_leave_it_open() -> None:
    assert known(opened(), resolved(3, "rejected"), opened(3, revision=1)).open


def test_a_ledger_that_corrects_its_opening_into_the_outcome_has_opened_it() -> None:
    first = opened(system="erp")
    outcome = msgspec.structs.replace(credited(2, "40.00", "erp"), supersedes=first.fact_id)
    dispute = known(first, outcome)
    assert (dispute.open, dispute.opened_by_authority, dispute.unclear) == (False, True, "")
    assert dispute.times.opened_at == NINE + timedelta(days=2)


def test_without_a_word_on_who_may_nothing_that_is_said_lets_it_go() -> None:
    facts = [shipment("S1"), opened(), credited(1, "60.00")]
    (dispute,) = disputes_of(unit_of("shipment:S1", facts, Authority(owners=())))
    assert (dispute.open, dispute.grant) == (True, None)
    assert "may not open one" in dispute.unclear
