"""Reckons a line of an invoice again from the sentence that is printed beside it, and nothing else.

It knows how a working reads and shares nothing with the product: what a customer with a pocket
calculator would do. Whatever it cannot read it refuses, so that no working says less than it must.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

NUMBER = r"\d[\d,]*(?:\.\d+)?(?:\.\.\.)?"
CENT = Decimal("0.01")

DEFICIT = re.compile(rf"({NUMBER}) lb rated as ({NUMBER}) lb \(deficit ({NUMBER}) lb\)")
OF_LOAD = re.compile(rf"({NUMBER}) of ({NUMBER}) (?:lb|pallets) = ({NUMBER})")
FACTOR = re.compile(rf"({NUMBER})(?: (?:cwt|mi|min|lb))?")
WAITED = re.compile(rf"({NUMBER}) min less ({NUMBER}) free")
PERCENT_OF = re.compile(rf"({NUMBER})% of (\w+(?: and \w+)*) ({NUMBER})")
LESS_PERCENT = re.compile(rf"less ({NUMBER})%")
INCLUDED = re.compile(rf"({NUMBER}) less ({NUMBER}) included")
UP_TO = re.compile(rf"minimum ({NUMBER}) less ({NUMBER}) charged")
RAISED = re.compile(rf"raised to the minimum ({NUMBER})")
CAPPED = re.compile(rf"capped at ({NUMBER})")
GRANTED = re.compile(rf"({NUMBER}) of ({NUMBER}) [A-Z]{{3}} claimed in dispute .* = -({NUMBER})")
ROUNDED = re.compile(rf"rounded ({NUMBER})")


def reckoned(formula: str, amounts: Mapping[str, Decimal]) -> Decimal:
    """The amount that the working comes to; every result printed on the way is checked.

    Args:
        formula: as printed.
        amounts: what the other lines of the invoice come to, by charge.
    """
    if granted := GRANTED.fullmatch(formula):
        given, claimed, taken_off = map(printed, granted.groups())
        assert given == taken_off <= claimed, formula
        return -taken_off
    whole, _, of_it = formula.partition(" for the load; of it ")
    reader = _Reader(amounts)
    for step in re.split(r", (?=\D|\d[\d,.]* x)|: ", whole):
        reader.read(step)
    if not of_it:
        assert reader.value == Fraction(printed(reader.stated)), formula
        return printed(reader.stated)
    mine, all_of_it, share = (printed(each) for each in matched(OF_LOAD, of_it))
    exact = reader.value * Fraction(mine) / Fraction(all_of_it)
    assert abs(exact - Fraction(share)) < Fraction(CENT), formula
    return share


class _Reader:
    """What the working has come to so far."""

    def __init__(self, amounts: Mapping[str, Decimal]) -> None:
        self.amounts = amounts
        self.value = Fraction(0)
        self.minutes: Fraction | None = None
        self.weight: Fraction | None = None
        self.counted: Fraction | None = None
        self.stated = ""

    def read(self, step: str) -> None:
        """One step, and the results that it states."""
        does, *results = step.split(" = ")
        self._do(does)
        for result in results:
            self.stated = result.removesuffix(" min")
            self._check(step)

    def _check(self, step: str) -> None:
        stated, off = Fraction(printed(self.stated)), Fraction(0)
        if "cwt" in step:  # the gross charge stands on the freight bill, in whole cents
            self.value = in_cents(self.value)
        if self.stated.endswith("..."):
            off = Fraction(1, 10**6)
        assert abs(self.value - stated) <= off, f"{step!r} comes to {self.value}"

    def _do(self, does: str) -> None:
        if found := DEFICIT.fullmatch(does):
            actual, self.weight, deficit = (Fraction(printed(each)) for each in found.groups())
            assert actual + deficit == self.weight, does
        elif found := WAITED.fullmatch(does):
            waited, free = (Fraction(printed(each)) for each in found.groups())
            self.value = self.minutes = waited - free
        elif found := PERCENT_OF.fullmatch(does):
            percent, codes, base = found.groups()
            assert printed(base) == sum(self.amounts[code] for code in codes.split(" and ")), does
            self.value = Fraction(printed(base)) * Fraction(printed(percent)) / 100
        elif found := INCLUDED.fullmatch(does):
            count, included = (Fraction(printed(each)) for each in found.groups())
            self.counted = count - included
        elif found := UP_TO.fullmatch(does):
            least, charged = (Fraction(printed(each)) for each in found.groups())
            self.value = least - charged
        else:
            self._change(does)

    def _change(self, does: str) -> None:
        if found := LESS_PERCENT.fullmatch(does):
            self.value *= 1 - Fraction(printed(found[1])) / 100
        elif found := RAISED.fullmatch(does):
            assert self.value < Fraction(printed(found[1])), does
            self.value = Fraction(printed(found[1]))
            self.stated = found[1]
        elif found := CAPPED.fullmatch(does):
            assert self.value > Fraction(printed(found[1])), does
            self.value = Fraction(printed(found[1]))
        elif found := ROUNDED.fullmatch(does):
            self.value = in_cents(self.value)
            self.stated = found[1]
            self._check(does)
        else:
            self._multiply(does)

    def _multiply(self, does: str) -> None:
        factors = [matched(FACTOR, each)[0] for each in does.split(" x ")]
        numbers = [Fraction(printed(each)) for each in factors]
        if self.minutes is not None:
            exact = self.minutes / numbers[1]
            begun = -(-exact.numerator // exact.denominator)
            assert numbers[0] == begun or abs(numbers[0] - exact) <= Fraction(1, 10**6), does
            numbers = [exact if factors[0].endswith("...") else numbers[0], *numbers[2:]]
        if self.weight is not None:
            assert numbers[0] == self.weight / 100, does
        if self.counted is not None:
            assert numbers[0] == self.counted, does
        self.value = Fraction(1)
        for number in numbers:
            self.value *= number


def in_cents(exact: Fraction) -> Fraction:
    """Rounded half up; no amount here is below zero."""
    return Fraction((exact * 200 + 1).__floor__() // 2, 100)


def matched(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    assert found, f"a working says {text!r}, which nobody can reckon"
    return tuple(found.groups())


def printed(number: str) -> Decimal:
    return Decimal(number.removesuffix("...").replace(",", ""))
