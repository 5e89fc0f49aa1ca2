"""Quantity and rate as a billing system may multiply them, and amounts that somebody states."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.billed_line import quantity_and_rate, taxed_base
from app.money import payable
from tests.invoices import line

amounts = st.decimals(min_value=-99999, max_value=99999, places=2)
numbers = st.decimals(min_value=0, max_value=99999, places=5)


@pytest.mark.parametrize(
    ("amount", "quantity", "rate", "gives"),
    [
        ("112.50", "1.5", "75", ("1.5", "75")),
        ("-112.50", "1.5", "75", ("-1.5", "75")),
        ("296.34", "20", "49.39", ("1", "296.34")),
        ("25.03", "2.5", "10.01", ("1", "25.03")),
        ("-25.03", "2.5", "10.01", ("-1", "25.03")),
        ("0.00", "0", "10.01", ("0", "10.01")),
        ("1.00", "8", "0.125", ("8", "0.125")),
        ("1.00", "32", "0.03125", ("1", "1.00")),
        ("1000.00", "10000", "0.1000", ("10000", "0.1000")),
    ],
)
def test_quantity_and_rate_stand_only_where_they_give_the_amount_exactly(
    amount: str, quantity: str, rate: str, gives: tuple[str, str]
) -> None:
    billed = quantity_and_rate(line("x", amount, quantity=quantity, rate=rate), rate_digits=4)
    assert (billed.quantity, billed.rate) == (Decimal(gives[0]), Decimal(gives[1]))


@given(amount=amounts, quantity=numbers, rate=numbers)
def test_their_product_is_always_the_amount(
    amount: Decimal, quantity: Decimal, rate: Decimal
) -> None:
    given_line = line("x", str(amount), quantity=str(quantity), rate=str(rate))
    billed = quantity_and_rate(given_line, rate_digits=4)
    assert billed.quantity * billed.rate == amount
    assert billed.rate >= 0
    assert Decimal(repr(float(billed.quantity))) == billed.quantity


def test_the_base_of_a_tax_given_back_is_negative() -> None:
    tax = line("tax/gst", "-5.00", quantity="100.00", rate="5", tax="GST of CA")
    assert taxed_base(tax) == Decimal("-100.00")


@pytest.mark.parametrize("stated", ["1.005", "NaN", "Infinity", "1e400", "1000000000000000000"])
def test_an_amount_that_no_ledger_holds_is_refused_and_never_rounded(stated: str) -> None:
    with pytest.raises(ValueError, match=r"USD|not an amount"):
        payable(Decimal(stated), "USD")


def test_a_stated_amount_has_the_decimals_of_its_currency() -> None:
    assert str(payable(Decimal("12.5000"), "USD").amount) == "12.50"
    assert str(payable(Decimal(1000), "JPY").amount) == "1000"
    assert str(payable(Decimal("1E+2"), "KWD").amount) == "100.000"
