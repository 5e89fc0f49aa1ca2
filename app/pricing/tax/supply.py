"""Where freight is supplied, and which part of a line belongs to which jurisdiction.

In Canada the place of supply of a freight service is its destination; one with destinations
in several provinces is a separate supply in each of them, for the part of the amount that is
reasonably attributable to it (CRA, GST/HST memorandum 28-2).
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.freight import Stop, StopType
from app.evidence.facts.party import Place
from app.measures import Weight, WeightUnit
from app.money import Money, largest_remainder
from app.pricing.tax.engine import Jurisdiction, NoTax, Supply, TaxableLine

SplitBy = Literal["", "weight"]
"""By what a line is attributed to destinations in several jurisdictions."""


class Supplied(msgspec.Struct, frozen=True, kw_only=True):
    """Into which jurisdictions the freight went, and how much of it into each."""

    origin: str
    """The country it came from."""
    pounds: dict[Jurisdiction, Fraction]
    """What each jurisdiction got; one jurisdiction needs no weight."""
    told: tuple[tuple[str, str, tuple[str, ...]], ...]
    """What it was read from: name, value and facts."""

    def parts_of(self, charge: str, subject: str, amount: Money) -> tuple[TaxableLine, ...]:
        """A charge line split by `largest_remainder_1`, so that its parts add up to it."""
        whole = _whole_numbers(self.pounds)
        shares = largest_remainder(amount, [(str(place), of) for place, of in whole.items()])
        return tuple(
            TaxableLine(
                charge=charge,
                subject=subject,
                amount=share,
                whole=amount,
                place=place,
                supply=self._supply(place),
                pounds=self.pounds[place],
                of_pounds=sum(self.pounds.values(), Fraction(0)),
            )
            for (_, share), place in zip(shares, whole, strict=True)
        )

    def _supply(self, place: Jurisdiction) -> Supply:
        return "domestic" if place.country == self.origin else "international"


def supplied(unit: BillableUnit, split_by: SplitBy) -> Supplied | NoTax:
    """The destinations of the unit, or what of them is not known."""
    origin = unit.attribute("origin")
    if not isinstance(origin, Place) or not origin.country:
        why = f"the country {unit.unit} comes from is not known, so neither is the kind of supply"
        return NoTax(problem="no_tax_rate", why=why)
    came = ("origin", f"{origin} {origin.country}", unit.told_by("origin"))
    deliveries = [stop for stop in unit.stops if _type_of(stop) is StopType.DELIVERY]
    if len(deliveries) > 1:
        found = _of_stops(deliveries, split_by)
        if isinstance(found, NoTax):
            return found
        pounds, told = found
    else:
        place = unit.attribute("destination")
        where = _jurisdiction(place if isinstance(place, Place) else None)
        if where is None:
            why = f"the country {unit.unit} goes to is not known, so neither is the place of supply"
            return NoTax(problem="no_tax_rate", why=why)
        pounds = {where: Fraction(1)}
        told = (("destination", str(where), unit.told_by("destination")),)
    return Supplied(origin=origin.country.upper(), pounds=pounds, told=(came, *told))


Told = tuple[tuple[str, str, tuple[str, ...]], ...]


def _of_stops(
    deliveries: list[StopTimes], split_by: SplitBy
) -> tuple[dict[Jurisdiction, Fraction], Told] | NoTax:
    """What each jurisdiction got at the stops of delivery."""
    places = {stop.stop: _jurisdiction(_place_of(stop)) for stop in deliveries}
    if nowhere := [number for number, place in places.items() if place is None]:
        why = f"the country of stop {', '.join(nowhere)} is not known"
        return NoTax(problem="no_tax_rate", why=why)
    weights = {stop.stop: _own_weight(stop) for stop in deliveries}
    told = tuple(
        (f"stop {number}", f"{places[number]}, {weights[number] or 'no'} lb", stop.fact_ids)
        for number, stop in zip(places, deliveries, strict=True)
    )
    pounds: dict[Jurisdiction, Fraction] = defaultdict(Fraction)
    for number, place in places.items():
        if place is not None:
            pounds[place] += weights[number] or 0
    if len(pounds) == 1:
        return dict.fromkeys(pounds, Fraction(1)), told
    names = " and ".join(str(place) for place in sorted(pounds))
    if not split_by:
        why = f"the freight goes to {names}, and the card does not say by what it is split"
        return NoTax(problem="no_allocation_basis", why=why)
    if lacking := [number for number, weight in weights.items() if not weight]:
        why = (
            f"the freight goes to {names}, and the weight of this shipment alone "
            f"is not told at stop {', '.join(lacking)}"
        )
        return NoTax(problem="no_allocation_basis", why=why)
    return dict(sorted(pounds.items())), told


def _type_of(stop: StopTimes) -> StopType | None:
    return next((each.stop_type for each in _records(stop) if each.stop_type), None)


def _place_of(stop: StopTimes) -> Place | None:
    return next((each.place for each in _records(stop) if each.place), None)


def _own_weight(stop: StopTimes) -> Fraction | None:
    """In pounds; what a stop of several shipments weighs is not one shipment's."""
    for record in _records(stop):
        if isinstance(record.weight, Weight) and len(record.shipments) <= 1:
            return record.weight.exactly_in(WeightUnit.LB)
    return None


def _records(stop: StopTimes) -> Iterator[Stop]:
    return (record for record in (stop.actual, stop.planned) if record is not None)


def _jurisdiction(place: Place | None) -> Jurisdiction | None:
    if place is None or not place.country:
        return None
    return Jurisdiction(place.country.upper(), place.region.upper())


def _whole_numbers(exact: dict[Jurisdiction, Fraction]) -> dict[Jurisdiction, Decimal]:
    """The same proportions as whole numbers: kilograms in pounds have no exact decimal."""
    scale = 1
    for part in exact.values():
        scale *= part.denominator
    return {place: Decimal(int(part * scale)) for place, part in exact.items()}
