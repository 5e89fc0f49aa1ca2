"""What is asked of a tax engine and what it answers.

A decision is pure, so no engine is called while one is made: the built-in engine reads the
table of the card, and what an external engine found comes as a fact and is read back by
`determination`. Whoever connects an engine answers the same question.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

import msgspec

from app.money import Money

Rounding = Literal["", "per line", "per invoice"]
"""Whether each line's tax is rounded, or the tax on the sum of a jurisdiction's lines."""

Supply = Literal["domestic", "international"]
"""Whether the freight stays in one country; international freight is zero-rated in Canada."""


class Jurisdiction(msgspec.Struct, frozen=True, order=True):
    """Whose tax it is: a country and, where it has taxes of its own, a region of it."""

    country: str
    """ISO 3166-1 alpha-2."""
    region: str = ""

    def __str__(self) -> str:
        """`CA-ON`."""
        return f"{self.country}-{self.region}" if self.region else self.country


class TaxableLine(msgspec.Struct, frozen=True, kw_only=True):
    """A charge line, or the part of it that is supplied in one jurisdiction."""

    charge: str
    subject: str
    amount: Money
    whole: Money
    """The line as it stands on the invoice."""
    place: Jurisdiction
    supply: Supply
    pounds: Fraction = Fraction(1)
    of_pounds: Fraction = Fraction(1)
    """The weights by which the line was split; equal where it was not."""

    @property
    def key(self) -> str:
        """What the line is called inside its unit."""
        return f"{self.charge}/{self.subject}" if self.subject else self.charge


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """The customer's certificate; without a last day it is none that anybody can rely on."""

    until: date | None
    certificate: str
    fact_ids: tuple[str, ...]

    def covers(self, day: date) -> bool:
        """Whether it is in force on the day; the last day is one of its days."""
        return self.until is not None and day <= self.until


class TaxQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the tax of one invoice depends on; an exempt customer's is for the record."""

    day: date
    """The day whose rates count."""
    rounding: Rounding
    lines: tuple[TaxableLine, ...]
    exemption: Exemption | None = None


class TaxRate(msgspec.Struct, frozen=True, kw_only=True):
    """One tax of a jurisdiction as a table gives it; region `*` is all of the country."""

    row: str
    """By which the row is cited."""
    country: str
    region: str
    tax: str
    percent: Decimal
    supply: Supply


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    """One tax of one jurisdiction on the lines it was reckoned from."""

    tax: str
    """What the law calls it: GST, HST, QST, VAT."""
    place: str
    percent: Decimal
    taxable: Money
    of: tuple[str, ...]
    """The keys of the lines."""
    parts: tuple[TaxableLine, ...] = ()
    """The same lines with their amounts, where the engine went by them."""
    exact: Fraction
    determined: Money | None = None
    """The amount, where an external engine has rounded it."""
    row: str = ""
    """The row it was read from."""


class NoTax(msgspec.Struct, frozen=True, kw_only=True):
    """Why some tax is not known; `problem` is a word of `Unpriced`."""

    problem: str
    why: str


class TaxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Tax lines, and what is missing for the others."""

    lines: tuple[TaxLine, ...] = ()
    missing: tuple[NoTax, ...] = ()
    by: str = ""
    """Which engine found it and when, where it was not the card's table."""
    fact_ids: tuple[str, ...] = ()


class TaxEngine(Protocol):
    """Whoever can say what tax is owed."""

    def determine(self, question: TaxQuestion) -> TaxAnswer:
        """The tax of every line; a line of which nothing is known is missing, never untaxed."""
        ...
