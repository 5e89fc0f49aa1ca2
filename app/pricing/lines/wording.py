"""How numbers read in the working of a charge: exact, with thousands separated."""

from decimal import Decimal
from fractions import Fraction


def terminates(exact: Fraction) -> bool:
    """Whether the fraction has an exact decimal."""
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def exact_decimal(exact: Fraction) -> Decimal:
    """The fraction as a decimal; it must have one.

    Scaled by powers of ten and never divided, so that no context can cut digits off.
    """
    assert terminates(exact), "only a fraction that terminates has an exact decimal"
    places = 0
    while 10**places % exact.denominator:
        places += 1
    return _scaled(exact.numerator * 10**places // exact.denominator, places)


def near_decimal(exact: Fraction) -> Decimal:
    """The fraction as a decimal to be shown: exact, or cut off after six decimals."""
    if terminates(exact):
        return exact_decimal(exact)
    return _scaled(int(exact * 10**6), 6)


def _scaled(number: int, places: int) -> Decimal:
    """A whole number of the last place; read from text, which no context rounds."""
    return Decimal(f"{number}E-{places}")


def exact_text(exact: Fraction) -> str:
    """The fraction without loss: a decimal where there is one, else `n/d`."""
    if terminates(exact):
        return f"{exact_decimal(exact):f}"
    return f"{exact.numerator}/{exact.denominator}"


def number(value: Decimal | Fraction, places: int = 0) -> str:
    """A number for reading, with at least so many decimals; `...` where it was cut off."""
    exact = Fraction(value)
    text = f"{near_decimal(exact):,f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    cut = "" if terminates(exact) else "..."
    return f"{whole}.{decimals}{cut}" if decimals else f"{whole}{cut}"


def rate(value: Decimal) -> str:
    """A rate or amount as the card states it, zeros at the end included."""
    return f"{value:,f}"


def money(value: Decimal | Fraction) -> str:
    """An amount for reading, with two decimals or more."""
    return number(value, places=2)
