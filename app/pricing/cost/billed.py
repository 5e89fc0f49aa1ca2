"""What carriers have billed for a move, as a price that follows the cost counts it.

An estimate is no cost: a carrier that was tendered the freight and has not invoiced it leaves the
cost unknown. Bills of one number add up only where they say so (original, balance due); one that
was cancelled is gone with what it billed, and of a correction beside what it corrects nobody here
says which of the two counts.
"""

from collections import defaultdict
from collections.abc import Iterable

from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.pricing.cost.invoices import plain_number, repeated_among

ADDED = ("original", "balance_due")
"""Types of bills that add up; X12 element 202 in words."""
CANCELLED = "cancelled"


def billed_costs(costs: Iterable[Fact], *, accrued_too: bool) -> tuple[Fact, ...] | str:
    """The costs that together are what the move cost, or why that is not known.

    Args:
        costs: of one unit, or of all units of a load; each fact counts once.
        accrued_too: whether a carrier's accrued cost stands in for its missing invoice.
    """
    known = {fact.fact_id: fact for fact in costs if isinstance(fact.said, Cost)}
    repeated = repeated_among(known.values())
    by_carrier: dict[str, dict[CostKind, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in sorted(known.values(), key=rank):
        if fact.fact_id not in repeated:
            said = _cost(fact)
            by_carrier[said.carrier.strip().upper()][said.kind].append(fact)
    if not by_carrier:
        return "no carrier has billed anything"
    counted: list[Fact] = []
    for carrier, kinds in sorted(by_carrier.items()):
        invoiced = _standing(kinds[CostKind.INVOICED])
        if isinstance(invoiced, str):
            return f"{carrier} {invoiced}"
        found = invoiced or (kinds[CostKind.ACCRUED] if accrued_too else [])
        if not found:
            return f"the invoice of {carrier} is not here"
        counted.extend(found)
    return tuple(counted)


def _standing(invoices: list[Fact]) -> list[Fact] | str:
    """The invoices of one carrier that still stand, or which of them contradict each other."""
    by_number: dict[str, list[Fact]] = defaultdict(list)
    for fact in invoices:
        by_number[plain_number(_cost(fact).number)].append(fact)
    standing: list[Fact] = []
    for number, bills in sorted(by_number.items()):
        left = _not_cancelled(bills)
        types = sorted(_cost(bill).bill_type for bill in left)
        adding = set(types) <= set(ADDED) and len(set(types)) == len(types)
        if len(left) > 1 and not adding:
            return f"billed {number} as {' and '.join(types)}; which counts is not said"
        standing.extend(left)
    return standing


def _not_cancelled(bills: list[Fact]) -> list[Fact]:
    """Of the bills of one number those that a cancellation leaves: what was billed instead."""
    if all(_cost(bill).bill_type != CANCELLED for bill in bills):
        return bills
    return [bill for bill in bills if _cost(bill).bill_type not in {*ADDED, CANCELLED}]


def _cost(fact: Fact) -> Cost:
    assert isinstance(fact.said, Cost), "costs are chosen by type"
    return fact.said
