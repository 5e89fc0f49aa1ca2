"""The priced unit as rules see it: every name of the glossary, with its value and source.

Only lists names. Each value is computed in the room that owns it and carries its facts;
a test compares these names with the glossary in both directions.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.evidence.correlation.disputes import disputes_of
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.links import Doubt
from app.evidence.correlation.surroundings import Surroundings
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Mode
from app.family.family import Family
from app.judgement.rulebook.seen import Seen, View
from app.judgement.rulebook.view_around import around, around_items
from app.judgement.rulebook.view_clocks import clocks_of, cutoffs_of, ruled_fields
from app.judgement.rulebook.view_costs import costs_of
from app.judgement.rulebook.view_disputes import of_unit
from app.judgement.rulebook.view_extra import entitlement_items
from app.judgement.rulebook.view_family import of_family
from app.judgement.rulebook.view_items import items_of
from app.measures import Distance, DistanceUnit, Instant, Weight, WeightUnit
from app.money import Money, zero
from app.pricing.contract.contract import Contract, required_documents
from app.pricing.entitlement.standing import NOTHING_EXTRA, Extra
from app.pricing.lines.charge import Rated

NOTHING_AROUND = Surroundings()
NOTHING_BILLED = Family()


def view_of(
    unit: BillableUnit,
    doubts: Iterable[tuple[Doubt, Fact]],
    rated: Rated,
    contract: Contract | None,
    policy_at: Instant,
    around_it: Surroundings = NOTHING_AROUND,
    family: Family = NOTHING_BILLED,
    extra: Extra = NOTHING_EXTRA,
    *,
    bills_stand: bool = True,
) -> View:
    """Everything a rule may look at.

    `bills_stand` says whether costs are what stands of carriers' bills; not so before `cost_2`.
    """
    journey = Journey(unit)
    costs = costs_of(unit, policy_at, bills_stand=bills_stand)
    fields = tuple(around_items(unit, contract, around_it))
    clocks = clocks_of(unit, journey, rated, contract, family, policy_at)
    return View(
        unit={
            **_who(unit, contract),
            **_journey(journey),
            **_money(unit, rated, contract),
            **_agreed(contract),
            **of_unit(disputes_of(unit), rated),
            **around(unit, journey, contract, around_it, policy_at, costs, family),
            **of_family(unit, rated, family, policy_at),
            **clocks.unit,
            **cutoffs_of(journey, contract, policy_at),
        },
        items=(
            *(
                clocks.on(item)
                for item in items_of(
                    unit, journey, doubts, rated, contract, policy_at, costs, extra
                )
            ),
            *fields,
            *ruled_fields(unit, rated, contract, {item.key for item in fields}),
            *entitlement_items(extra.found, policy_at),
        ),
    )


def _who(unit: BillableUnit, contract: Contract | None) -> Mapping[str, Seen]:
    in_warehouse = unit.kind in {"order", "storage"}
    mode = unit.text("mode") or (Mode.WAREHOUSE.value if in_warehouse else "UNKNOWN")
    return {
        "customer": Seen(unit.text("customer") or "unknown", unit.told_by("customer")),
        "customer_known": Seen(bool(unit.text("customer")), unit.told_by("customer")),
        "unit_kind": Seen(unit.kind),
        "mode": Seen(mode, unit.told_by("mode")),
        "credit_status": Seen(unit.text("credit_status") or None, unit.told_by("credit_status")),
        "customer_po": Seen(unit.text("customer_po") or None, unit.told_by("customer_po")),
        "unit_as_contracted": Seen(contract is None or contract.billable_unit == unit.kind),
        "freight_terms": Seen(unit.text("freight_terms") or None, unit.told_by("freight_terms")),
        "weight_lb": _weight(unit),
        "distance_miles": _distance(unit),
    }


def _journey(journey: Journey) -> Mapping[str, Seen]:
    return {
        "cancelled": _yes(journey.cancelled),
        "picked_up": _yes(journey.picked_up),
        "delivered": _yes(journey.delivered),
        "returned": _yes(journey.returned),
        "ship_confirmed": _yes(journey.ship_confirmed),
        "picked_up_on": _day(journey.picked_up),
        "delivered_on": _day(journey.delivered),
        "service_date": Seen(journey.service_date),
    }


def _money(unit: BillableUnit, rated: Rated, contract: Contract | None) -> Mapping[str, Seen]:
    quoted = unit.attribute("quoted")
    return {
        "has_card": Seen(bool(rated.currency)),
        "priced": Seen(bool(rated.charges) and not rated.unpriced),
        "rated_total": Seen(rated.before_tax),
        "charge_count": Seen(len(rated.charges)),
        "quoted_total": Seen(quoted if isinstance(quoted, Money) else None, unit.told_by("quoted")),
        "quote_tolerance": Seen(_quote_tolerance(contract)),
    }


def _quote_tolerance(contract: Contract | None) -> Money | None:
    """What was agreed; where nothing was, nothing is tolerated."""
    if contract is None:
        return None
    return contract.quote_tolerance or zero(contract.currency)


def _agreed(contract: Contract | None) -> Mapping[str, Seen]:
    return {
        "has_contract": Seen(contract is not None),
        "trigger": Seen(contract.trigger.value if contract else "none"),
        "split_held_lines": Seen(contract is not None and contract.split_held_lines),
        "customer_po_required": Seen(contract is not None and contract.customer_po_required),
        "pod_required": Seen(contract is not None and "POD" in required_documents(contract)),
        "quantity_tolerance_percent": Seen(
            contract.quantity_tolerance_percent if contract else Decimal(0)
        ),
    }


def _yes(facts: tuple[Fact, ...]) -> Seen:
    return Seen(bool(facts), tuple(fact.fact_id for fact in facts))


def _day(facts: tuple[Fact, ...]) -> Seen:
    """The local day of the first of them."""
    if not facts:
        return Seen(None)
    return Seen(facts[0].occurred_at.date(), (facts[0].fact_id,))


def _weight(unit: BillableUnit) -> Seen:
    """In pounds; a weight in another unit is not rounded for a comparison but left unknown."""
    weight = unit.attribute("weight")
    pounds = weight.value if isinstance(weight, Weight) and weight.unit is WeightUnit.LB else None
    return Seen(pounds, unit.told_by("weight"))


def _distance(unit: BillableUnit) -> Seen:
    distance = unit.attribute("distance")
    is_miles = isinstance(distance, Distance) and distance.unit is DistanceUnit.MI
    miles = distance.value if is_miles and isinstance(distance, Distance) else None
    return Seen(miles, unit.told_by("distance"))
