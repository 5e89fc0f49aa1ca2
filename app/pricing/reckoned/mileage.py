"""Billed distance: by the mileage source that the contract names, or not at all."""

from fractions import Fraction

import msgspec

from app.evidence.facts.freight import Load
from app.measures import Distance, DistanceUnit, plain
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.reckoned.loads import load_facts
from app.pricing.reckoned.occasion import Occasion, told, unpriced


class Miles(msgspec.Struct, frozen=True):
    """The billed miles and who measured them."""

    exact: Fraction
    told: Input


def billed_miles(occasion: Occasion, term: Term, source: str, *, of_load: bool) -> Miles | Unpriced:
    """The miles of the unit, or of its whole load, measured as the contract says."""
    stated = _stated(occasion, of_load=of_load)
    if stated is None:
        whose = "the load" if of_load and len(occasion.load) > 1 else occasion.unit.unit
        return unpriced(term, "no_distance", f"nobody tells the distance of {whose}")
    distance, read = stated
    if _bare(distance.measured_by) != _bare(source):
        why = (
            f"the distance of {plain(distance.value)} {distance.unit} was measured by "
            f"{distance.measured_by or 'nobody named'}; the contract names {source}"
        )
        return unpriced(term, "no_distance", why, inputs=(read,))
    if not distance.value:
        return unpriced(term, "no_distance", "the distance is 0", inputs=(read,))
    return Miles(distance.exactly_in(DistanceUnit.MI), read)


def _stated(occasion: Occasion, *, of_load: bool) -> tuple[Distance, Input] | None:
    """A load of several shipments has a trip of its own; its shipments' miles are not it."""
    if of_load:
        for fact in load_facts(occasion):
            if isinstance(fact.said, Load) and fact.said.distance is not None:
                given = fact.said.distance
                return given, Input(
                    name="distance of the load", value=str(given), fact_ids=(fact.fact_id,)
                )
        if len(occasion.load) > 1:
            return None
    value = occasion.unit.attribute("distance")
    if not isinstance(value, Distance):
        return None
    return value, told(occasion.unit, "distance", value)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
