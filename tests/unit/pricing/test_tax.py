"""What the tie-out says of tax lines that do not add up, and what tax is no part of."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.money import Money
from app.pricing.contract.approval import needs_approval
from app.pricing.lines.charge import Charge, Rated, Taxed, Unpriced
from app.pricing.lines.tie_out import tie_out_faults


def line(code: str, amount: str, subject: str = "", **more: Any) -> Charge:
    return Charge(
        code=code,
        subject=subject,
        description="",
        quantity=Decimal(1),
        unit="",
        rate=Decimal(1),
        amount=Money(Decimal(amount), "CAD"),
        formula="",
        inputs=(),
        rows=(),
        card="",
        method="",
        unrounded=amount,
        rounding="half_up_1",
        clause="",
        **more,
    )


def tax(place: str, taxable: str, amount: str, percent: str) -> Charge:
    taxed = Taxed(
        tax="HST",
        jurisdiction=place,
        percent=Decimal(percent),
        taxable=Money(Decimal(taxable), "CAD"),
        of=("linehaul",),
    )
    return line("tax", amount, f"{place} HST", tax=taxed)


LINEHAUL = line("linehaul", "1000.00")
ON, AB = tax("CA-ON", "600.00", "78.00", "13"), tax("CA-AB", "400.00", "20.00", "5")


def test_two_jurisdictions_that_make_up_the_line_tie_out() -> None:
    assert tie_out_faults(Rated(currency="CAD", charges=(LINEHAUL, ON, AB))) == ()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((LINEHAUL, ON), "tax: 600 is taxed of 1000 in linehaul"),
        (
            (LINEHAUL, ON, AB, tax("CA-QC", "1.00", "0.05", "5")),
            "tax: 1001 is taxed of 1000 in linehaul",
        ),
        (
            (LINEHAUL, tax("CA-ON", "1000.00", "130.01", "13")),
            "tax/CA-ON HST: 130.01 is not 13% of 1,000.00 CAD",
        ),
        ((ON, AB), "tax: 1000 is taxed of 0 in linehaul"),
    ],
)
def test_a_line_that_is_not_taxed_exactly_once_is_a_fault(
    lines: tuple[Charge, ...], says: str
) -> None:
    (fault,) = tie_out_faults(Rated(currency="CAD", charges=lines))
    assert fault == says


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"amount": Money(Decimal("1000.00"), "USD")}, "linehaul: billed in USD"),
        ({"unrounded": "1000.005"}, "linehaul: 1000.005 rounds to 1,000.01 CAD"),
        (
            {"unrounded": "2001/2", "rounding": "largest_remainder_1"},
            "linehaul: 1,000.00 CAD is not a share of 2001/2",
        ),
        (
            {"unrounded": "1000.01", "rounding": "largest_remainder_1"},
            "linehaul: 1,000.00 CAD is not a share of 1000.01",
        ),
        (
            {"unrounded": "999.99", "rounding": "largest_remainder_1"},
            "linehaul: 1,000.00 CAD is not a share of 999.99",
        ),
    ],
)
def test_a_line_that_is_not_what_it_was_worked_out_as_is_a_fault(
    changed: dict[str, Any], says: str
) -> None:
    wrong = msgspec.structs.replace(LINEHAUL, **changed)
    assert tie_out_faults(Rated(currency="CAD", charges=(wrong,))) == (says,)


@pytest.mark.parametrize("unrounded", ["1000.009", "999.991", "3000/3"])
def test_a_share_that_is_less_than_a_coin_away_ties_out(unrounded: str) -> None:
    share = msgspec.structs.replace(LINEHAUL, unrounded=unrounded, rounding="largest_remainder_1")
    assert tie_out_faults(Rated(currency="CAD", charges=(share,))) == ()


def test_while_a_part_of_the_tax_has_no_price_its_parts_need_not_add_up() -> None:
    missing = Unpriced(charge="tax", problem="no_tax_rate", why="no rate")
    assert tie_out_faults(Rated(currency="CAD", charges=(LINEHAUL, ON), unpriced=(missing,))) == ()


def test_what_was_quoted_is_compared_before_tax_and_nobody_approves_tax() -> None:
    rated = Rated(currency="CAD", charges=(LINEHAUL, ON, AB))
    assert str(rated.before_tax) == "1,000.00 CAD"
    assert str(rated.total) == "1,098.00 CAD"
    assert not needs_approval(ON, None)
    assert needs_approval(msgspec.structs.replace(ON, tax=None), None)


def test_without_a_card_there_is_nothing_before_tax_either() -> None:
    assert Rated(currency="").before_tax is None
