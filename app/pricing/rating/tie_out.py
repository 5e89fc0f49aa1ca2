"""Whether the lines of an invoice add up, checked again from what stands in them."""

from decimal import Decimal
from fractions import Fraction

from app.money import rounded_half_up
from app.pricing.rating.charge import Rated


def tie_out_faults(rated: Rated) -> tuple[str, ...]:
    """Every line whose amount is not its unrounded result rounded once, in words.

    An allocated share is exact by construction and says so (`rounding` names the
    allocation method); it must still lie within one coin of its exact share.
    """
    faults = []
    for charge in rated.charges:
        if charge.amount.currency != rated.currency:
            faults.append(f"{charge.code}: billed in {charge.amount.currency}")
            continue
        exact = Fraction(charge.unrounded)
        if charge.rounding == "half_up_1":
            wanted = rounded_half_up(exact, rated.currency)
            if wanted != charge.amount:
                faults.append(f"{charge.code}: {charge.unrounded} rounds to {wanted}")
        elif abs(exact - Fraction(charge.amount.amount)) >= _one_coin(rated.currency):
            faults.append(f"{charge.code}: {charge.amount} is not a share of {charge.unrounded}")
    return tuple(faults)


def _one_coin(currency: str) -> Fraction:
    coin = rounded_half_up(Decimal(0), currency).amount.as_tuple().exponent
    assert isinstance(coin, int), "a payable amount is finite"
    return Fraction(10) ** coin
