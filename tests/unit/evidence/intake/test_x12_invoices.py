"""810 and 310: invoices that add up, and those that do not."""

from decimal import Decimal

import pytest

from app.evidence.facts.money import Cost
from app.evidence.intake.profile import CodeMap
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    PROFILES,
    changed_sample,
    codes,
    interchange,
    one,
    read_one,
    sample,
    standard_with,
)

INVOICED = (
    "BIG*20260306*INV-1**PO-1",
    "N1*SU*JOLIET COLD*92*JOLC",
    "IT1*1*31*DA*12.5**SV*STORE",
    "SAC*C*D500***1000********HANDLING IN",
    "IT1*2*3*EA*0.335**SV*LABEL",
    "TXI*ST*1.2",
    "TDS*39971",
)


def cost(received: Received) -> Cost:
    said = received.facts[0].said
    assert isinstance(said, Cost)
    return said


def test_an_invoice_is_its_items_charges_and_taxes() -> None:
    # 31 x 12.50 = 387.50; handling 10.00; 3 x 0.335 = 1.005, rounded 1.01; tax 1.20: 399.71
    profiles = standard_with(
        codes={
            **PROFILES.standard.codes,
            "234": CodeMap(version="joliet-1", words={"STORE": "storage", "LABEL": "labelling"}),
        }
    )
    received = read_one(interchange(("810", INVOICED)), profiles)
    billed = cost(received)
    assert (billed.carrier, billed.number) == ("JOLC", "INV-1")
    assert [(line.line, line.charge, line.amount.amount) for line in billed.lines] == [
        ("1", "storage", Decimal("387.50")),
        ("1.2", "handling", Decimal("10.00")),
        ("2", "labelling", Decimal("1.01")),
        ("2.2", "tax", Decimal("1.20")),
    ]
    assert billed.total.amount == Decimal("399.71")
    assert codes(received) == ["AMOUNT_ROUNDED"]


def test_an_invoice_that_does_not_add_up_is_a_fault_and_refused_for_a_strict_partner() -> None:
    assert "LINES_DO_NOT_ADD_UP" in codes(one("810", INVOICED, "TDS*39971", "TDS*39972"))
    wrong = tuple(each.replace("TDS*39971", "TDS*39972") for each in INVOICED)
    assert read_one(interchange(("810", wrong)), standard_with(strict=True)).refused


@pytest.mark.parametrize(
    ("old", "new", "total"),
    [
        ("SAC*C*", "SAC*A*", "TDS*37971"),  # an allowance is taken off
        ("SAC*C*D500***1000*******", "SAC*C*D500***1000*******01", "TDS*38971"),  # billed back
        ("SAC*C*", "SAC*N*", "TDS*38971"),
    ],
)
def test_allowances_and_what_is_settled_elsewhere_are_no_charges(
    old: str, new: str, total: str
) -> None:
    body = tuple(each.replace("TDS*39971", total) for each in INVOICED)
    assert "LINES_DO_NOT_ADD_UP" not in codes(one("810", body, old, new))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("SAC*C*", "SAC*Q*", "SAC-01"),
        ("*1000****", "*10.00****", "SAC-05"),
        ("TDS*39971", "TDS*399.71", "TDS-01"),
        ("*31*DA", "*-31*DA", "IT1-02"),
        ("*12.5**SV", "***SV", "IT1-04"),
        ("*INV-1*", "*-*", "BIG-02"),
    ],
)
def test_an_impossible_value_refuses_a_suppliers_invoice(old: str, new: str, field: str) -> None:
    received = one("810", INVOICED, old, new)
    assert received.facts == ()
    assert received.faults[-1].place.field == field


def test_a_credit_is_of_a_bill_type_that_nobody_mapped() -> None:
    received = one("810", INVOICED, "**PO-1", "**PO-1***CR")
    assert cost(received).bill_type == "unmapped"


def test_a_charge_in_another_currency_than_the_invoice_refuses_it() -> None:
    text = sample("310.edi").replace(
        "L1*3***15000****DEM", "L1*3***15000****DEM" + "*" * 12 + "EUR"
    )
    received = read_one(text.encode())
    assert received.facts == ()
    assert received.faults[-1].place.field == "L1-20"


def test_an_ocean_invoice_that_does_not_add_up_is_a_fault() -> None:
    received = read_one(changed_sample("310.edi", "*431250****MAEU", "*431251****MAEU"))
    assert codes(received) == ["LINES_DO_NOT_ADD_UP"]
