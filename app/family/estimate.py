"""How much of an estimate goes out provisionally, by line, so that a true-up can be made by line.

Amount rules of field work on provisional billing: the full estimate, a percentage of it, the
carrier's cost and a margin, the last known price; each may have a ceiling. Whatever the rule, the
total is found first, exactly and rounded once, and then spread over the lines of the estimate by
largest remainder: the lines add up to it, and none comes to more than is estimated for it. Cost
plus is spread like the others, and is no line of its own, or the true-up would credit that line and
bill every other. It never comes to more than the estimate, which is what the policy's limit counts.

A tax is a percentage of its own lines, by jurisdiction; a part of a taxed estimate is none.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import msgspec

from app.family.document import DocumentLine
from app.money import Money, largest_remainder, rounded_half_up, total

Lines = tuple[tuple[str, Money], ...]
"""Key and amount of each line; no key comes twice."""


class AmountRule(Protocol):
    """What a policy says of the amount; `ProvisionalTerms` does."""

    @property
    def bills(self) -> str:
        """`full estimate`, `percent of estimate`, `cost plus` or `last known`."""

    @property
    def percent(self) -> str:
        """A decimal as text; empty where the rule has none."""

    @property
    def not_to_exceed(self) -> Money | None:
        """The ceiling."""


def estimated(
    lines: Sequence[tuple[str, Money]],
    rules: Iterable[AmountRule],
    cost: Money | None,
    *,
    taxed: bool = False,
) -> Lines | str:
    """What is billed provisionally of each line, or why nothing can be.

    Args:
        lines: the estimate: what the unit comes to as far as it is known, at the last known
            prices where the policy bills these. In one currency, to the cent.
        rules: of every policy that permits it; the least that one of them bills is billed.
        cost: what the move costs; None where that is not known.
        taxed: whether any of the lines is a tax.
    """
    currencies = sorted({amount.currency for _, amount in lines})
    if len(currencies) != 1:
        return f"the estimate is in {' and '.join(currencies) or 'no currency'}"
    whole = total((amount for _, amount in lines), currencies[0])
    least = whole
    for rule in rules:
        found = _billed(rule, whole, cost)
        if isinstance(found, str):
            return found
        least = min(least, found, key=lambda each: abs(each.minor_units))
    if least == whole:
        return tuple(lines)
    if taxed:
        return (
            f"{least} of {whole} would be billed, and a part of a taxed estimate has no exact tax"
        )
    return _spread(least, whole, lines)


def billed_ahead(
    lines: tuple[DocumentLine, ...], rules: Sequence[AmountRule], cost: Money | None
) -> tuple[DocumentLine, ...] | str:
    """The lines as they go out provisionally, or why they cannot; whole ones are as they were."""
    taxed = any(line.tax for line in lines)
    amounts = [(line.key, line.amount) for line in lines]
    found = estimated(amounts, rules, cost, taxed=taxed)
    if isinstance(found, str):
        return found
    parts = dict(found)
    return tuple(_part(line, parts[line.key]) for line in lines)


def _part(line: DocumentLine, amount: Money) -> DocumentLine:
    if amount == line.amount:
        return line
    return msgspec.structs.replace(
        line,
        description=f"{line.description}: {amount} of {line.amount}, provisional",
        quantity=Decimal(1),
        unit="part",
        rate=amount.amount,
        amount=amount,
    )


def _billed(rule: AmountRule, whole: Money, cost: Money | None) -> Money | str:
    """What one policy bills of the estimate; a credit is the mirror of what it credits."""
    billed = _by_rule(rule, whole, cost)
    most = rule.not_to_exceed
    if isinstance(billed, str) or most is None:
        return billed
    if most.currency != whole.currency:
        return f"no more than {most} may be billed, and the estimate is in {whole.currency}"
    if abs(billed.minor_units) <= most.minor_units:
        return billed
    return most if whole.minor_units > 0 else -most


def _by_rule(rule: AmountRule, whole: Money, cost: Money | None) -> Money | str:
    match rule.bills:
        case "full estimate" | "last known":
            return whole
        case "percent of estimate":
            share = Fraction(Decimal(rule.percent)) / 100
            return rounded_half_up(Fraction(whole.amount) * share, whole.currency)
        case "cost plus":
            return _cost_plus(rule, whole, cost)
        case _:
            return f"nobody knows how to bill {rule.bills!r}"


def _cost_plus(rule: AmountRule, whole: Money, cost: Money | None) -> Money | str:
    if cost is None:
        return "what the move costs is not known, and the policy bills cost plus"
    if cost.currency != whole.currency:
        return f"the move costs {cost}, and the estimate is in {whole.currency}"
    if cost.amount <= 0 or whole.amount <= 0:
        return f"the move costs {cost} and is estimated at {whole}; there is no cost plus of that"
    plus = 1 + Fraction(Decimal(rule.percent)) / 100
    asked = rounded_half_up(Fraction(cost.amount) * plus, whole.currency)
    return min(asked, whole, key=lambda each: each.minor_units)


def _spread(part: Money, whole: Money, lines: Sequence[tuple[str, Money]]) -> Lines:
    """A part of the whole over its lines; each side of a mixed estimate is scaled alike.

    The lines that go against the total (discounts of an invoice) are scaled first and rounded once;
    what they take off, the others bear beside the part itself.
    """
    against = [(key, amount) for key, amount in lines if (amount.amount < 0) != (whole.amount < 0)]
    against = [(key, amount) for key, amount in against if amount.amount]
    taken = total((amount for _, amount in against), whole.currency)
    scale = Fraction(part.minor_units, whole.minor_units)
    taken = rounded_half_up(Fraction(taken.amount) * scale, whole.currency)
    others = [(key, amount) for key, amount in lines if (key, amount) not in against]
    shares = dict((*_shares(part + -taken, others), *_shares(taken, against)))
    return tuple((key, shares[key]) for key, _ in lines)


def _shares(amount: Money, lines: Sequence[tuple[str, Money]]) -> Lines:
    weights = [(key, abs(line.amount)) for key, line in lines]
    return largest_remainder(amount, weights) if weights else ()
