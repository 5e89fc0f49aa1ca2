"""What carriers' bills came to before `cost_2`, so that what was decided by it replays.

Bills that repeat another were left out of the cost and not of the match, a correction stood
beside what it corrects, and nothing was compared line by line. Nothing new belongs here.
"""

from collections import defaultdict
from collections.abc import Iterable

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.reference import ReferenceKind
from app.money import Money, total
from app.pricing.cost.match import CostMatch
from app.pricing.cost.trail import plain_number

FIRMEST_FIRST = (CostKind.INVOICED, CostKind.ACCRUED, CostKind.TENDERED)
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


def repeated_invoices(unit: BillableUnit) -> frozenset[str]:
    """The invoices that bill once more what an earlier one has billed.

    Of one carrier and bill type: the same number however it is spelt (upper case; without
    blanks, `#`, `-`, the prefix INV and leading zeros), or the same PRO and amount.
    """
    return repeated_among(unit.costs)


def repeated_among(costs: Iterable[Fact]) -> frozenset[str]:
    """The same of costs that several units of a load may share."""
    invoices = sorted(
        (f for f in costs if isinstance(f.said, Cost) and f.said.kind is CostKind.INVOICED),
        key=rank,
    )
    seen: set[tuple[str, ...]] = set()
    repeated = set()
    for fact in invoices:
        keys = set(_keys(fact))
        if keys & seen:
            repeated.add(fact.fact_id)
        seen |= keys
    return frozenset(repeated)


def _keys(fact: Fact) -> Iterable[tuple[str, ...]]:
    said = fact.said
    assert isinstance(said, Cost), "costs are chosen by type"
    carrier = said.carrier.strip().upper()
    yield carrier, said.bill_type, "number", plain_number(said.number)
    for reference in fact.references:
        if reference.kind is ReferenceKind.PRO:
            yield carrier, said.bill_type, "pro", reference.key, str(said.total)


def known_cost(unit: BillableUnit) -> tuple[Money | None, tuple[str, ...]]:
    """What the move costs, by each carrier's firmest word: invoiced, else accrued, else tendered.

    A carrier whose invoice is still to come counts with what is expected of it. None where
    nobody has told a cost, or where its parts are in several currencies.
    """
    repeated = repeated_invoices(unit)
    by_carrier: dict[str, dict[CostKind, list[tuple[str, Money]]]] = {}
    for fact in unit.costs:
        if isinstance(fact.said, Cost) and fact.fact_id not in repeated:
            kinds = by_carrier.setdefault(fact.said.carrier.strip().upper(), {})
            kinds.setdefault(fact.said.kind, []).append((fact.fact_id, fact.said.total))
    counted = [
        each
        for _, kinds in sorted(by_carrier.items())
        for each in next(kinds[kind] for kind in FIRMEST_FIRST if kind in kinds)
    ]
    ids = tuple(fact_id for fact_id, _ in counted)
    currencies = {amount.currency for _, amount in counted}
    if len(currencies) != 1:
        return None, ids
    return total((amount for _, amount in counted), currencies.pop()), ids


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
                    number="+".join(sorted(_cost(fact).number for fact in invoiced)),
                    expected=_sum(expected),
                    expected_by=tuple(fact.fact_id for fact in expected),
                    invoiced=_sum(invoiced),
                    invoiced_by=tuple(fact.fact_id for fact in invoiced),
                )
            )
    return tuple(matches)


def _sum(facts: list[Fact]) -> Money | None:
    currencies = {_cost(fact).total.currency for fact in facts}
    if len(currencies) != 1:
        return None
    return total((_cost(fact).total for fact in facts), currencies.pop())


def _cost(fact: Fact) -> Cost:
    assert isinstance(fact.said, Cost), "costs are chosen by type"
    return fact.said
