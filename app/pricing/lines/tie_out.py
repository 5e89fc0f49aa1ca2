"""Whether the lines of an invoice add up, checked again from what stands in them."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from app.money import rounded_half_up
from app.pricing.lines.charge import Rated
from app.pricing.lines.wording import exact_text


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
    return (*faults, *_tax_faults(rated))


def services_billed_twice(rated: Rated) -> tuple[str, ...]:
    """Every service that two lines bill, in words: each has one line, or it is owed twice."""
    counted = Counter(charge.key for charge in rated.charges)
    return tuple(f"{key}: billed by {times} lines" for key, times in counted.items() if times > 1)


def _tax_faults(rated: Rated) -> Iterator[str]:
    """Every tax that is not its percentage, and lines that are not taxed exactly once.

    By jurisdiction: what is taxable in all of them is what the taxed lines come to. Where a
    part of a tax is still unpriced, its parts cannot add up yet.
    """
    amounts = {charge.key: Fraction(charge.amount.amount) for charge in rated.charges}
    taxable: dict[tuple[str, tuple[str, ...]], dict[str, set[Fraction]]] = {}
    for charge in rated.charges:
        if (tax := charge.tax) is None:
            continue
        base = Fraction(tax.taxable.amount)
        if base * Fraction(tax.percent) / 100 != Fraction(charge.unrounded):
            yield f"{charge.key}: {charge.unrounded} is not {tax.percent}% of {tax.taxable}"
        places = taxable.setdefault((charge.code, tax.of), {})
        places.setdefault(tax.jurisdiction, set()).add(base)
    open_taxes = {missing.charge for missing in rated.unpriced}
    for (code, of), places in taxable.items():
        taxed = sum((base for bases in places.values() for base in bases), Fraction(0))
        whole = sum((amounts.get(key, Fraction(0)) for key in of), Fraction(0))
        if taxed != whole and code not in open_taxes:
            yield f"{code}: {exact_text(taxed)} is taxed of {exact_text(whole)} in {', '.join(of)}"


def _one_coin(currency: str) -> Fraction:
    coin = rounded_half_up(Decimal(0), currency).amount.as_tuple().exponent
    assert isinstance(coin, int), "a payable amount is finite"
    return Fraction(10) ** coin
