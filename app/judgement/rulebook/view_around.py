"""What contracts, finance and what was billed before say of a unit, as rules see it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta
from decimal import Decimal

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.links import PLANNERS
from app.evidence.correlation.surroundings import Surroundings, feed_concerns
from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial
from app.evidence.facts.order import Order
from app.evidence.facts.surroundings import FeedStatus
from app.family.family import Family
from app.judgement.rulebook.seen import Item, Seen
from app.judgement.rulebook.view_costs import Costs
from app.judgement.rulebook.view_customer import of_customer
from app.measures import Instant
from app.money import EXACT, Money
from app.pricing.contract.contract import Contract
from app.pricing.right.posting import posting_day


def around(
    unit: BillableUnit,
    journey: Journey,
    contract: Contract | None,
    around_it: Surroundings,
    policy_at: Instant,
    costs: Costs,
    family: Family,
) -> Mapping[str, Seen]:
    """Every name of the unit that is not about its freight or its price."""
    # Freight that is billed on pickup belongs to the month and the cut-off of its pickup.
    begun = journey.picked_up[0].occurred_at.date() if journey.picked_up else None
    service = journey.service_date or begun
    return {
        **_order(unit, contract),
        **_cost(costs, contract),
        **of_customer(unit, contract),
        **_billing(service, contract, around_it, policy_at),
        **_period(service, around_it, policy_at, family),
    }


def _order(unit: BillableUnit, contract: Contract | None) -> Mapping[str, Seen]:
    closed, ids = _closed(unit)
    return {
        "order_closed": Seen(closed, ids),
        "only_closed_orders": Seen(contract is not None and contract.only_closed_orders),
        "rate_confirmation_required": Seen(
            contract is not None and contract.rate_confirmation_required
        ),
    }


def _closed(unit: BillableUnit) -> tuple[bool | None, tuple[str, ...]]:
    """Whether every order of the unit is closed by its planner's last word; None: nobody says."""
    last: dict[str, tuple[str | None, str]] = {}
    for fact in sorted(unit.facts.values(), key=rank):
        said = fact.said
        if not isinstance(said, Order) or fact.source.system not in PLANNERS:
            continue
        if said.status is not None:
            last[said.order] = (said.status, fact.fact_id)
        else:
            last.setdefault(said.order, (None, fact.fact_id))
    words = [status for status, _ in last.values()]
    ids = tuple(fact_id for _, fact_id in last.values())
    if any(word is not None and word not in {"closed", "cancelled"} for word in words):
        return False, ids
    return (None if not words or None in words else True), ids


def _cost(costs: Costs, contract: Contract | None) -> Mapping[str, Seen]:
    cost, ids = costs.known
    floor = contract.margin_floor_percent if contract else None
    least = None
    if cost is not None and floor is not None:
        part = EXACT.add(Decimal(1), floor.scaleb(-2))
        least = Money(EXACT.multiply(cost.amount, part), cost.currency)
    return {
        "cost_plus": Seen(contract is not None and contract.cost_plus),
        "cost_total": Seen(cost, ids),
        "margin_floor_agreed": Seen(floor is not None),
        "least_price": Seen(least, ids),
    }


def _billing(
    service: date | None, contract: Contract | None, near: Surroundings, policy_at: Instant
) -> Mapping[str, Seen]:
    days = contract.cutoff_days_after_service if contract else None
    until = near.provisional_until
    return {
        "as_of": Seen(policy_at.astimezone(UTC).date()),
        "cutoff_on": Seen(service + timedelta(days=days) if service and days is not None else None),
        "provisional_until": Seen(until.astimezone(UTC).date() if until else None),
        "billed_under_other_name": Seen(bool(near.billed_as)),
    }


def _period(
    service: date | None, near: Surroundings, policy_at: Instant, family: Family
) -> Mapping[str, Seen]:
    """Whether the month is open into whose books it goes."""
    posted = posting_day(service, policy_at, family.first.billed_on if family.first else None)
    closed_by = near.closed_months.get(f"{posted:%Y-%m}") if posted else None
    return {"period_open": Seen(closed_by is None, (closed_by,) if closed_by else ())}


def around_items(
    unit: BillableUnit, contract: Contract | None, near: Surroundings
) -> Iterable[Item]:
    """Feeds, and the fields that an invoice to this customer has to carry."""
    yield from (_feed(fact, unit) for fact in near.feeds)
    for field in contract.invoice_fields if contract else ():
        present, ids = _field(unit, field)
        yield Item(
            entity="required_field",
            key=field,
            values={"field": Seen(field), "present": Seen(present, ids)},
        )


def _feed(fact: Fact, unit: BillableUnit) -> Item:
    said = fact.said
    assert isinstance(said, FeedStatus), "feeds are chosen by type"
    concerns, ids = feed_concerns(said.feed_status, unit)
    return Item(
        entity="feed",
        key=said.feed_status,
        values={
            "feed": Seen(said.feed_status, (fact.fact_id,)),
            "silent": Seen(said.silent, (fact.fact_id,)),
            "concerns": Seen(concerns, ids),
        },
    )


def _field(unit: BillableUnit, field: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the invoice can carry the field: a number of that kind, or times of free time."""
    if field in {"free_time_start", "free_time_end"}:
        claims = [(f, f.said) for f in unit.accessorials if isinstance(f.said, Accessorial)]
        told = [f for f, said in claims if getattr(said, f"{field}s_at") is not None]
        return len(told) == len(claims), tuple(fact.fact_id for fact in told)
    found = tuple(
        fact_id
        for fact_id, fact in sorted(unit.facts.items())
        if any(reference.kind == field for reference in fact.references)
    )
    return bool(found), found
