"""Further things of a unit that rules may look at: approvals, packages, stock movements, loads.

No standard rule needs them; a customer's may.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from app.evidence.correlation.packages import package_keys
from app.evidence.correlation.told import natural_key, rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Load, Package
from app.evidence.facts.money import Approval
from app.evidence.facts.warehouse import InventoryMovement
from app.judgement.rulebook.seen import Item, Seen, Value
from app.measures import Distance, DistanceUnit, Instant, Weight, WeightUnit


def things_of(unit: BillableUnit, policy_at: Instant) -> tuple[Item, ...]:
    """One item for each, by the last word of each source."""
    last: dict[tuple[str, ...], Fact] = {}
    for fact in sorted(unit.facts.values(), key=rank):
        last[fact.source.system, fact.source.instance, *natural_key(fact)] = fact
    told = sorted(last.values(), key=lambda fact: (fact.occurred_at, fact.fact_id))
    return (
        *(_item("approval", fact, _approval(fact, unit, policy_at)) for fact in unit.approvals),
        *_each(told, Package, "package"),
        *_each(told, InventoryMovement, "inventory_movement"),
        *_each(told, Load, "load"),
    )


def _each(facts: Sequence[Fact], kind: type, entity: str) -> Iterable[Item]:
    for fact in facts:
        if isinstance(fact.said, kind):
            agrees = not isinstance(fact.said, Package) or _agrees(fact, facts)
            yield _item(entity, fact, _values(fact, agrees))


def _item(entity: str, fact: Fact, values: Mapping[str, Value | None]) -> Item:
    number = str(getattr(fact.said, _NUMBER[entity]))
    return Item(
        entity=entity,
        key=f"{number}/{fact.source.system}" if entity != "approval" else number,
        values={name: Seen(value, (fact.fact_id,)) for name, value in values.items()},
    )


_NUMBER = {
    "approval": "approval",
    "package": "package",
    "inventory_movement": "movement",
    "load": "load",
}
"""The field that names the thing."""


def _approval(fact: Fact, unit: BillableUnit, policy_at: Instant) -> Mapping[str, Value | None]:
    said = fact.said
    assert isinstance(said, Approval), "approvals are chosen by type"
    return {
        "subject": said.subject,
        "granted": said.granted and fact.classifier is Classifier.ACTUAL,
        "authority": said.authority,
        "by_authority": fact.fact_id in unit.owned_acts,
        "up_to": said.up_to,
        "expired": said.expires_at is not None and said.expires_at <= policy_at,
    }


def _agrees(fact: Fact, told: Sequence[Fact]) -> bool:
    """Whether nobody tells other sizes, weight, service or kind of address of the same package."""
    said = fact.said
    assert isinstance(said, Package), "packages are chosen by type"
    keys = package_keys(told)
    others = (f.said for f in told if keys.get(f.fact_id) == keys[fact.fact_id])
    return not any(
        getattr(said, name) is not None
        and getattr(other, name) is not None
        and getattr(said, name) != getattr(other, name)
        for other in others
        for name in ("weight", "length_in", "width_in", "height_in", "residential", "service")
    )


def _values(fact: Fact, agrees: bool) -> Mapping[str, Value | None]:
    match fact.said:
        case Package() as package:
            return {
                "weight_lb": _pounds(package.weight),
                "length_in": package.length_in,
                "width_in": package.width_in,
                "height_in": package.height_in,
                "told_by": fact.source.system,
                "agrees": agrees,
            }
        case InventoryMovement() as moved:
            return {
                "item": moved.item,
                "quantity": moved.quantity,
                "unit_of_measure": moved.unit,
                "moved_on": fact.occurred_at.date(),
            }
        case Load() as load:
            return {
                "shipments": len(load.shipments),
                "carrier": load.carrier,
                "distance_miles": _miles(load.distance),
            }
        case _:
            raise AssertionError(f"a {fact.entity} is no thing of these kinds")


def _pounds(weight: Weight | None) -> Decimal | None:
    """A weight in another unit is left unknown rather than rounded for a comparison."""
    return weight.value if weight is not None and weight.unit is WeightUnit.LB else None


def _miles(distance: Distance | None) -> Decimal | None:
    return distance.value if distance is not None and distance.unit is DistanceUnit.MI else None
