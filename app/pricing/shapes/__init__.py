"""The shapes a charge can have: one file each, with its terms and its calculation.

A new shape is a new file and one line in `Shape` and `SHAPES`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.pricing.agreed.term import Term
from app.pricing.reckoned.occasion import Line, Occasion
from app.pricing.shapes.accessorial import ExtraService, accessorial
from app.pricing.shapes.banded import Banded, banded
from app.pricing.shapes.clipping import Clipping, clipping
from app.pricing.shapes.cost_plus import CostPlus, cost_plus
from app.pricing.shapes.cwt_breaks import CwtBreaks
from app.pricing.shapes.cwt_mixed import cwt_linehaul
from app.pricing.shapes.detention import Detention, detention
from app.pricing.shapes.equipment_time import EquipmentTime, equipment_time
from app.pricing.shapes.flat import Flat, flat
from app.pricing.shapes.fuel import Fuel, fuel
from app.pricing.shapes.layover import Layover, layover
from app.pricing.shapes.minimum import Minimum, minimum
from app.pricing.shapes.movement_handling import MovementHandling, movement_handling
from app.pricing.shapes.not_used import NotUsed, truck_not_used
from app.pricing.shapes.parcel import Parcel, parcel
from app.pricing.shapes.parcel_surcharge import ParcelSurcharge, parcel_surcharge
from app.pricing.shapes.per_mile import PerMile, per_mile
from app.pricing.shapes.per_unit import PerUnit, per_unit
from app.pricing.shapes.percentage import Percentage, percentage
from app.pricing.shapes.storage.pricing import storage
from app.pricing.shapes.storage.terms import Storage
from app.pricing.shapes.tax import Tax, tax
from app.pricing.shapes.work_order import ValueAddedWork, work_order

Shape = (
    CwtBreaks
    | PerMile
    | Flat
    | PerUnit
    | ValueAddedWork
    | Fuel
    | ExtraService
    | Detention
    | Layover
    | EquipmentTime
    | NotUsed
    | Minimum
    | Banded
    | Tax
    | Parcel
    | ParcelSurcharge
    | Clipping
    | Percentage
    | CostPlus
    | Storage
    | MovementHandling
)

SHAPES: Mapping[type[Term], Callable[[Occasion, Any], tuple[Line, ...]]] = {
    CwtBreaks: cwt_linehaul,
    PerMile: per_mile,
    Flat: flat,
    PerUnit: per_unit,
    ValueAddedWork: work_order,
    Fuel: fuel,
    ExtraService: accessorial,
    Detention: detention,
    Layover: layover,
    EquipmentTime: equipment_time,
    NotUsed: truck_not_used,
    Minimum: minimum,
    Banded: banded,
    Tax: tax,
    Parcel: parcel,
    ParcelSurcharge: parcel_surcharge,
    Clipping: clipping,
    Percentage: percentage,
    CostPlus: cost_plus,
    Storage: storage,
    MovementHandling: movement_handling,
}
"""Which function prices which terms; each takes exactly the terms it stands beside."""

OF_WHAT_WAS_CALLED_OFF = (NotUsed, ExtraService, Detention, Layover, EquipmentTime, Tax)
"""What a load that was called off may owe, on a card that prices calling off at all."""
