"""Weights, counts and money as a transaction states them, with the unit it left unsaid."""

from collections.abc import Sequence
from decimal import Decimal

from app.evidence.intake.x12 import values
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading
from app.measures import Weight, WeightUnit
from app.money import MINOR_UNITS, Money

UNSTATED = "unstated"
"""The unit or the item of a line that names none."""


def unit_word(reading: Reading, segment: Segment, at: int) -> str:
    """The word of a unit of quantity (element 355); its code where it has none, or `unstated`."""
    if not segment.at(at):
        return UNSTATED
    return reading.word("355", segment, at) or segment.at(at)


def item_of(segment: Segment, *positions: int) -> str:
    """The first product id given at the positions, or `unstated`."""
    return next((segment.at(at) for at in positions if segment.at(at)), UNSTATED)


def counted(reading: Reading, segment: Segment, at: int) -> Decimal | None:
    """A quantity of 0 or more, None where none is given."""
    return reading.parsed(values.quantity, segment, at) if segment.at(at) else None


def compare_count(
    reading: Reading, lines: Sequence[tuple[Decimal, str]], segment: Segment | None, at: int
) -> None:
    """Remark where the lines' quantities are not the total the transaction states.

    Quantities in several units have no sum, and then nothing is compared.
    """
    if segment is None or not segment.at(at) or len({unit for _, unit in lines}) != 1:
        return
    stated = reading.parsed(values.quantity, segment, at)
    found = sum((quantity for quantity, _ in lines), Decimal(0))
    if stated != found:
        detail = f"{segment.tag}-{at:02} is {stated}, the {len(lines)} lines are {found}"
        reading.remark("LINES_DO_NOT_ADD_UP", detail, segment, at)


def weight(
    reading: Reading, segment: Segment, value_at: int, unit: str, unit_at: int
) -> Weight | None:
    """A weight above zero, or None where none is given.

    `unit` is the code found (element 188 or 355), which may stand in another segment. A
    unit left unsaid is the profile's, with a remark; a code that is not mapped gives no
    weight at all, because a guess between pound and kilogram is off by half.
    """
    if not segment.at(value_at):
        return None
    value = reading.parsed(values.quantity, segment, value_at)
    if not value:
        return None
    if not unit:
        return _of_assumed_unit(reading, segment, value_at, value)
    word = reading.profile.word("188", unit)
    if word is None:
        detail = f"weight unit {unit!r} is not in map 188 of {reading.profile.name}"
        reading.remark("CODE_UNMAPPED", f"{detail}; the weight was left out", segment, unit_at)
        return None
    return Weight(value, WeightUnit(word))


def _of_assumed_unit(reading: Reading, segment: Segment, at: int, value: Decimal) -> Weight:
    unit = reading.profile.weight_unit
    if unit is None:
        reading.refuse("VALUE_MISSING", f"weight {value} has no unit", segment, at)
    reading.remark("WEIGHT_UNIT_ASSUMED", f"{value} has no unit; {unit} was taken", segment, at)
    return Weight(value, unit)


def summed(weights: list[Weight]) -> Weight | None:
    """The sum of weights of one unit; None for none, or where units differ."""
    units = {each.unit for each in weights}
    if len(units) != 1:
        return None
    return Weight(sum((each.value for each in weights), Decimal(0)), units.pop())


def currency(reading: Reading) -> str:
    """C3-01, or the profile's currency where the transaction has no C3."""
    stated = reading.first("C3")
    if stated is not None and stated.at(1):
        if stated.at(1) not in MINOR_UNITS:
            detail = f"currency {stated.at(1)!r} is not known; known: {', '.join(MINOR_UNITS)}"
            reading.refuse("VALUE_UNREADABLE", detail, stated, 1)
        return stated.at(1)
    if reading.profile.currency is None:
        reading.refuse("VALUE_MISSING", "no currency is given", reading.segments[0])
    return reading.profile.currency


def money(reading: Reading, segment: Segment, position: int, of: str) -> Money:
    """An amount with two implied decimals in a currency."""
    return Money(reading.parsed(values.hundredths, segment, position), of)
