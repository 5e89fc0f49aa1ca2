"""The shapes a charge can have: one file each, with its terms and its calculation.

A new shape is a new file and one line in `Shape` and `SHAPES`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.pricing.rating.occasion import Line, Occasion
from app.pricing.rating.shapes.accessorial import ExtraService, accessorial
from app.pricing.rating.shapes.cwt_breaks import CwtBreaks, cwt_breaks
from app.pricing.rating.shapes.detention import Detention, detention
from app.pricing.rating.shapes.flat import Flat, flat
from app.pricing.rating.shapes.fuel import Fuel, fuel
from app.pricing.rating.shapes.minimum import Minimum, minimum
from app.pricing.rating.shapes.movement_handling import MovementHandling, movement_handling
from app.pricing.rating.shapes.per_mile import PerMile, per_mile
from app.pricing.rating.shapes.per_unit import PerUnit, per_unit
from app.pricing.rating.shapes.storage.pricing import storage
from app.pricing.rating.shapes.storage.terms import Storage
from app.pricing.rating.shapes.work_order import ValueAddedWork, work_order
from app.pricing.rating.term import Term

Shape = (
    CwtBreaks
    | PerMile
    | Flat
    | PerUnit
    | ValueAddedWork
    | Fuel
    | ExtraService
    | Detention
    | Minimum
    | Storage
    | MovementHandling
)

SHAPES: Mapping[type[Term], Callable[[Occasion, Any], tuple[Line, ...]]] = {
    CwtBreaks: cwt_breaks,
    PerMile: per_mile,
    Flat: flat,
    PerUnit: per_unit,
    ValueAddedWork: work_order,
    Fuel: fuel,
    ExtraService: accessorial,
    Detention: detention,
    Minimum: minimum,
    Storage: storage,
    MovementHandling: movement_handling,
}
"""Which function prices which terms; each takes exactly the terms it stands beside."""
