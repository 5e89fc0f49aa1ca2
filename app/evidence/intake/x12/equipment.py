"""Containers and chassis: their number as one word, and what a status says of them.

The number of a container is written whole or in parts, with the check digit of ISO 6346 or
without it. It is made one word with its check digit, because days are counted from one
report to another and both have to name the same container.
"""

import re

from app.evidence.facts.freight import MilestoneStatus
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading

_freight_container = re.compile(r"([A-Z]{3}[UJZ][0-9]{6})([0-9]?)")
_letters = dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)
"""ISO 6346: letters count from 10 on, and the multiples of 11 are left out."""


def equipment_number(
    reading: Reading, segment: Segment, parts: tuple[int, ...], digit_at: int | None = None
) -> str:
    """The number in a segment as one word; empty where none is given.

    A freight container without its check digit gets the one that follows from its number;
    a check digit that does not follow is kept and remarked. Other equipment has none.

    Args:
        reading: the transaction.
        segment: where the number stands.
        parts: the positions of its parts: initial and number, or the whole.
        digit_at: the position of the check digit, where it has one of its own.
    """
    text = "".join(segment.at(position) for position in parts).upper()
    word = "".join(sign for sign in text if sign.isalnum())
    found = _freight_container.fullmatch(word)
    if found is None:
        return word
    bare, digit = found.group(1), found.group(2) or (segment.at(digit_at) if digit_at else "")
    follows = check_digit(bare)
    if digit and digit != follows:
        detail = f"the check digit of {bare} is {digit[:4]!r}; {follows} follows from its number"
        reading.remark("CHECK_DIGIT_WRONG", detail, segment, parts[-1])
        return bare + digit
    return bare + follows


def check_digit(number: str) -> str:
    """The check digit of four letters and six digits (ISO 6346, annex A)."""
    weighed = sum(
        (_letters[sign] if sign in _letters else int(sign)) * 2**place
        for place, sign in enumerate(number)
    )
    return str(weighed % 11 % 10)


def of_container(number: str) -> tuple[Reference, ...]:
    """The reference by which a container is found; none where no number is given."""
    return (Reference(kind=ReferenceKind.CONTAINER, value=number),) if number else ()


def equipment_status(reading: Reading, segment: Segment, at: int, load: str) -> MilestoneStatus:
    """What a status (element 157) reports, by the code with or without the load.

    An in-gate is the end of the days only where the container is empty, so the map may tell
    `I/E` and `I/L` apart (element 578: E empty, L loaded); a code alone holds for both.
    """
    with_load = reading.profile.word("157", f"{segment.at(at)}/{load}") if load else None
    word = with_load or reading.word("157", segment, at)
    return MilestoneStatus(word or MilestoneStatus.UNMAPPED)
