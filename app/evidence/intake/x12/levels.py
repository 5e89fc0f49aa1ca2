"""HL loops: the levels of a hierarchical transaction, and what lies below each."""

from collections.abc import Sequence

import msgspec

from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading


class Level(msgspec.Struct, frozen=True):
    """One HL and the segments up to the next."""

    number: str
    """HL-01."""
    parent: str
    """HL-02, empty at the top."""
    code: str
    """HL-03 (element 735): S shipment, O order, T tare, P pack, I item."""
    segments: Sequence[Segment]

    def first(self, tag: str) -> Segment | None:
        """Its first segment with this tag, or None."""
        return next((segment for segment in self.segments if segment.tag == tag), None)

    def below(self, levels: Sequence["Level"]) -> tuple["Level", ...]:
        """Every level that stands under it, at whatever depth, in the order of the message."""
        inside = {self.number}
        found = []
        for level in levels:
            if level.parent in inside:
                inside.add(level.number)
                found.append(level)
        return tuple(found)


def levels_of(reading: Reading) -> tuple[Level, ...]:
    """The levels in their order.

    Without any, with a number twice or a parent that does not stand before its child the
    transaction is refused: nobody knows what belongs to what.
    """
    _, loops = split_at("HL", reading.segments)
    if not loops:
        reading.refuse("SEGMENT_MISSING", "there is no HL", reading.segments[0])
    known: set[str] = set()
    levels = []
    for loop in loops:
        hl = loop[0]
        number = reading.required(hl, 1)
        if number in known:
            reading.refuse("VALUE_UNREADABLE", f"level {number!r} stands there twice", hl, 1)
        if hl.at(2) and hl.at(2) not in known:
            detail = f"level {number!r} is under {hl.at(2)[:40]!r}, which does not stand before it"
            reading.refuse("VALUE_UNREADABLE", detail, hl, 2)
        known.add(number)
        levels.append(Level(number, hl.at(2), hl.at(3), loop))
    return tuple(levels)
