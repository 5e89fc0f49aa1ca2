"""What rides together, and how a charge of the whole load comes to its shipments."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.links import unit_name
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Load, MilestoneStatus
from app.evidence.facts.reference import Reference, ReferenceKind
from app.measures import Weight, WeightUnit
from app.money import Money, largest_remainder
from app.pricing.rating.charge import Charge, Input, Unpriced
from app.pricing.rating.occasion import Occasion, unpriced
from app.pricing.rating.term import Shared, Term
from app.pricing.rating.wording import exact_text, near_decimal, number


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
    load = _bare(unit.text("load"))
    others = [other for other in siblings if load and _bare(other.text("load")) == load]
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


def load_facts(occasion: Occasion) -> tuple[Fact, ...]:
    """What was said about the unit's load by anybody on it, the last word first."""
    load = _bare(occasion.unit.text("load"))
    said = {
        fact.fact_id: fact
        for unit in occasion.load
        for fact in unit.facts.values()
        if isinstance(fact.said, Load) and load in {"", _bare(fact.said.load)}
    }
    return tuple(
        sorted(
            said.values(),
            key=lambda fact: (fact.revision, fact.occurred_at, fact.fact_id),
            reverse=True,
        )
    )


def allocated(occasion: Occasion, term: Term, charge: Charge, by: Shared) -> Charge | Unpriced:
    """The unit's share of a charge of the whole load, by `largest_remainder_1`."""
    if missing := _not_known(occasion):
        why = f"the load also carries {', '.join(missing)}, of which nothing is known"
        return unpriced(term, "no_allocation_basis", why)
    return shared(occasion, term, charge, occasion.load, by)


def shared(
    occasion: Occasion, term: Term, charge: Charge, units: tuple[BillableUnit, ...], by: Shared
) -> Charge | Unpriced:
    """The unit's share of a charge that these units bear together."""
    if len(units) == 1:
        return charge
    if not by:
        names = ", ".join(each.unit for each in units)
        why = f"{names} share it, and the card does not say by what"
        return unpriced(term, "no_allocation_basis", why, charge.subject)
    parts = {each.unit: _part(each, by) for each in units}
    inputs = tuple(part.told for part in parts.values())
    if lacking := [name for name, part in parts.items() if not part.exact]:
        why = f"{', '.join(lacking)} has no {by}, so the load cannot be shared by {by}"
        return unpriced(term, "no_allocation_basis", why, charge.subject, inputs)
    return _share(occasion.unit.unit, charge, parts)


class _Part(msgspec.Struct, frozen=True):
    """What one unit brings to the load."""

    exact: Fraction
    unit: str
    told: Input


def _part(unit: BillableUnit, by: Shared) -> _Part:
    value = unit.attribute(by)
    exact, measure = Fraction(0), str(by)
    if isinstance(value, Weight):
        exact, measure = value.exactly_in(WeightUnit.LB), "lb"
    elif isinstance(value, Decimal):
        exact = Fraction(value)
    told = Input(
        name=f"{by} of {unit.unit}",
        value="not known" if value is None else str(value),
        fact_ids=unit.told_by(by),
    )
    return _Part(exact, measure, told)


def _share(name: str, charge: Charge, parts: dict[str, _Part]) -> Charge:
    whole = sum((part.exact for part in parts.values()), Fraction(0))
    weights = _whole_numbers({key: part.exact for key, part in parts.items()})
    share = dict(largest_remainder(charge.amount, tuple(weights.items())))[name]
    mine = parts[name]
    return msgspec.structs.replace(
        charge,
        amount=share,
        formula=(
            f"{charge.formula} for the load; of it {number(near_decimal(mine.exact))} of "
            f"{number(near_decimal(whole))} {mine.unit} = {_plain(share)}"
        ),
        inputs=(*charge.inputs, *(part.told for part in parts.values())),
        unrounded=exact_text(Fraction(charge.amount.amount) * mine.exact / whole),
        rounding="half_up_1 of the load, largest_remainder_1 of the share",
    )


def _whole_numbers(exact: dict[str, Fraction]) -> dict[str, Decimal]:
    """The same proportions as whole numbers: kilograms in pounds have no exact decimal."""
    scale = 1
    for part in exact.values():
        scale *= part.denominator
    return {key: Decimal(int(part * scale)) for key, part in exact.items()}


def _plain(amount: Money) -> str:
    return str(amount).rsplit(" ", 1)[0]


def _not_known(occasion: Occasion) -> tuple[str, ...]:
    """Shipments that the load's last list names and that are not among its units."""
    for fact in load_facts(occasion):
        if isinstance(fact.said, Load) and fact.said.shipments:
            listed = {
                unit_name(Reference(kind=ReferenceKind.SHIPMENT, value=number)): number
                for number in fact.said.shipments
            }
            known = {*(each.unit for each in occasion.load), *occasion.called_off}
            return tuple(sorted(listed[name] for name in listed.keys() - known))
    return ()


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
