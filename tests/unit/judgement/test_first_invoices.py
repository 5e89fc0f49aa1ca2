"""A first invoice bills something: what of it waits or was credited before it went out."""

from datetime import timedelta
from typing import Any

import msgspec

from app.billing.documents import documents_of
from app.billing.release_token import may_be_claimed
from app.dossier import METHODS_NOW
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial, Approval
from app.evidence.facts.papers import Document, DocumentStatus
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import Money, of_minor_units
from tests.unit.explanation.made_units import DELIVERED, northwind, pod, told

OPENED = DELIVERED + timedelta(hours=1)


def usd(cents: int) -> Money:
    return of_minor_units(cents, "USD")


def credit(number: str, cents: int, charge: str, subject: str = "") -> tuple[Fact, Fact]:
    """A dispute as it is opened, and as finance grants it."""
    claim = Dispute(
        dispute=number,
        charge=charge,
        subject=subject,
        shipment="S-1",
        reason=DisputeReason.RATE,
        amount=usd(cents),
        state=DisputeState.OPENED,
    )
    return told(claim, OPENED, "customer"), told(
        granted(claim), OPENED + timedelta(hours=1), "billing"
    )


def granted(claim: Dispute) -> Dispute:
    return msgspec.structs.replace(
        claim,
        state=DisputeState.RESOLVED,
        outcome=DisputeOutcome.CREDITED,
        granted=claim.amount,
        resolved_by="J. Doe",
        authority="finance",
    )


def liftgate(*, approved: bool) -> tuple[Fact, ...]:
    """85.00 USD, shown by an accepted slip; above 75.00 USD somebody has to approve it."""
    claim = Accessorial(accessorial="LG-1", charge="liftgate", evidence=("SLIP-1",))
    slip = Document(document="SLIP-1", document_type="SLIP", status=DocumentStatus.ACCEPTED)
    word = Approval(
        approval="A-1", subject="LG-1", granted=approved, approver="R. Roe", authority="customer"
    )
    return told(claim, system="carrier"), told(slip, system="ops"), told(word, system="portal")


def decided(*facts: Fact, **more: Any) -> Decision:
    return northwind(*facts, methods=METHODS_NOW, **more)[2]


ALL_OF_IT = (*credit("D-1", 296_34, "linehaul"), *credit("D-2", 81_49, "fuel_surcharge"))


def test_what_was_credited_in_full_before_it_was_billed_is_not_billed() -> None:
    decision = decided(*ALL_OF_IT)
    assert (decision.verdict, decision.total) == (Verdict.NO_BILL, usd(0))
    assert [hold.code for hold in decision.holds if hold.blocks] == []
    assert documents_of(decision) == ()
    assert not may_be_claimed(decision)


def test_a_cent_less_is_billed() -> None:
    cent = (*credit("D-1", 296_34, "linehaul"), *credit("D-2", 81_48, "fuel_surcharge"))
    decision = decided(*cent)
    assert (decision.verdict, decision.total) == (Verdict.RELEASE, usd(1))


def test_beside_a_line_that_waits_nothing_is_left_to_bill_and_somebody_is_told() -> None:
    decision = decided(*ALL_OF_IT, *liftgate(approved=False))
    assert decision.verdict is Verdict.HOLD
    codes = {hold.code for hold in decision.holds if hold.blocks}
    assert codes == {"ACCESSORIAL_UNAPPROVED", "RELEASE_NOT_PERMITTED"}
    assert not may_be_claimed(decision)


def test_nothing_goes_out_ahead_of_its_papers_either() -> None:
    decision = decided(*ALL_OF_IT, without=(pod(),))
    assert decision.verdict is Verdict.HOLD
    assert "RELEASE_NOT_PERMITTED" in {hold.code for hold in decision.holds}


def test_a_credit_of_a_line_that_waits_and_was_never_billed_waits_with_it() -> None:
    part = credit("D-3", 40_00, "liftgate", "LG-1")
    waiting = decided(*part, *liftgate(approved=False))
    assert (waiting.verdict, waiting.total) == (Verdict.RELEASE, usd(377_83))
    held = [line.key for line in waiting.lines if not line.billed]
    assert sorted(held) == ["liftgate/LG-1", "liftgate/dispute D-3"]
    assert waiting.held_total == usd(45_00)
    goes = decided(*part, *liftgate(approved=True))
    assert (goes.verdict, goes.total) == (Verdict.RELEASE, usd(422_83))
