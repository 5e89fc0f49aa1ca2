"""What rules see of disputed lines and agreed credits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.disputes import disputes_of
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval
from app.judgement.rulebook.view_disputes import dispute_items, of_charge, of_unit
from app.money import Money
from app.pricing.lines.charge import Charge, Rated
from app.pricing.rating.agreed_credits import agreed_credits
from tests.unit.pricing.made_facts import fact, shipment

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=12)
WHO_MAY = Authority(
    owners=(
        Owner(attribute="dispute", systems=("portal",)),
        Owner(attribute="dispute_resolution", systems=("billing",)),
        Owner(attribute="credit_approval", systems=("finance",)),
        Owner(attribute="approval", systems=("portal", "ops")),
    )
)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def lumper(subject: str = "LU-1", amount: str = "200.00") -> Charge:
    return Charge(
        code="lumper",
        subject=subject,
        description="",
        quantity=Decimal(1),
        unit="each",
        rate=Decimal(amount),
        amount=usd(amount),
        formula="",
        inputs=(),
        rows=(),
        card="Card",
        method="flat_1",
        unrounded=amount,
        rounding="half_up_1",
        clause="7.2",
    )


def claim(number: str = "D-17", **changes: Any) -> Fact:
    said = Dispute(
        dispute=number,
        charge="lumper",
        subject="LU-1",
        shipment="S1",
        reason=DisputeReason.RATE,
        amount=usd("150.00"),
        state=DisputeState.OPENED,
    )
    return fact(msgspec.structs.replace(said, **changes), NINE, system="portal")


def grant(amount: str = "120.00") -> Fact:
    said = msgspec.structs.replace(
        claim().said,
        state=DisputeState.RESOLVED,
        outcome=DisputeOutcome.CREDITED,
        granted=usd(amount),
        resolved_by="J. Doe",
        authority="billing_clerk",
    )
    return fact(said, NINE + timedelta(days=2), system="billing")


def approval(system: str = "finance", **changes: Any) -> Fact:
    said = Approval(
        approval="A-1",
        subject="dispute D-17",
        granted=True,
        approver="R. Roe",
        authority="finance",
        up_to=usd("120.00"),
    )
    return fact(msgspec.structs.replace(said, **changes), NINE + timedelta(days=3), system=system)


def unit(*facts: Fact) -> BillableUnit:
    return unit_of("shipment:S1", [shipment("S1"), *facts], WHO_MAY)


def seen(charge: Charge, *facts: Fact) -> dict[str, Any]:
    of = unit(*facts)
    return {
        name: value.value for name, value in of_charge(charge, disputes_of(of), of, LATER).items()
    }


def credit(*facts: Fact) -> Charge:
    (line,) = agreed_credits(disputes_of(unit(*facts)), [lumper()], "Card", "USD")
    assert isinstance(line, Charge)
    return line


def test_only_the_disputed_line_is_disputed_and_for_what_is_claimed() -> None:
    assert seen(lumper(), claim())["disputed"] is True
    assert seen(lumper(), claim(), claim("D-18"))["disputed_amount"] == usd("300.00")
    other = seen(lumper("LU-2"), claim())
    assert (other["disputed"], other["disputed_amount"]) == (False, usd("0.00"))


def test_claims_in_another_currency_are_added_to_nothing() -> None:
    abroad = claim("D-18", amount=Money(Decimal("1.00"), "CAD"))
    found = seen(lumper(), claim(), abroad)
    assert (found["disputed"], found["disputed_amount"]) == (True, None)


def test_a_credit_carries_its_clause_and_its_dispute_and_is_no_extra_service() -> None:
    line = credit(claim(), grant())
    assert (line.amount, line.clause, line.of_dispute) == (usd("-120.00"), "7.2", "D-17")
    assert (line.method, line.is_extra_service) == ("agreed_credit_1", False)
    told = {each.name: each for each in line.inputs}
    assert told["dispute"].fact_ids == (claim().fact_id, grant().fact_id)
    assert told["granted"].fact_ids == (grant().fact_id,)


def test_a_credit_shows_who_granted_it_and_needs_no_paper_of_its_own() -> None:
    found = seen(credit(claim(), grant()), claim(), grant())
    assert (found["agreed_credit"], found["credit_claimed"]) == (usd("120.00"), usd("150.00"))
    assert (found["credit_authority"], found["credit_approved"]) == ("billing_clerk", False)
    assert (found["evidenced"], found["disputed"]) == (True, False)
    ordinary = seen(lumper(), claim(), grant())
    assert "evidenced" not in ordinary
    assert (ordinary["agreed_credit"], ordinary["credit_approved"]) == (None, None)


def test_a_credit_is_disputed_with_its_line() -> None:
    facts = (claim(), grant(), claim("D-18"))
    assert seen(credit(claim(), grant()), *facts)["disputed"] is True


@pytest.mark.parametrize(
    ("word", "approved"),
    [
        (approval(), True),
        (approval(up_to=usd("119.99")), False),
        (approval(up_to=None), False),
        (approval(granted=False), False),
        (approval(subject="lumper"), False),
        (approval(subject="LU-1"), False),
        (approval(subject="dispute D-1"), False),
        (approval(approver="j.  doe"), False),
        (approval(expires_at=LATER), False),
        (approval("portal"), False),
        (approval("ops"), False),
    ],
)
def test_a_credit_is_approved_by_somebody_else_who_may_for_its_amount(
    word: Fact, approved: bool
) -> None:
    found = seen(credit(claim(), grant()), claim(), grant(), word)
    assert found["credit_approved"] is approved


def test_a_dispute_of_a_line_that_is_gone_is_unclear_while_it_is_open() -> None:
    of = unit(claim())
    (item,) = dispute_items(disputes_of(of), Rated(currency="USD"), LATER)
    assert item.values["clear"].value is False
    assert item.evidence[0][0] == "dispute D-17 is about lumper/LU-1, and there is no such line"
    rated = Rated(currency="USD", charges=(lumper(),))
    (item,) = dispute_items(disputes_of(of), rated, LATER)
    assert (item.values["clear"].value, item.values["age_days"].value) == (True, 12)


def test_the_unit_tells_how_many_are_open_and_what_was_credited() -> None:
    facts = (claim(), grant(), claim("D-18"))
    line = credit(claim(), grant())
    rated = Rated(currency="USD", charges=(lumper(), line))
    found = of_unit(disputes_of(unit(*facts)), rated)
    assert (found["open_disputes"].value, found["agreed_credits"].value) == (1, usd("120.00"))
    assert (rated.before_tax, rated.total) == (usd("200.00"), usd("80.00"))
    untouched = Rated(currency="USD", charges=(lumper(),))
    assert of_unit((), untouched)["agreed_credits"].value is None
