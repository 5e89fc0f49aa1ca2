"""X12's envelope: ISA to IEA around GS to GE around ST to SE, told from its segments."""

from typing import TypeAlias

from app.evidence.intake.enveloped.interchange import (
    Enclosed,
    Interchange,
    Level,
    Syntax,
    all_enclosed,
)
from app.evidence.intake.enveloped.segments import Cut
from app.evidence.intake.x12.segments import ISA, Segment, cut, delimiters_at

Transaction: TypeAlias = Enclosed[Segment]
"""One ST to SE with its envelope."""


def transactions(raw: bytes, start: int, file: str) -> tuple[Transaction, ...]:
    """Every transaction of every interchange from `start` on, in the order they stand."""
    return all_enclosed(raw, start, file, X12, _Interchange)


def _cut(raw: bytes, start: int) -> Cut[Segment]:
    return cut(raw, start, delimiters_at(raw, start))


def _next_interchange(raw: bytes, position: int) -> int:
    following = raw.find(ISA, position)
    return following if following >= 0 else len(raw)


X12 = Syntax(
    interchange=Level("ISA", "IEA", 13),
    group=Level("GS", "GE", 6),
    message=Level("ST", "SE", 2),
    called="transaction",
    element="{}{:02}",
    zeros_count=False,
    missing=Segment("", (), 0),
    cut=_cut,
    next_interchange=_next_interchange,
)


class _Interchange(Interchange[Segment]):
    """A transaction stands in a group, and a group that is not ended ends with what follows."""

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "GS":
                self._leave_message("a new group begins")
                self._leave_group(segment)
                self._begin_group(segment)
            case "ST":
                begun = self._begin_message(segment)
                if self._group_header is None:
                    self._refuse(begun, "NO_GROUP", "ST stands outside a group")
            case "SE" if self._open:
                number_lost = segment.at(2) != self._open.segments[0].at(2)
                torn = self._is_torn(segment) and number_lost
                self._end_message(self._open, segment, torn=torn)
            case "GE":
                self._end_group(segment)
            case "IEA":
                self._leave_message("the interchange ends")
                self._leave_group(segment)
                self._end(segment, self._groups, "groups")
            case "TA1" if not self._open:
                pass  # acknowledges another interchange; carries no transaction
            case _:
                self._put(segment)

    def _leave(self, last: Segment) -> None:
        self._leave_group(last)
        super()._leave(last)
