"""What a shipment measures in the dimensions of a banded table, and who told it."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from app.measures import MI_IN_KM, Weight, WeightUnit, plain
from app.pricing.agreed.bands import Band
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.reckoned.mileage import billed_miles
from app.pricing.reckoned.occasion import Occasion, told, unpriced

POUNDS_IN_CWT = 100


class Measure(msgspec.Struct, frozen=True):
    """A measure in the band's unit, as it is compared and billed."""

    exact: Fraction
    text: str
    inputs: tuple[Input, ...]


def measures_of(
    occasion: Occasion, term: Term, bands: Mapping[str, Band]
) -> dict[str, Measure] | Unpriced:
    """One measure for each band by name, or what is missing."""
    found: dict[str, Measure] = {}
    for name, band in sorted(bands.items()):
        measure = _measure(occasion, term, name, band)
        if isinstance(measure, Unpriced):
            return measure
        found[name] = measure
    return found


def _measure(occasion: Occasion, term: Term, name: str, band: Band) -> Measure | Unpriced:
    match band.of:
        case "weight":
            read = weight_in(occasion, term, band.unit)
        case "distance":
            read = _distance(occasion, term, band)
        case "cwt miles":
            read = _cwt_miles(occasion, term, band)
        case _:
            read = _counted(occasion, term, band.of)
    return read if isinstance(read, Unpriced) else _taken(name, band, read)


def _taken(name: str, band: Band, read: Measure) -> Measure:
    """The measure after the declared rounding, with a text that shows both."""
    taken = band.taken(read.exact)
    unit = "" if band.unit == "each" else f" {band.unit}"
    text = f"{name} {number(read.exact)}{unit}{read.text}"
    if taken != read.exact:
        text += f" rounded {band.rounded} to {number(taken, band.decimals)}{unit}"
    return Measure(taken, text, read.inputs)


def weight_in(occasion: Occasion, term: Term, unit: str) -> Measure | Unpriced:
    """The weight of the unit in lb, kg or hundredweights of 100 lb; 0 where 0 was told."""
    weight = occasion.unit.attribute("weight")
    if not isinstance(weight, Weight):
        return unpriced(term, "no_weight", "nobody tells the weight")
    exact = weight.exactly_in(WeightUnit.KG if unit == "kg" else WeightUnit.LB)
    if unit == "cwt":
        exact /= POUNDS_IN_CWT
    converted = "" if unit == weight.unit else f" ({weight})"
    return Measure(exact, converted, (told(occasion.unit, "weight", weight),))


def _distance(occasion: Occasion, term: Term, band: Band) -> Measure | Unpriced:
    miles = billed_miles(occasion, term, band.mileage, of_load=False)
    if isinstance(miles, Unpriced):
        return miles
    exact = miles.exact * MI_IN_KM if band.unit == "km" else miles.exact
    return Measure(exact, "", (miles.told,))


def _cwt_miles(occasion: Occasion, term: Term, band: Band) -> Measure | Unpriced:
    weight = weight_in(occasion, term, "cwt")
    if isinstance(weight, Unpriced):
        return weight
    miles = _distance(occasion, term, band)
    if isinstance(miles, Unpriced):
        return miles
    text = f" ({number(weight.exact)} cwt x {number(miles.exact)} mi)"
    return Measure(weight.exact * miles.exact, text, (*weight.inputs, *miles.inputs))


def _counted(occasion: Occasion, term: Term, name: str) -> Measure | Unpriced:
    value = occasion.unit.attribute(name)
    if not isinstance(value, Decimal):
        words = name.replace("_", " ")
        return unpriced(term, "no_quantity", f"nobody tells the {words} of {occasion.unit.unit}")
    read = told(occasion.unit, name, plain(value))
    return Measure(Fraction(value), "", (read,))
