"""A percentage of other charges or of a declared value, with a minimum and a maximum.

A tariff's collect-on-delivery fee is `5% of the amount collected, minimum 95.50` (Holland 2016).
What is declared is told by the claim of the service: its quantity is an amount of money, and its
unit the currency; a quantity that names no currency could be anything and has no price.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.money import MINOR_UNITS
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.limits import within
from app.pricing.lines.wording import money, number
from app.pricing.reckoned.loads import claimed_for, shared
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import (
    Line,
    Occasion,
    Working,
    base_amount,
    base_charges,
    charged,
    unpriced,
    without_base,
)
from app.pricing.told.claims import Claim, claims


class PercentRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The percentage, the least and the most that it comes to."""

    percent: Decimal
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None


class Percentage(Term, frozen=True, kw_only=True, omit_defaults=True, tag="percentage"):
    """What the percentage is taken of: the charges in `of`, or what a claim declares."""

    taken_of: Literal["charges", "declared value"]
    method: Literal["percentage_1"] = "percentage_1"
    rates: tuple[PercentRow, ...]

    def flaws(self) -> Iterator[Flaw]:
        """A base that is missing or not meant, and a minimum above the maximum."""
        if (self.taken_of == "charges") != bool(self.of):
            what = "a percentage of charges names them in `of`; a declared value has none"
            yield Flaw(what=what, charge=self.charge, field="of")
        for row in self.rates:
            if row.maximum is not None and row.maximum < row.minimum:
                what = f"the maximum of {row} is below its minimum"
                yield Flaw(what=what, charge=self.charge, row=row, field="maximum")


class _Base(msgspec.Struct, frozen=True, kw_only=True):
    """What the percentage is taken of, in words and in money."""

    exact: Fraction
    words: str
    inputs: tuple[Input, ...]
    subject: str = ""


def percentage(occasion: Occasion, term: Percentage) -> tuple[Line, ...]:
    """The line of the charges, or one for each declared value; nothing of nothing."""
    if term.taken_of == "declared value":
        own = (claim for claim in claims(occasion.unit) if claim.charge == term.charge)
        return tuple(_of_claim(occasion, term, claim) for claim in own)
    if missing := without_base(occasion, term):
        return (missing,)
    lines = base_charges(occasion)
    if not lines:
        return ()
    base = _Base(
        exact=base_amount(occasion),
        words=" and ".join(dict.fromkeys(line.code for line in lines)),
        inputs=tuple(Input(name=line.code, value=str(line.amount)) for line in lines),
    )
    return (_line(occasion, term, base),)


def _of_claim(occasion: Occasion, term: Percentage, claim: Claim) -> Line:
    """Of the one amount that was declared, in the currency in which the charge is priced."""
    name = f"{claim.charge} {claim.accessorial}"
    if len(claim.quantities) != 1 or len(claim.units) != 1:
        why = f"{name} does not declare one amount with its currency: {claim.told.value}"
        return unpriced(term, "no_quantity", why, claim.accessorial, (claim.told,))
    (amount,), (currency,) = claim.quantities, claim.units
    if currency not in MINOR_UNITS or not amount:
        why = f"{name} declares {claim.told.value}, which is no amount of money to take it of"
        return unpriced(term, "no_quantity", why, claim.accessorial, (claim.told,))
    if currency != occasion.currency:
        why = f"{name} declares {currency}, and the card prices it in {occasion.currency}"
        return unpriced(term, "no_exchange_rate", why, claim.accessorial, (claim.told,))
    base = _Base(
        exact=Fraction(amount),
        words="declared value",
        inputs=(claim.told,),
        subject=claim.accessorial,
    )
    line = _line(occasion, term, base)
    if isinstance(line, Charge):
        return shared(occasion, term, line, claimed_for(occasion, claim), "")
    return line


def _line(occasion: Occasion, term: Percentage, base: _Base) -> Line:
    row = lane_row(occasion, term, term.rates, base.subject)
    if isinstance(row, Unpriced):
        return msgspec.structs.replace(row, inputs=base.inputs)
    exact, text = within(
        base.exact * Fraction(row.percent) / 100,
        f"{number(row.percent)}% of {base.words} {money(base.exact)}",
        row.minimum,
        row.maximum,
    )
    working = Working(
        quantity=base.exact,
        unit=occasion.currency,
        rate=row.percent,
        exact=exact,
        text=text,
        method=term.method,
        inputs=base.inputs,
        rows=(row,),
        subject=base.subject,
    )
    return charged(occasion, term, working)
