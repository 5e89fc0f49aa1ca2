"""Packages by their marks (MAN), with what is told of each."""

from collections.abc import Sequence
from decimal import Decimal

from app.evidence.facts.freight import Package
from app.evidence.intake.x12.amounts import counted, weight
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight

SERIAL = frozenset(("GM", "AA"))
"""MAN-01 (element 88) of a serial shipping container code, in 18 or 14 characters."""
CARRIERS = frozenset(("CP", "CA"))
"""MAN-01 of a number the carrier gave: package identification, or the shipper's by its rules."""
MARKS = ((1, 2), (4, 5))
"""MAN holds up to two marks, each a qualifier and a number."""
GROSS, GROSS_UNIT = 6, 7
SIDES, SIDES_UNIT = (10, 11, 12), 13
INCHES = "IN"


def package_in(
    reading: Reading, segments: Sequence[Segment], shipment: str | None = None
) -> Package | None:
    """The package that the segments of one pack describe; None where no mark names it.

    Its serial number is its name where it has one, and the carrier's number its tracking
    number; a package that has only the latter goes by it. PO4 weighs and measures it.
    """
    serial = _mark(segments, SERIAL)
    tracking = _mark(segments, CARRIERS)
    if not serial and not tracking:
        return None
    po4 = next((segment for segment in segments if segment.tag == "PO4"), None)
    length, width, height = _sides(reading, po4)
    return Package(
        package=serial or tracking,
        tracking=tracking if serial and tracking else None,
        weight=_weight(reading, segments, po4),
        length_in=length,
        width_in=width,
        height_in=height,
        shipment=shipment,
    )


def _mark(segments: Sequence[Segment], qualifiers: frozenset[str]) -> str:
    for segment in segments:
        for qualifier_at, number_at in MARKS if segment.tag == "MAN" else ():
            if segment.at(qualifier_at) in qualifiers and segment.at(number_at):
                return segment.at(number_at)
    return ""


def _weight(reading: Reading, segments: Sequence[Segment], po4: Segment | None) -> Weight | None:
    """PO4-06, else the AT8 of the same loop."""
    if po4 is not None and po4.at(GROSS):
        return weight(reading, po4, GROSS, po4.at(GROSS_UNIT), GROSS_UNIT)
    at8 = next((segment for segment in segments if segment.tag == "AT8"), None)
    return weight(reading, at8, 3, at8.at(2), 2) if at8 else None


def _sides(reading: Reading, po4: Segment | None) -> tuple[Decimal | None, ...]:
    """Length, width and height in inches; sides in another unit are left out with a remark."""
    if po4 is None or not any(po4.at(position) for position in SIDES):
        return None, None, None
    if po4.at(SIDES_UNIT) != INCHES:
        detail = (
            f"sides in {po4.at(SIDES_UNIT)[:8]!r} are not read, {INCHES} is; they were left out"
        )
        reading.remark("UNIT_NOT_READ", detail, po4, SIDES_UNIT)
        return None, None, None
    return tuple(counted(reading, po4, position) for position in SIDES)
