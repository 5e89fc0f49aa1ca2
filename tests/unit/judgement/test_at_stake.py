"""What a hold keeps from being billed: told since `holding_2`, never of what was decided before."""

from datetime import date, timedelta

import msgspec

from app.dossier import METHODS, METHODS_NOW
from app.evidence.facts.freight import Mode
from app.judgement.decision import Decision
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
