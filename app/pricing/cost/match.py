"""A carrier's invoice matched against the cost that was expected."""

from collections import defaultdict

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.money import Money, total


class CostMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier's invoices against its expectation; a cost is never a customer's price."""

    carrier: str
    number: str
    expected: Money | None
    """None where its parts are in several currencies."""
    expected_by: tuple[str, ...]
    invoiced: Money | None
    invoiced_by: tuple[str, ...]

    @property
    def variance(self) -> Money | None:
        """How far they are apart, without sign; None where they cannot be compared."""
        one, other = self.expected, self.invoiced
        if one is None or other is None or one.currency != other.currency:
            return None
        return Money(abs(other.amount - one.amount), other.currency)


def cost_matches(unit: BillableUnit) -> tuple[CostMatch, ...]:
    """One match per carrier that has both sent invoices and was expected to cost something.

    All invoices of a carrier count together, as later bills add to the first; the accrued
    cost is expected, or the tendered one where nothing was accrued.
    """
    by_carrier: dict[str, dict[CostKind, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in unit.costs:
        if isinstance(fact.said, Cost):
            by_carrier[fact.said.carrier.strip().upper()][fact.said.kind].append(fact)
    matches = []
    for carrier, kinds in sorted(by_carrier.items()):
        expected = kinds[CostKind.ACCRUED] or kinds[CostKind.TENDERED]
        invoiced = kinds[CostKind.INVOICED]
        if expected and invoiced:
            matches.append(
                CostMatch(
                    carrier=carrier,
                    number="+".join(sorted(_number(fact) for fact in invoiced)),
                    expected=_sum(expected),
                    expected_by=tuple(fact.fact_id for fact in expected),
                    invoiced=_sum(invoiced),
                    invoiced_by=tuple(fact.fact_id for fact in invoiced),
                )
            )
    return tuple(matches)


def _sum(facts: list[Fact]) -> Money | None:
    currencies = {_total(fact).currency for fact in facts}
    if len(currencies) != 1:
        return None
    return total((_total(fact) for fact in facts), currencies.pop())


def _total(fact: Fact) -> Money:
    assert isinstance(fact.said, Cost), "costs are chosen by type"
    return fact.said.total


def _number(fact: Fact) -> str:
    assert isinstance(fact.said, Cost), "costs are chosen by type"
    return fact.said.number
