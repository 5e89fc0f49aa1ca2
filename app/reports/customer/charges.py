"""Which working of a charge a customer may see, by the method that worked it out.

Hidden is what no list names, and of what it names: whatever follows a carrier's cost, whatever is
a share of a load (it tells what others ride with), and whatever is worked out of such a line.
"""

from collections.abc import Iterable, Sequence

from app.explanation.rating_in_words import said_formula
from app.pricing.lines.charge import Charge

BY_CARD = frozenset(
    {
        "accessorial_1",
        "banded_1",
        "clipping_1",
        "cwt_break_weight_1",
        "cwt_deficit_on_gross_1",
        "cwt_deficit_on_net_1",
        "cwt_mixed_deficit_on_net_1",
        "cwt_no_deficit_1",
        "detention_1",
        "detention_2",
        "equipment_time_1",
        "flat_1",
        "fuel_1",
        "layover_1",
        "minimum_1",
        "movement_handling_1",
        "parcel_1",
        "parcel_surcharge_1",
        "per_mile_1",
        "per_unit_1",
        "percentage_1",
        "storage_anniversary_1",
        "storage_average_1",
        "storage_calendar_1",
        "storage_daily_1",
        "storage_peak_1",
        "storage_snapshot_1",
        "storage_split_month_1",
        "work_order_1",
    }
)
"""Methods that use nothing but the customer's own card and what was done for it."""

NOT_SHOWN = frozenset(
    {
        "agreed_credit_1",  # names who granted it
        "cost_plus_1",  # begins with what the carrier billed
        "tax_1",  # its lines say all there is: which tax, how much percent
        "truck_not_used_1",  # tells who else was on the truck
    }
)
OF_COST = frozenset({"cost_plus_1"})
ALONE = "half_up_1"
"""The rounding of a line that nobody else bears a part of."""


def working_for_customer(charge: Charge, all_charges: Sequence[Charge]) -> tuple[str, ...]:
    """The steps of the working in plain words; none where any of it is not the customer's."""
    if charge.method not in BY_CARD or charge.rounding != ALONE or charge.of_dispute:
        return ()
    if any(_mentions(charge, code) for code in _codes_of_cost(all_charges)):
        return ()
    return said_formula(charge.formula)


def _codes_of_cost(charges: Iterable[Charge]) -> frozenset[str]:
    """The lines that follow a cost, and those that are taken of one of them, and so on."""
    every = tuple(charges)
    codes: frozenset[str] = frozenset()
    while True:
        more = codes | {
            each.code
            for each in every
            if each.method in OF_COST or any(_mentions(each, code) for code in codes)
        }
        if more == codes:
            return codes
        codes = more


def _mentions(charge: Charge, code: str) -> bool:
    """Whether the line may be taken of that one; rather once too often than once too few."""
    told = (charge.formula, charge.unit, *(each.name for each in charge.inputs))
    return charge.code != code and any(code in text for text in told)
