"""How a decided line is written where quantity times price must be the amount.

A decision's amount need not be its quantity times its rate: minimums, discounts and rounding stand
between them. A billing system multiplies again and rounds as it likes (Tryton: halves to even), so
quantity and rate are passed on only where they give the amount exactly and nothing is rounded.
"""

from decimal import Decimal

import msgspec

from app.billing.invoice import InvoiceLine
from app.money import EXACT

EXACT_AS_FLOAT = 15
"""A decimal of so many digits survives a system that keeps quantities as binary fractions."""


class QuantityAndRate(msgspec.Struct, frozen=True):
    """Two numbers whose product is the line's amount, to the last digit."""

    quantity: Decimal
    rate: Decimal
    """Never negative: a credit has a negative quantity, as accounting systems write it."""


def quantity_and_rate(line: InvoiceLine, *, rate_digits: int) -> QuantityAndRate:
    """The line's own quantity and rate where they give its amount, else one times the amount.

    Args:
        line: a decided line.
        rate_digits: digits the billing system keeps after the point of a rate.
    """
    amount = line.amount.amount
    sign = Decimal(-1 if amount < 0 else 1)
    quantity, rate = abs(line.quantity), abs(line.rate)
    gives_it = EXACT.multiply(quantity, rate) == abs(amount)
    if gives_it and _digits_after_point(rate) <= rate_digits and _survives(quantity):
        return QuantityAndRate(EXACT.multiply(sign, quantity), rate)
    return QuantityAndRate(sign, abs(amount))


def taxed_base(line: InvoiceLine) -> Decimal:
    """Of a tax line: the amount that is taxed, negative where the tax is given back."""
    assert line.tax, "only a tax has a base"
    return abs(line.quantity).copy_sign(line.amount.amount)


def _digits_after_point(number: Decimal) -> int:
    exponent = number.normalize(EXACT).as_tuple().exponent
    assert isinstance(exponent, int), "a rate is a number"
    return max(0, -exponent)


def _survives(quantity: Decimal) -> bool:
    return len(quantity.normalize(EXACT).as_tuple().digits) <= EXACT_AS_FLOAT
