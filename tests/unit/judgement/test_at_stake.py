"""What a hold keeps from being billed: told since `holding_2`, never of what was decided before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from app.dossier import METHODS, METHODS_NOW
from app.evidence.facts.freight import Mode
from app.family.document import DocumentKind, FamilyDocument, line_of
from app.judgement.decision import Decision
from app.money import Money, total
from app.pricing.contract.contract import ClaimWindow
from app.pricing.contract.windows import DemurrageInvoices, Trade
from tests.unit.explanation.made_units import northwind, order, shipment

IN_30 = ClaimWindow(charge="any", days=30, source="Agreement, section 4")


def decided(methods: tuple[str, ...] = METHODS_NOW, **agreed: object) -> Decision:
    """Northwind's shipment of 4 March, whose purchase order nobody told."""
    _, _, decision = northwind(without=(order(),), methods=methods, agreed=agreed)
    return decision


def test_a_hold_on_the_unit_tells_what_all_its_lines_come_to_and_the_first_last_day() -> None:
    decision = decided(claim_windows=(IN_30,))
    (hold,) = decision.holds
    assert hold.code == "CUSTOMER_REF_MISSING"
    assert hold.value == decision.total
    assert hold.right_to_bill_expires_on == date(2026, 3, 4) + timedelta(days=30)
    assert {each.line for each in decision.clocks} == {each.key for each in decision.lines}


def test_without_a_time_limit_a_hold_tells_its_value_and_no_day() -> None:
    (hold,) = decided().holds
    assert hold.value is not None
    assert hold.right_to_bill_expires_on is None
    assert decided().clocks == ()


def test_what_was_decided_before_has_the_bytes_it_had() -> None:
    for methods in (METHODS, tuple(each for each in METHODS_NOW if each != "holding_2")):
        decision = decided(methods, claim_windows=(IN_30,))
        bare = msgspec.json.encode(decision)
        assert b"clocks" not in bare
        assert b"right_to_bill_expires_on" not in bare
        assert all(each.value is None for each in decision.holds)


def test_a_container_charge_holds_for_every_field_of_the_law_that_is_missing() -> None:
    ruled = DemurrageInvoices(charges=("linehaul",), trade=Trade.EXPORT)
    _, _, decision = northwind(
        shipment(mode=Mode.LTL), methods=METHODS_NOW, agreed={"demurrage_invoices": ruled}
    )
    lacking = {
        hold.subject.removeprefix("required_field:")
        for hold in decision.holds
        if hold.code == "PARTNER_DOC_RULE"
    }
    assert {"bol", "container", "earliest_return", "dispute_contact", "days_charged"} <= lacking
    assert not {"invoice_date", "total_due", "rate_charged", "rule_charged_by"} & lacking
    uncounted = [hold for hold in decision.holds if hold.rule_id == "RGT-3"]
    assert [hold.subject for hold in uncounted] == ["charge:linehaul"]


def billed(linehaul: str) -> FamilyDocument:
    """The shipment's invoice as claimed on 1 September, 186 days before the last word."""
    _, _, whole = northwind()
    first, *others = (line_of(each.charge) for each in whole.lines)
    first = msgspec.structs.replace(first, amount=Money(Decimal(linehaul), "USD"))
    return FamilyDocument(
        reference="R-1",
        kind=DocumentKind.FINAL,
        lines=(first, *others),
        total=total((each.amount for each in (first, *others)), "USD"),
        claimed_at=datetime(2025, 9, 1, tzinfo=UTC),
        decision_id="D-1",
    )


@pytest.mark.parametrize(
    ("linehaul", "too_late", "verdict"),
    [
        ("296.33", ["charge:linehaul"], "billed"),  # a cent more is owed, and keeps to what it was
        ("296.34", [], "billed"),
        ("296.35", [], "credit"),
    ],
)
def test_six_months_after_the_first_invoice_no_more_is_billed_and_what_is_owed_back_is_credited(
    linehaul: str, too_late: list[str], verdict: str
) -> None:
    _, _, decision = northwind(
        methods=METHODS_NOW, agreed={"balance_due_days": 180}, family=(billed(linehaul),)
    )
    late = [hold.subject for hold in decision.holds if hold.rule_id == "RGT-1"]
    assert (late, decision.verdict) == (too_late, verdict)
