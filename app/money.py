"""Money: an exact amount in one currency, and the one place that rounds.

Amounts are Decimals computed in a context of 60 digits that refuses to lose any, so
that a rate times a quantity is exact until the named rounding point of its charge.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation
from decimal import Overflow as DecimalOverflow
from fractions import Fraction

import msgspec

# ISO 4217 minor units; a currency that is not listed is refused, never assumed.
MINOR_UNITS = {"USD": 2, "CAD": 2, "MXN": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3}

EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, DecimalOverflow, Inexact])
"""Arithmetic that raises instead of losing a digit; the only context used for money."""

MOST_DIGITS = 15
"""Before the point, of an amount that somebody else states; no ledger here needs more."""


class Money(msgspec.Struct, frozen=True, order=False, gc=False):
    """An amount in one currency, in major units (dollars, not cents).

    Raises:
        ValueError: when the amount is not a number or the currency is not known.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse what no ledger can hold."""
        if not self.amount.is_finite():
            raise ValueError(f"{self.amount} is not an amount of money")
        if self.currency not in MINOR_UNITS:
            raise ValueError(
                f"currency {self.currency!r} is not known; allowed: {', '.join(MINOR_UNITS)}"
            )

    def __add__(self, other: "Money") -> "Money":
        """The sum; both must be of one currency."""
        assert self.currency == other.currency, "two currencies are never added"
        return Money(EXACT.add(self.amount, other.amount), self.currency)

    def __neg__(self) -> "Money":
        """The exact negative: what a credit is made of."""
        return Money(self.amount.copy_negate(), self.currency)

    @property
    def minor_units(self) -> int:
        """The amount as a whole number of the smallest coin."""
        scaled = self.amount.scaleb(MINOR_UNITS[self.currency])
        assert scaled == scaled.to_integral_value(), "an amount is rounded before it is paid"
        return int(scaled)

    def __str__(self) -> str:
        """`1,234.50 USD`."""
        return f"{self.amount:,.{MINOR_UNITS[self.currency]}f} {self.currency}"


def zero(currency: str) -> Money:
    """No money, written with the currency's decimals."""
    return of_minor_units(0, currency)


def of_minor_units(units: int, currency: str) -> Money:
    """So many of the smallest coin."""
    return Money(Decimal(units).scaleb(-MINOR_UNITS[currency]), currency)


def payable(stated: Decimal, currency: str) -> Money:
    """What somebody else states, with the currency's own decimals; nothing is rounded.

    Raises:
        ValueError: a fraction of the smallest coin, no number, or no currency that is known.
    """
    if stated.is_finite() and stated and stated.adjusted() > MOST_DIGITS:
        raise ValueError(f"{stated} {currency} is beyond {MOST_DIGITS} digits")
    coins = Money(stated, currency).amount.scaleb(MINOR_UNITS[currency])
    if coins != coins.to_integral_value():
        raise ValueError(f"{stated} {currency} has a fraction of the smallest coin")
    return of_minor_units(int(coins), currency)


def rounded_half_up(exact: Decimal | Fraction, currency: str) -> Money:
    """Method `half_up_1`: the nearest payable amount, halves away from zero.

    This is the only rounding of money in the product; whoever calls it is a named
    rounding point and says so in its working.
    """
    places = MINOR_UNITS[currency]
    if isinstance(exact, Decimal):
        smallest = Decimal(1).scaleb(-places)
        return Money(exact.quantize(smallest, ROUND_HALF_UP, Context(prec=60)), currency)
    scaled = abs(exact) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return of_minor_units(units if exact >= 0 else -units, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of the amounts; zero of that currency when there are none."""
    return sum(amounts, zero(currency))


def largest_remainder(
    amount: Money, shares: Sequence[tuple[str, Decimal]]
) -> tuple[tuple[str, Money], ...]:
    """Method `largest_remainder_1`: the amount split by weight, to the cent and exactly.

    Every share is cut down to the smallest coin; the coins left over go one each to the
    largest fractions, ties by the share's key and never by the order given. A negative
    amount gives the exact negatives (a credit mirrors what it credits).

    Args:
        amount: a payable amount, to be split completely.
        shares: a stable key and a weight of zero or more for each; the weights' sum is
            above zero (the caller holds otherwise, it never divides equally in silence).
    """
    whole = sum((Fraction(weight) for _, weight in shares), Fraction(0))
    assert whole > 0, "money is split by weights that add up to something"
    coins = abs(amount.minor_units)
    exact = {key: coins * Fraction(weight) / whole for key, weight in shares}
    assert len(exact) == len(shares), "each share has a key of its own"
    given = {key: share.numerator // share.denominator for key, share in exact.items()}
    left = coins - sum(given.values())
    for key in sorted(exact, key=lambda key: (given[key] - exact[key], key))[:left]:
        given[key] += 1
    sign = -1 if amount.amount < 0 else 1
    return tuple((key, of_minor_units(sign * given[key], amount.currency)) for key, _ in shares)
