"""How a charge of the whole load comes to the shipments that ride together."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

import msgspec

from app.evidence.correlation.links import unit_name
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Load
from app.evidence.facts.reference import Reference, ReferenceKind
from app.measures import Distance, DistanceUnit, Weight, WeightUnit
from app.money import Money, largest_remainder
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import exact_text, near_decimal, number
from app.pricing.reckoned.occasion import Occasion, unpriced
from app.pricing.told.claims import Claim
from app.pricing.told.riding import bare_load


def load_facts(occasion: Occasion) -> tuple[Fact, ...]:
    """What was said about the unit's load by anybody on it, the last word first."""
    load = bare_load(occasion.unit.text("load"))
    said = {
        fact.fact_id: fact
        for unit in occasion.load
        for fact in unit.facts.values()
        if isinstance(fact.said, Load) and load in {"", bare_load(fact.said.load)}
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
    missing: list[str] = []
    looked_at: list[Input] = []
    for basis in (by, *term.shared_instead):
        parts = {each.unit: _part(each, basis) for each in units}
        looked_at.extend(told for part in parts.values() for told in part.told)
        lacking = _lacking(parts, basis)
        if not lacking:
            return _share(occasion.unit.unit, charge, parts, tuple(missing))
        missing.append(lacking)
    why = "; ".join(missing)
    return unpriced(term, "no_allocation_basis", why, charge.subject, looked_at)


def claimed_for(occasion: Occasion, claim: Claim, by: Shared = "") -> tuple[BillableUnit, ...]:
    """The shipments of the load that the same claim is about; it is owed once for all of them."""
    if not (by or occasion.methods.shares_proved):
        return (occasion.unit,)
    return tuple(
        unit
        for unit in occasion.load
        if unit.unit == occasion.unit.unit or unit.facts.keys() & set(claim.told.fact_ids)
    )


ALLOCATED = "half_up_1 of the load, largest_remainder_1 of the share"
"""The rounding of a line that is a share of a charge; stored."""
_told = re.compile(r"(weight|volume|pallets|spaces|linear feet|distance) of (.+)")


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Who bears a charge together, and by what it was shared."""

    by: str
    units: tuple[str, ...]


def sharing_of(charge: Charge) -> Sharing | None:
    """How a line was shared, as its own inputs tell; None where it is nobody else's, too."""
    if charge.rounding != ALLOCATED:
        return None
    found = [_told.fullmatch(each.name) for each in reversed(charge.inputs)]
    told = [each for each in takewhile(bool, found) if each][::-1]
    return Sharing(
        by=" x ".join(dict.fromkeys(each[1] for each in told)),
        units=tuple(dict.fromkeys(each[2] for each in told)),
    )


def brought_by(unit: BillableUnit, by: str) -> Fraction:
    """What the unit brings to a load that is shared by that; nothing where it does not tell it."""
    return _part(unit, by).exact


def split(amount: Money, brought: dict[str, Fraction]) -> dict[str, Money]:
    """The amount among those who bear it, to the cent and exactly."""
    return dict(largest_remainder(amount, tuple(_whole_numbers(brought).items())))


class _Part(msgspec.Struct, frozen=True):
    """What one unit brings to the load; nothing where it does not tell it."""

    exact: Fraction
    measure: str
    told: tuple[Input, ...]
    measured_by: str = ""
    """Who measured its distance, where that counts."""


def _part(unit: BillableUnit, by: str) -> _Part:
    """Its pounds, feet or pallets; of a product with the distance both factors."""
    exact, measures, told, measured_by = Fraction(1), [], [], ""
    for factor in by.split(" x "):
        name = factor.replace(" ", "_")
        value = unit.attribute(name)
        measure = MEASURES.get(factor, factor)
        match value:
            case Weight():
                size = value.exactly_in(WeightUnit.LB)
            case Distance():
                size, measured_by = value.exactly_in(DistanceUnit.MI), value.measured_by
            case Decimal():
                size = Fraction(value)
            case _:
                size = Fraction(0)
        exact *= size
        measures.append(measure)
        told.append(
            Input(
                name=f"{factor} of {unit.unit}",
                value="not known" if value is None else str(value),
                fact_ids=unit.told_by(name),
            )
        )
    return _Part(exact, " x ".join(measures), tuple(told), measured_by)


MEASURES = {"weight": "lb", "volume": "cu ft", "linear feet": "ft", "distance": "mi"}
"""In what each basis is counted; pallets and spaces are counted as such."""


def _lacking(parts: dict[str, _Part], by: Shared) -> str:
    """Why the load cannot be shared by that, empty where it can.

    Miles of two sources are never compared: one may count the road and the other the air.
    """
    if without := [name for name, part in parts.items() if not part.exact]:
        return f"{', '.join(without)} has no {by}, so the load cannot be shared by {by}"
    sources = {bare_load(part.measured_by): part.measured_by for part in parts.values()}
    if len(sources) > 1:
        names = " and ".join(sorted(each or "nobody named" for each in sources.values()))
        return f"the distances were measured by {names}, so the load cannot be shared by {by}"
    return ""


def _share(
    name: str, charge: Charge, parts: dict[str, _Part], instead_of: tuple[str, ...]
) -> Charge:
    whole = sum((part.exact for part in parts.values()), Fraction(0))
    share = split(charge.amount, {key: part.exact for key, part in parts.items()})[name]
    mine = parts[name]
    return msgspec.structs.replace(
        charge,
        amount=share,
        formula=(
            f"{'; '.join((f'{charge.formula} for the load', *instead_of))}; "
            f"of it {number(near_decimal(mine.exact))} of {number(near_decimal(whole))} "
            f"{mine.measure} = {_plain(share)}"
        ),
        inputs=(*charge.inputs, *(told for part in parts.values() for told in part.told)),
        rejected=(*charge.rejected, *instead_of),
        unrounded=exact_text(Fraction(charge.amount.amount) * mine.exact / whole),
        rounding=ALLOCATED,
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
