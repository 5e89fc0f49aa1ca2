"""What of a unit can be approved, and what somebody must be allowed who speaks about it."""

import msgspec
import pytest

from app.access import APPROVALS, MAY, May, Role
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval, Cost
from app.pricing.cost.accepted import Words, names_of
from app.reports.unit.approvable import approvable
from tests.unit.explanation.made_units import northwind
from tests.unit.pricing import made_facts

ACCESSORIAL, COST = (May.APPROVE_ACCESSORIALS,), (May.APPROVE_COSTS,)


def needs(
    *facts: Fact, billed: bool = False, beside: tuple[Cost, ...] = ()
) -> dict[str, tuple[May, ...]]:
    """Of each thing that can be approved, once these facts are told."""
    decision = northwind()[2]
    if billed:
        decision = msgspec.structs.replace(decision, billed_before=decision.total)
    unit = made_facts.unit("S-1", *facts)
    return {each.subject: each.needs for each in approvable(unit, decision, beside)}


def test_an_accessorial_and_a_cost_are_approved_by_different_people() -> None:
    found = needs(
        made_facts.claim("X-1", "liftgate"), made_facts.cost("ABFL", "F-7", "90.00 USD", "invoiced")
    )
    assert found == {
        "X-1": ACCESSORIAL,
        "liftgate": ACCESSORIAL,
        "F-7": COST,
        "cost variance": COST,
        "accrued cost": COST,
    }


def test_a_word_that_would_count_for_two_things_needs_what_either_needs() -> None:
    """Nobody lets a carrier's invoice pass by approving an accessorial of the same number."""
    found = needs(
        made_facts.claim("F-7", "liftgate"), made_facts.cost("ABFL", "F-7", "90.00 USD", "invoiced")
    )
    assert found["F-7"] == (*ACCESSORIAL, *COST)


INVOICE = made_facts.cost("abfl ", "PRO 123", "90.00 USD", "invoiced")
ACCRUAL = made_facts.cost("ABFL", "Acc_9", "90.00 USD", "accrued")


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        (INVOICE, "pro 123"),
        (INVOICE, "pro_123"),
        (INVOICE, " Pro  123 "),
        (INVOICE, "ABFL PRO 123"),
        (INVOICE, "Abfl pro_123"),
        (ACCRUAL, "ACC 9"),
        (made_facts.cost("ABFL", "", "90.00 USD", "invoiced"), "abfl"),
    ],
)
def test_however_it_is_spelt_what_the_word_on_a_cost_would_be_is_finances(
    asked: Fact, called: str
) -> None:
    """The cost of another unit of the load too: where costs are shared out the word is heard."""
    claimed = made_facts.claim(called, "liftgate")
    assert isinstance(asked.said, Cost)
    assert needs(claimed, asked)[called] == (*ACCESSORIAL, *COST)
    assert needs(claimed, beside=(asked.said,))[called] == (*ACCESSORIAL, *COST)
    word = Approval(approval="A-1", subject=called, granted=True, approver="O", authority="ops")
    words = Words((made_facts.fact(word, system="ops"),))
    assert words.on(names_of(asked.said), asked.said.total), "the word that is heard"


def test_a_charge_that_is_called_like_a_bill_is_one_of_finances_affairs() -> None:
    found = needs(
        made_facts.claim("X-1", "lift_gate"),
        made_facts.cost("ABFL", "LIFT GATE", "90.00 USD", "invoiced"),
    )
    assert found["lift_gate"] == (*ACCESSORIAL, *COST)


def test_a_tender_is_nothing_that_a_word_counts_for() -> None:
    tender = made_facts.cost("ABFL", "X-1", "90.00 USD", "tendered")
    assert needs(made_facts.claim("X-1", "liftgate"), tender)["X-1"] == ACCESSORIAL


def test_what_is_called_like_the_credit_of_a_dispute_is_approved_elsewhere() -> None:
    """The word would be one on the credit, and none on the accessorial."""
    assert needs(made_facts.claim("dispute D-17", "liftgate")) == {"liftgate": ACCESSORIAL}


@pytest.mark.parametrize(
    ("number", "also"),
    [
        ("adjustment", May.APPROVE_ADJUSTMENTS),
        ("late billing", May.APPROVE_LATE_BILLING),
        ("late billing of linehaul", May.APPROVE_LATE_BILLING),
        ("cost variance", May.APPROVE_COSTS),
        ("accrued cost", May.APPROVE_COSTS),
        ("Adjustment", May.APPROVE_ADJUSTMENTS),
        ("LATE_BILLING", May.APPROVE_LATE_BILLING),
        ("Late Billing  of linehaul", May.APPROVE_LATE_BILLING),
        ("Cost Variance", May.APPROVE_COSTS),
        ("cost_variance", May.APPROVE_COSTS),
        ("ACCRUED  COST", May.APPROVE_COSTS),
    ],
)
def test_an_accessorial_that_is_called_like_finances_affairs_is_one_of_them(
    number: str, also: May
) -> None:
    """What is billed later may look for a word of that name, and would find this one."""
    assert needs(made_facts.claim(number, "liftgate"))[number] == (*ACCESSORIAL, also)


def test_a_change_of_what_was_billed_is_finances() -> None:
    assert needs(billed=True) == {"adjustment": (May.APPROVE_ADJUSTMENTS,)}


def test_who_may_approve_what_stands_in_one_table() -> None:
    told = {role: [each for each in APPROVALS if each in MAY[role]] for role in Role}
    assert told == {
        Role.OPERATIONS: [May.APPROVE_ACCESSORIALS],
        Role.FINANCE: list(APPROVALS),
        Role.AUDIT: [],
        Role.CUSTOMER: [],
    }
