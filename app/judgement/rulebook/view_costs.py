"""What carriers ask, as rules see it: each cost, each carrier's match, each of its charges."""

from collections.abc import Iterable

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.judgement.rulebook.seen import Item, Seen, Value
from app.measures import Instant
from app.money import Money
from app.pricing.cost import before_cost_2 as before
from app.pricing.cost.accepted import Words, words_in
from app.pricing.cost.bills import Bill, Bills, bills_of, counting
from app.pricing.cost.counted import is_accepted, known_cost
from app.pricing.cost.match import Apart, CostMatch, LineMatch, cost_matches
from app.pricing.cost.trail import carrier_of


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the costs of a unit at the moment of a decision."""

    bills: Bills
    words: Words
    matches: tuple[CostMatch, ...]
    lines: tuple[LineMatch, ...]
    known: tuple[Money | None, tuple[str, ...]]
    """What the move costs so far, and the facts that say so."""
    repeated: frozenset[str]
    """The invoices that bill once more what an earlier one has billed."""
    bills_stand: bool


def costs_of(unit: BillableUnit, at: Instant, *, bills_stand: bool = True) -> Costs:
    """The costs, compared by what stands of the bills; not so before `cost_2`."""
    words = words_in((unit,), at)
    bills = bills_of(unit, words=words)
    if not bills_stand:
        return Costs(
            bills=bills,
            words=words,
            matches=before.cost_matches(unit),
            lines=(),
            known=before.known_cost(unit),
            repeated=before.repeated_invoices(unit),
            bills_stand=False,
        )
    matches, lines = cost_matches(unit, bills, words)
    return Costs(
        bills=bills,
        words=words,
        matches=matches,
        lines=lines,
        known=known_cost(unit, bills),
        repeated=frozenset(bill.fact.fact_id for bill in bills if bill.tier in {"K1", "K2"}),
        bills_stand=True,
    )


def cost_items(unit: BillableUnit, costs: Costs) -> Iterable[Item]:
    """Every cost that was told, then what they come to by carrier and by charge."""
    bills = {bill.fact.fact_id: bill for bill in costs.bills}
    billed = counting(costs.bills)
    for fact in unit.costs:
        said = fact.said
        assert isinstance(said, Cost), "costs are chosen by type"
        bill = bills.get(fact.fact_id)
        waits = bill is None and carrier_of(said) not in billed
        yield _cost(fact, said, bill, costs, accepted=waits and is_accepted(said, costs.words))
    yield from (_match(match) for match in costs.matches)
    yield from (_line(line) for line in costs.lines)


def cost_key(said: Cost) -> str:
    """What a cost is called inside its unit."""
    return f"{said.kind}/{said.carrier}/{said.number}/{said.bill_type}"


def _cost(fact: Fact, said: Cost, bill: Bill | None, costs: Costs, *, accepted: bool) -> Item:
    values: dict[str, Value | None] = {
        "kind": said.kind.value,
        "carrier": said.carrier,
        "total": said.total,
        "bill_type": said.bill_type,
        "lines_mapped": all(line.charge != "unmapped" for line in said.lines),
        "repeats": fact.fact_id in costs.repeated,
        "bill_class": bill.bill_class.value if bill else "estimate",
        "standing": bill.standing.value if bill else None,
        "tier": (bill.tier or None) if bill else None,
        "undecided": bill is not None and bill.undecided,
        "counts": bill.counts if bill else accepted,
        "accepted": bool(bill.word) and bill.counts if bill else accepted,
    }
    told = costs.bills_stand and bill is not None and said.kind is CostKind.INVOICED and bill.why
    return Item(
        entity="cost",
        key=cost_key(said),
        values={name: Seen(value, (fact.fact_id,)) for name, value in values.items()},
        evidence=((f"{said.total}, {bill.bill_class}: {bill.why}", fact.fact_id),)
        if told and bill
        else (),
    )


def _match(match: CostMatch) -> Item:
    return Item(
        entity="cost_match",
        key=f"{match.carrier}/{match.number}",
        values=_values(match),
        evidence=_figures(match),
    )


def _line(line: LineMatch) -> Item:
    both = (*line.expected_by, *line.invoiced_by)
    return Item(
        entity="cost_line",
        key=f"{line.carrier}/{line.charge}",
        values={**_values(line), "charge": Seen(line.charge, both)},
        evidence=_figures(line),
    )


def _values(apart: Apart) -> dict[str, Seen]:
    both = (*apart.expected_by, *apart.invoiced_by)
    return {
        "carrier": Seen(apart.carrier, both),
        "expected": Seen(apart.expected, apart.expected_by),
        "invoiced": Seen(apart.invoiced, apart.invoiced_by),
        "variance": Seen(apart.variance, both),
        "over": Seen(apart.over, both),
        "under": Seen(apart.under, both),
        "over_percent": Seen(apart.over_percent, both),
        "under_percent": Seen(apart.under_percent, both),
        "approved": Seen(apart.approved, apart.approved_by),
    }


def _figures(apart: Apart) -> tuple[tuple[str, str], ...]:
    """Both amounts, each with the fact that says it; where nothing was said, without one."""
    return (
        (f"expected {apart.expected or 'in several currencies'}", _first(apart.expected_by)),
        (f"invoiced {apart.invoiced or 'in several currencies'}", _first(apart.invoiced_by)),
    )


def _first(fact_ids: tuple[str, ...]) -> str:
    return fact_ids[0] if fact_ids else ""
