"""Carriers' invoices of a unit: which repeat another, and what the move costs so far."""

import re
from collections.abc import Iterable

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.reference import ReferenceKind
from app.money import Money, total

FIRMEST_FIRST = (CostKind.INVOICED, CostKind.ACCRUED, CostKind.TENDERED)
_NOISE = re.compile(r"[\s#-]")


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


def plain_number(number: str) -> str:
    """`INV-000123`, `inv 123` and `123` are one number."""
    bare = _NOISE.sub("", number.upper()).removeprefix("INV").lstrip("0")
    return bare or number


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
