"""What rides together on a load, and what was called off."""

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import MilestoneStatus


def load_of(unit: BillableUnit, siblings: tuple[BillableUnit, ...]) -> tuple[BillableUnit, ...]:
    """All units on the unit's load by name; a unit that names no load rides alone.

    A shipment that was called off bears nothing of the load.
    """
    return tuple(
        each
        for each in planned_load(unit, siblings)
        if each.unit == unit.unit or not called_off(each)
    )


def planned_load(
    unit: BillableUnit, siblings: tuple[BillableUnit, ...]
) -> tuple[BillableUnit, ...]:
    """All units that name the unit's load, those that were called off among them, by name."""
    load = bare_load(unit.text("load"))
    others = [other for other in siblings if load and bare_load(other.text("load")) == load]
    named = {other.unit: other for other in [*others, unit]}
    return tuple(named[name] for name in sorted(named))


def called_off(unit: BillableUnit) -> bool:
    """Whether the planner cancelled it, or the carrier did and nothing moved after all."""
    journey = Journey(unit)
    moved = journey.picked_up or journey.delivered
    return bool(journey.cancelled or (unit.happened(MilestoneStatus.CANCELLED) and not moved))


def not_used(unit: BillableUnit) -> bool:
    """Whether it was called off before anything moved."""
    journey = Journey(unit)
    return called_off(unit) and not (journey.picked_up or journey.delivered)


def called_off_by(unit: BillableUnit) -> Fact | None:
    """The first of the last words that called the unit off; None where none did."""
    said = (*unit.happened(MilestoneStatus.CANCELLED), *Journey(unit).cancelled)
    return min(said, key=lambda fact: (fact.occurred_at, fact.fact_id), default=None)


def bare_load(text: str) -> str:
    """The number of a load as it is compared."""
    return "".join(sign for sign in text.upper() if sign.isalnum())
