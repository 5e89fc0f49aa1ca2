"""A small evaluator of the arithmetic that billers write into cases.

It shares nothing with the product: numbers, `+ - x /`, brackets, `up(...)` for rounding up
to whole ones, `max(a; b)` and `min(a; b)`, in exact fractions, rounded half up at the end.
"""

import re
from decimal import Decimal
from fractions import Fraction

TOKEN = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?|up|max|min|[-+x/();%])")


def holds(sentence: str) -> bool:
    """Whether `18.00 x 58.21 = 1047.78` is true, to the decimals that it states."""
    left, right = sentence.split("=")
    places = len(right.strip().partition(".")[2])
    return rounded(value_of(left), places) == value_of(right)


def result_of(sentence: str) -> Decimal:
    return Decimal(sentence.split("=")[1].strip().replace(",", ""))


def rounded(exact: Fraction, places: int) -> Fraction:
    scaled = abs(exact) * 10**places + Fraction(1, 2)
    whole = Fraction(scaled.numerator // scaled.denominator, 10**places)
    return whole if exact >= 0 else -whole


def value_of(text: str) -> Fraction:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        assert found, f"{text[at:]!r} is not arithmetic"
        tokens.append(found.group(1))
        at = found.end()
    value = _sum(tokens)
    assert not tokens, f"{text!r} has a rest: {tokens}"
    return value


def _sum(tokens: list[str]) -> Fraction:
    value = _product(tokens)
    while tokens and tokens[0] in "+-":
        sign = tokens.pop(0)
        other = _product(tokens)
        value = value + other if sign == "+" else value - other
    return value


def _product(tokens: list[str]) -> Fraction:
    value = _one(tokens)
    while tokens and tokens[0] in "x/":
        sign = tokens.pop(0)
        other = _one(tokens)
        value = value * other if sign == "x" else value / other
    return value


def _one(tokens: list[str]) -> Fraction:
    token = tokens.pop(0)
    if token == "-":
        return -_one(tokens)
    if token in {"up", "max", "min"}:
        assert tokens.pop(0) == "("
        values = [_sum(tokens)]
        while (after := tokens.pop(0)) == ";":
            values.append(_sum(tokens))
        assert after == ")"
        if token == "up":
            return Fraction(-(-values[0].numerator // values[0].denominator))
        return max(values) if token == "max" else min(values)
    if token == "(":
        value = _sum(tokens)
        assert tokens.pop(0) == ")"
    else:
        value = Fraction(token.replace(",", ""))
    if tokens and tokens[0] == "%":
        tokens.pop(0)
        value /= 100
    return value
