"""What a cell of a workbook shows: the number that was typed, with the decimals it shows.

A workbook stores a number as the text of a binary floating-point number. Any decimal of up to
15 significant digits comes back from it unchanged as the shortest decimal that means the same
number, which is what `repr` gives. A number whose shortest decimal has more digits was never
typed, and a format that shows fewer decimals than the cell holds leaves open which of the two
was meant: both have no certain value.
"""

import re
from decimal import Decimal
from typing import Any

DIGITS = 15
"""So many significant digits of a decimal survive in a binary floating-point number."""

QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a number format that print or hide something and say nothing of the digits."""

PLACEHOLDERS = re.compile(r"[0#?,]*(?:\.([0#?]*))?")
NOT_PLAIN = re.compile(r"[/Ee]|[0#?.],+(?![0#?,])")
"""A fraction, an exponent, or a comma at the end, which shows thousands or millions."""


def exactly(value: float) -> Decimal | None:
    """The decimal that was typed, or None where nobody typed what the cell holds."""
    exact = Decimal(repr(value))
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > DIGITS:
        return None
    return exact


def shown(exact: Decimal, number_format: str) -> str | None:
    """The number as its format shows it, or None where that is not the number that it holds."""
    sections = QUOTED.sub("", number_format).split(";")
    form = sections[1] if exact < 0 and len(sections) > 1 and sections[1].strip() else sections[0]
    if "general" in form.lower() or form.strip() in {"", "@"}:
        return f"{_whole(exact):f}"
    digits = max(PLACEHOLDERS.finditer(form), key=lambda found: len(found[0]))
    if not digits[0] or NOT_PLAIN.search(form):
        return None
    scaled = exact * 100 if "%" in form else exact
    decimals = digits[1] or ""
    places = max(-_exponent(scaled), 0)
    if places > len(decimals):
        return None
    whole, _, rest = f"{scaled:.{max(places, decimals.count('0'))}f}".partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    whole = whole.rjust(digits[0].split(".")[0].count("0"), "0")
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def is_percentage(number_format: str) -> bool:
    """Whether the format shows the number times a hundred."""
    return "%" in QUOTED.sub("", number_format)


def formula(value: Any) -> str:
    """The formula as typed; an array formula is an object that carries it."""
    return str(getattr(value, "text", value))


def letters_of(column: int) -> str:
    """The letters of a column, counted from 1: `A`, `Z`, `AA`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = f"{chr(ord('A') + rest)}{letters}"
    return letters


def _whole(exact: Decimal) -> Decimal:
    """Without the `.0` that a whole floating-point number is written with."""
    return exact.to_integral_value() if exact == exact.to_integral_value() else exact


def _exponent(exact: Decimal) -> int:
    exponent = exact.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a number of a workbook is finite"
    return exponent
