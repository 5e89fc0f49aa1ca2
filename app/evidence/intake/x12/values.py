"""Amounts and quantities as X12 writes them.

Each function raises `ValueError` with a sentence when the text is none; whoever reads the
transaction adds where it stood and refuses the transaction.
"""

import re
from decimal import Decimal

LONGEST_NUMBER = 18

_number = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)", re.ASCII)
_whole = re.compile(r"[-+]?\d+", re.ASCII)


def number(text: str) -> Decimal:
    """A number with or without a decimal point (X12 type R)."""
    if not _number.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:40]!r} is not a number")
    return Decimal(text)


def quantity(text: str) -> Decimal:
    """A number of 0 or more."""
    value = number(text)
    if value < 0:
        raise ValueError(f"{text!r} is negative; it must be 0 or more")
    return abs(value)


def hundredths(text: str) -> Decimal:
    """An amount with two implied decimals (X12 type N2): `55721` is 557.21.

    An amount that does show a decimal point is refused: whether `557.21` or `5.5721` was
    meant is not for a reader to decide.
    """
    if not _whole.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:40]!r} is not an amount in hundredths (N2, no decimal point)")
    return Decimal(text).scaleb(-2)
