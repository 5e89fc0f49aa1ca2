"""Which invoice repeated another before `cost_2`, and what a move cost then."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.authoring.files.authority_files import load_authority
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact, Quality, Source, identified
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.reference import Reference, ReferenceKind
from app.money import Money
from app.pricing.cost.before_cost_2 import known_cost, repeated_invoices
from app.pricing.cost.trail import plain_number
from tests.rule_cases import RULES

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def cost(
    number: str,
    amount: str,
    *,
    day: int = 0,
    carrier: str = "ABFL",
    kind: CostKind = CostKind.INVOICED,
    bill_type: str = "original",
    pro: str = "",
    currency: str = "USD",
) -> Fact:
    said = Cost(
        kind=kind,
        carrier=carrier,
        number=number,
        bill_type=bill_type,
        total=Money(Decimal(amount), currency),
    )
    references = (Reference(kind=ReferenceKind.PRO, value=pro, issuer=carrier),) if pro else ()
    return identified(
        Fact(
            fact_id="",
            tenant="t",
            actor="a",
            source=Source(system="carrier", instance=carrier, message_id=f"{number}-{day}"),
            classifier=Classifier.ACTUAL,
            quality=Quality.EDI,
            occurred_at=NOON + timedelta(days=day),
            recorded_at=NOON + timedelta(days=day),
            references=references,
            said=said,
        )
    )


def unit(*facts: Fact) -> BillableUnit:
    return unit_of("shipment:S", facts, load_authority(RULES))


@pytest.mark.parametrize("number", ["INV-000123", "inv 123", "#123", "00123", "12-3"])
def test_a_number_is_the_same_however_it_is_spelt(number: str) -> None:
    assert plain_number(number) == "123"


def test_the_later_of_two_spellings_repeats_the_earlier() -> None:
    first, again = cost("INV-000123", "512.40"), cost("inv 123", "512.40", day=21)
    assert repeated_invoices(unit(again, first)) == {again.fact_id}


def test_the_same_pro_and_amount_under_another_number_repeats() -> None:
    first, again = cost("1", "512.40", pro="7654321"), cost("9", "512.40", day=3, pro="7654321")
    assert repeated_invoices(unit(first, again)) == {again.fact_id}


def test_a_balance_due_another_amount_and_another_carrier_repeat_nothing() -> None:
    first = cost("123", "512.40", pro="7654321")
    others = (
        cost("123", "75.00", day=1, bill_type="balance_due", pro="7654321"),
        cost("124", "75.00", day=2, pro="7654321"),
        cost("123", "512.40", day=3, carrier="PLVX", pro="7654321"),
    )
    assert repeated_invoices(unit(first, *others)) == frozenset()


def test_each_carrier_costs_what_it_says_most_firmly() -> None:
    told = (
        cost("T1", "500.00", kind=CostKind.TENDERED),
        cost("I1", "520.00", day=2),
        cost("A2", "90.00", carrier="PLVX", kind=CostKind.ACCRUED),
        cost("T2", "80.00", carrier="PLVX", kind=CostKind.TENDERED),
    )
    total, ids = known_cost(unit(*told))
    # 520.00 invoiced by the one, 90.00 accrued for the other
    assert total == Money(Decimal("610.00"), "USD")
    assert set(ids) == {told[1].fact_id, told[2].fact_id}


def test_a_repeated_invoice_costs_nothing_more() -> None:
    told = cost("INV-1", "100.00"), cost("1", "100.00", day=1)
    assert known_cost(unit(*told))[0] == Money(Decimal("100.00"), "USD")


def test_nothing_told_and_two_currencies_are_no_cost() -> None:
    assert known_cost(unit(cost("1", "1.00"), cost("2", "1.00", currency="CAD")))[0] is None
    assert known_cost(unit(cost("1", "1.00", kind=CostKind.TENDERED)))[0] is not None
