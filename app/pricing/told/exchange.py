"""Exchange of a charge that is priced in another currency than the invoice.

Which rate counts, and of which day, is the contract's; every line is converted by itself and
rounded once, after the conversion. A rate the other way round is used only where the card says
so, and a rate of an earlier day only for as many days as it says: central banks publish none
on weekends and holidays. Source: the two dates of a price, its own and that of the exchange,
as SAP Transportation Management keeps them apart.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.facts.fact import Fact
from app.evidence.facts.market import ExchangeRate
from app.pricing.lines.charge import Input
from app.pricing.lines.wording import rate
from app.pricing.told.dating import Dated, RateDate


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which exchange rate was agreed, and how it is applied."""

    rate_type: str
    """The published rate, by the name under which it comes: `Bank of Canada noon`."""
    dated_by: RateDate
    convert: Literal["each line"]
    """Each line by itself, rounded once; the invoice is the sum of its lines."""
    carry_forward_days: int = 0
    """For how many days without a rate the last one stands in; 0: for none."""
    inverse: bool = False
    """Whether 1 divided by the rate of the other direction stands in for a missing one."""


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    """The rate that counts, and the currency it leads to."""

    rate: Fraction
    into: str
    text: str
    """`0.7312 (Bank of Canada noon, 2026-03-04)`."""
    told: Input


class NoExchange(msgspec.Struct, frozen=True, kw_only=True):
    """Why no rate counts; `problem` is a word of `Unpriced`."""

    problem: str
    why: str


def exchanged(
    agreed: Exchange | None,
    market: Iterable[Fact],
    base: str,
    quote: str,
    dated: Dated | None,
    *,
    last_known: bool = False,
) -> Exchanged | NoExchange:
    """The agreed rate of the day from one currency into the other.

    Args:
        agreed: None where the card agrees on no exchange.
        market: what was published; the agreed rate is looked for among it.
        base: the currency of the price.
        quote: the currency of the invoice.
        dated: the day that the card names; None while it has not come.
        last_known: whether any earlier rate stands in for a missing one: of an estimate only.
    """
    pair = f"{base} to {quote}"
    if agreed is None:
        why = f"the card does not say by which rate {pair} is converted"
        return NoExchange(problem="no_exchange_rate", why=why)
    if dated is None:
        why = f"{pair} is converted by the day of {agreed.dated_by}, which nobody has reported"
        return NoExchange(problem="no_date", why=why)
    published = [
        (fact, fact.said)
        for fact in market
        if isinstance(fact.said, ExchangeRate) and fact.said.rate_type == agreed.rate_type
    ]
    pairs = ((base, quote), *(((quote, base),) if agreed.inverse else ()))
    days = [dated.day - timedelta(days=back) for back in range(agreed.carry_forward_days + 1)]
    if last_known:
        days += sorted({said.on for _, said in published if said.on < days[-1]}, reverse=True)
    for place, day in enumerate(days):
        for one, other in pairs:
            found = [
                (fact, said)
                for fact, said in published
                if (said.base, said.quote, said.on) == (one, other, day)
            ]
            if found:
                stands_in = place > agreed.carry_forward_days
                return _last_word(agreed, found, quote, dated.day, last_known=stands_in)
    why = f"no {agreed.rate_type} rate {pair} for {dated.day.isoformat()} ({agreed.dated_by})"
    return NoExchange(problem="no_exchange_rate", why=why)


def _last_word(
    agreed: Exchange,
    found: list[tuple[Fact, ExchangeRate]],
    quote: str,
    wanted: date,
    *,
    last_known: bool,
) -> Exchanged | NoExchange:
    """The latest revision; two of one rank that differ, or a rate of nothing, are no rate."""
    latest = max(fact.revision for fact, _ in found)
    words = sorted(
        ((fact.fact_id, said) for fact, said in found if fact.revision == latest),
        key=lambda word: word[0],
    )
    said = words[0][1]
    name = f"{agreed.rate_type} {said.base} to {said.quote} of {said.on.isoformat()}"
    rates = sorted({other.rate for _, other in words})
    if len(rates) > 1:
        why = f"{name} is reported as {' and '.join(rate(each) for each in rates)}"
        return NoExchange(problem="ambiguous_rate", why=why)
    if not said.rate:
        return NoExchange(problem="no_exchange_rate", why=f"{name} is reported as 0")
    straight = said.quote == quote
    shown = rate(said.rate) if straight else f"1 / {rate(said.rate)}"
    carried = "" if said.on == wanted else f", carried forward to {wanted.isoformat()}"
    if last_known:
        carried = f", last known, carried forward from {said.on.isoformat()}"
    return Exchanged(
        rate=Fraction(said.rate) if straight else 1 / Fraction(said.rate),
        into=quote,
        text=f"{shown} ({agreed.rate_type}, {said.on.isoformat()}{carried})",
        told=Input(
            name=f"exchange rate {said.base} to {said.quote}",
            value=f"{rate(said.rate)}, {agreed.rate_type}, {said.on.isoformat()}{carried}",
            fact_ids=tuple(fact_id for fact_id, _ in words),
        ),
    )
