"""Commodities of a tender (L5 with its AT8): weight, cubic feet, pieces and NMFC item.

X12 has no place for the freight class of a tendered commodity. Its density gives one, so
commodities are told where all of them state weight and cubic feet; a list that could not be
classed would only hide the class that the shipment has.
"""

from collections.abc import Sequence
from decimal import Decimal

from app.evidence.facts.freight import FreightItem
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import weight
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

COMMODITY, QUALIFIER = 3, 4
NMFC = "N"
"""L5-04 (element 23): the commodity code is an item of the NMFC."""
CUBIC_FEET = "E"
"""Element 184."""


def goods_in(reading: Reading, loops: Sequence[Sequence[Segment]]) -> tuple[FreightItem, ...]:
    """The commodities picked up at the stops, or none where one of them lacks a measure."""
    found: list[FreightItem] = []
    for stop in loops:
        _, commodities = split_at("L5", stop)
        for loop in commodities:
            at8 = next((segment for segment in loop if segment.tag == "AT8"), None)
            item = _item(reading, loop[0], at8) if at8 else None
            if item is None or item.weight is None or item.volume is None:
                return ()
            found.append(item)
    return tuple(found)


def cubic_feet(reading: Reading, segment: Segment, at: int, unit_at: int) -> Decimal | None:
    """A volume in cubic feet, None where none or another unit is given."""
    if not segment.at(at) or segment.at(unit_at) != CUBIC_FEET:
        return None
    return reading.parsed(values.quantity, segment, at) or None


def _item(reading: Reading, l5: Segment, at8: Segment) -> FreightItem | None:
    if cubic_feet(reading, at8, 7, 6) is None:
        return None
    return FreightItem(
        weight=weight(reading, at8, 3, at8.at(2), 2),
        volume=cubic_feet(reading, at8, 7, 6),
        pieces=reading.parsed(values.quantity, at8, 5) if at8.at(5) else None,
        nmfc=(l5.at(COMMODITY) or None) if l5.at(QUALIFIER) == NMFC else None,
    )
