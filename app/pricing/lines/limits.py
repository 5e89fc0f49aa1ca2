"""The least and the most that a charge comes to, as its working says so."""

from decimal import Decimal
from fractions import Fraction

from app.pricing.lines.wording import money, rate


def within(
    exact: Fraction, text: str, least: Decimal, most: Decimal | None
) -> tuple[Fraction, str]:
    """The amount and its working, raised to the minimum and capped at the maximum.

    A minimum of nothing is none: a credit stays below zero.
    """
    if least and exact < least:
        text += f" = {money(exact)}, raised to the minimum {rate(least)}"
        exact = Fraction(least)
    if most is not None and exact > most:
        text += f" = {money(exact)}, capped at {rate(most)}"
        exact = Fraction(most)
    return exact, text
