"""EDIFACT's envelope: UNB to UNZ around UNH to UNT, with groups (UNG to UNE) or without."""

import re
from typing import TypeAlias

from app.evidence.intake.edifact.segments import UNA, UNB, Segment, cut
from app.evidence.intake.enveloped.interchange import (
    Enclosed,
    Interchange,
    Level,
    Open,
    Syntax,
    all_enclosed,
)

Message: TypeAlias = Enclosed[Segment]
"""One UNH to UNT with its envelope."""

_beginning = re.compile(UNA + b"|" + UNB)


def messages(raw: bytes, start: int, file: str) -> tuple[Message, ...]:
    """Every message of every interchange from `start` on, in the order they stand."""
    return all_enclosed(raw, start, file, EDIFACT, _Interchange)


def _next_interchange(raw: bytes, position: int) -> int:
    following = _beginning.search(raw, position)
    return following.start() if following else len(raw)


EDIFACT = Syntax(
    interchange=Level("UNB", "UNZ", 5),
    group=Level("UNG", "UNE", 5),
    message=Level("UNH", "UNT", 1),
    called="message",
    element="{}-{:02}",
    zeros_count=True,
    missing=Segment("", (), 0),
    cut=cut,
    next_interchange=_next_interchange,
)


class _Interchange(Interchange[Segment]):
    """Groups are rare; without them UNZ counts messages."""

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "UNG":
                self._leave_message("a group begins")
                self._group = []  # messages before it are in none
                self._begin_group(segment)
            case "UNH":
                self._begin_message(segment)
            case "UNT" if self._open:
                self._end_message(self._open, segment, torn=self._is_torn(segment))
            case "UNE":
                self._end_group(segment)
            case "UNZ":
                self._leave_message("the interchange ends")
                self._leave_group(segment)
                messages = sum(1 for each in self._all if not each.stray)
                counted = self._groups or messages
                self._end(segment, counted, "groups" if self._groups else "messages")
            case _:
                self._put(segment, segment.problem)

    def _end_message(self, message: Open[Segment], end: Segment, *, torn: bool) -> None:
        super()._end_message(message, end, torn=torn)
        broken = next((each for each in message.segments if each.problem), None)
        if broken is not None and not torn:
            self._refuse(message, "SEGMENT_UNREADABLE", broken.problem, broken)

    def _leave(self, last: Segment) -> None:
        super()._leave(last)
        if last.tag == EDIFACT.interchange.ends and not self._ended:
            self._blame(self._all, "ENVELOPE_CUT", "the bytes end inside UNZ", last)
