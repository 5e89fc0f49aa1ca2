"""What a move costs: the bills that stand, and what stands in for those that are to come.

An estimate is no cost: a carrier that was tendered the freight and has not invoiced it leaves
the cost unknown, unless the card or a person lets its accrual stand for the invoice.
"""

from collections.abc import Iterable

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.money import Money, total
from app.pricing.cost.accepted import ACCRUED, Words, words_in
from app.pricing.cost.bills import Bills, Standing, bills_of, counting
from app.pricing.cost.trail import carrier_of

EXPECTED = (CostKind.ACCRUED, CostKind.TENDERED)
"""What stands for an invoice that is to come, the firmer first."""


def costs_passed_on(*units: BillableUnit, accrued_too: bool) -> tuple[Fact, ...] | str:
    """The costs that together are what the move cost, or why that is not known.

    Args:
        units: one unit, or all units of a load; each fact counts once.
        accrued_too: whether a carrier's accrued cost stands in for its missing invoice.
    """
    bills, words = bills_of(*units), words_in(units)
    told = _told(units)
    carriers = sorted({carrier_of(said) for _, said in told})
    if not carriers:
        return "no carrier has billed anything"
    standing = counting(bills)
    counted: list[Fact] = []
    for carrier in carriers:
        mine = standing.get(carrier, ())
        unclear = [each for each in mine if each.standing is Standing.UNCLEAR]
        if unclear:
            return f"{carrier} billed {unclear[0].said.number}: {unclear[0].why}"
        found = [bill.fact for bill in sorted(mine, key=lambda bill: bill.trail.number)]
        found = found or [
            fact
            for fact, said in told
            if carrier_of(said) == carrier
            and said.kind is CostKind.ACCRUED
            and (accrued_too or is_accepted(said, words))
        ]
        if not found:
            return f"the invoice of {carrier} is not here"
        counted.extend(found)
    return tuple(counted)


def is_accepted(said: Cost, words: Words) -> bool:
    """Whether somebody let an accrual stand for the invoice that has not come."""
    if said.kind is not CostKind.ACCRUED:
        return False
    word = words.on((ACCRUED, said.number), said.total)
    return word is not None and word.granted


def known_cost(unit: BillableUnit, bills: Bills) -> tuple[Money | None, tuple[str, ...]]:
    """What the move costs by each carrier's firmest word, and the facts that say so.

    What stands of its bills counts, else what was accrued, else what was tendered: a carrier
    whose invoice is still to come counts with what is expected of it. None where nobody has
    told a cost, or where its parts are in several currencies.
    """
    standing, told = counting(bills), _told((unit,))
    counted: list[tuple[str, Money]] = []
    for carrier in sorted({carrier_of(said) for _, said in told}):
        found = [(bill.fact.fact_id, bill.total) for bill in standing.get(carrier, ())]
        for kind in EXPECTED:
            found = found or [
                (fact.fact_id, said.total)
                for fact, said in told
                if carrier_of(said) == carrier and said.kind is kind
            ]
        counted.extend(found)
    ids = tuple(fact_id for fact_id, _ in counted)
    currencies = {amount.currency for _, amount in counted}
    if len(currencies) != 1:
        return None, ids
    return total((amount for _, amount in counted), currencies.pop()), ids


def _told(units: Iterable[BillableUnit]) -> list[tuple[Fact, Cost]]:
    facts = {fact.fact_id: fact for unit in units for fact in unit.costs}
    return [
        (fact, fact.said)
        for fact in sorted(facts.values(), key=rank)
        if isinstance(fact.said, Cost)
    ]
