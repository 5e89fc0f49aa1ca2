"""The tax engine that reads the card's own table of rates.

A jurisdiction without a row has no tax rate, which is not the same as none to pay: zero needs
a row that says zero. Rows of a region go before rows of the whole country, all of them:
Quebec's two taxes stand in two rows of Quebec. Rounding is by line or by invoice, as agreed,
since both are in use and differ by cents.
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from app.money import total
from app.pricing.tax.engine import (
    Jurisdiction,
    NoTax,
    Supply,
    TaxableLine,
    TaxAnswer,
    TaxLine,
    TaxQuestion,
    TaxRate,
)


class TaxTable(msgspec.Struct, frozen=True):
    """The rates in force on the day of the question."""

    rates: tuple[TaxRate, ...]

    def determine(self, question: TaxQuestion) -> TaxAnswer:
        """Every line's taxes by the rows of its jurisdiction."""
        exemption = question.exemption
        if exemption is not None and not exemption.covers(question.day):
            ended = f"ended on {exemption.until.isoformat()}" if exemption.until else "has no end"
            why = f"the customer is exempt, and its certificate {ended}"
            why += f"; the tax is of {question.day.isoformat()}"
            return TaxAnswer(missing=(NoTax(problem="exemption_expired", why=why),))
        found: dict[tuple[str, ...], list[tuple[TaxableLine, TaxRate]]] = defaultdict(list)
        missing: dict[str, NoTax] = {}
        for line in question.lines:
            rates = self._rates_of(line.place, line.supply)
            if isinstance(rates, NoTax):
                why = f"{rates.why} on {question.day.isoformat()}"
                missing[why] = NoTax(problem=rates.problem, why=why)
                continue
            for rate in rates:
                where = (str(line.place), line.supply, rate.tax)
                alone = (line.key,) if question.rounding == "per line" else ()
                found[*alone, *where].append((line, rate))
        return TaxAnswer(
            lines=tuple(_tax(some) for some in found.values()),
            missing=tuple(missing.values()),
        )

    def _rates_of(self, place: Jurisdiction, supply: Supply) -> tuple[TaxRate, ...] | NoTax:
        here = [r for r in self.rates if (r.country, r.supply) == (place.country, supply)]
        if not place.region and any(rate.region != "*" for rate in here):
            why = f"taxes of {place} differ by region, and the region is not known"
            return NoTax(problem="no_tax_rate", why=why)
        own = [rate for rate in here if rate.region == place.region]
        rates = tuple(own or (rate for rate in here if rate.region == "*"))
        if not rates:
            return NoTax(problem="no_tax_rate", why=f"no tax rate for {supply} freight to {place}")
        if twice := next(_twice(rates), ""):
            why = f"several rows give {twice} for {supply} freight to {place}"
            return NoTax(problem="ambiguous_rate", why=why)
        return rates


def _twice(rates: tuple[TaxRate, ...]) -> Iterator[str]:
    names = [rate.tax for rate in rates]
    return (name for name in names if names.count(name) > 1)


def _tax(some: list[tuple[TaxableLine, TaxRate]]) -> TaxLine:
    """One tax on these lines; it is rounded once, by whoever writes the line."""
    parts = tuple(line for line, _ in some)
    rate = some[0][1]
    taxable = total((part.amount for part in parts), parts[0].amount.currency)
    return TaxLine(
        tax=rate.tax,
        place=str(parts[0].place),
        percent=rate.percent,
        taxable=taxable,
        of=tuple(part.key for part in parts),
        parts=parts,
        exact=Fraction(taxable.amount) * Fraction(rate.percent) / 100,
        row=rate.row,
    )
