"""Segments put into messages, and the envelope's counts and numbers compared.

As with X12, a wrong UNT, UNE or UNZ is a fault of the messages it encloses, and only a strict
partner is refused for it. A message whose UNT is missing was cut and says nothing.
"""

import re

import msgspec

from app.errors import Place
from app.evidence.intake.edifact.segments import (
    BLANKS,
    UNA,
    UNB,
    Cut,
    NoDelimitersError,
    Segment,
    cut,
)
from app.evidence.intake.received import IntakeFault

MISSING = Segment("", (), 0)
"""Stands for a UNB, UNG or UNH that is not there."""
NO_DELIMITERS = "NO_DELIMITERS"
_beginning = re.compile(UNA + b"|" + UNB)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One UNH to UNT with its envelope."""

    unb: Segment
    ung: Segment
    segments: tuple[Segment, ...]
    faults: tuple[IntakeFault, ...]

    @property
    def unh(self) -> Segment:
        """Its header; missing where the segments stand outside a message."""
        first = self.segments[0] if self.segments else MISSING
        return first if first.tag == "UNH" else MISSING


def messages(raw: bytes, start: int, file: str) -> tuple[Message, ...]:
    """Every message of every interchange from `start` on, in the order they stand.

    What is no message comes as one with a refused fault, so that nothing disappears.
    """
    found: list[Message] = []
    position = start
    while position < len(raw):
        try:
            piece = cut(raw, position)
        except NoDelimitersError as error:
            if not (found and found[-1].faults and found[-1].faults[0].code == NO_DELIMITERS):
                found.append(_nothing(position, file, NO_DELIMITERS, str(error)))
            position = _next_interchange(raw, position + 1)
            continue
        found += _Interchange(piece, file).messages()
        position = _next_interchange(raw, piece.next_offset)
        if raw[piece.next_offset : position].strip(BLANKS):
            detail = "bytes after the end of the interchange"
            found.append(_nothing(piece.next_offset, file, "BYTES_OUTSIDE", detail))
    return tuple(found)


def _next_interchange(raw: bytes, position: int) -> int:
    following = _beginning.search(raw, position)
    return following.start() if following else len(raw)


def _nothing(offset: int, file: str, code: str, detail: str) -> Message:
    place = Place(file=file, byte_offset=offset)
    fault = IntakeFault(code=code, detail=detail, place=place, refused=True)
    return Message(unb=MISSING, ung=MISSING, segments=(), faults=(fault,))


class _Open:
    """A message while its envelope is still being read."""

    def __init__(self, unb: Segment, ung: Segment | None, first: Segment) -> None:
        self.unb = unb
        self.ung = ung
        self.segments = [first]
        self.stray = first.tag != "UNH"
        self.faults: list[IntakeFault] = []

    def closed(self) -> Message:
        """The message, now that everything around it was read."""
        return Message(
            unb=self.unb,
            ung=self.ung or MISSING,
            segments=tuple(self.segments),
            faults=tuple(self.faults),
        )


class _Interchange:
    """Walks over the segments of one interchange."""

    def __init__(self, piece: Cut, file: str) -> None:
        self._segments = piece.segments
        self._ended = piece.ended
        self._file = file
        self._unb = piece.segments[0]
        self._ung: Segment | None = None
        self._open: _Open | None = None
        self._all: list[_Open] = []
        self._group: list[_Open] = []
        self._groups = 0
        self._stray_end = False

    def messages(self) -> list[Message]:
        """What stands in the interchange."""
        for segment in self._segments[1:]:
            self._take(segment)
        last = self._segments[-1]
        self._leave_message("the bytes end")
        if last.tag != "UNZ":
            self._blame(self._all, "ENVELOPE_CUT", "the interchange has no UNZ", last)
        elif not self._ended:
            self._blame(self._all, "ENVELOPE_CUT", "the bytes end inside UNZ", last)
        if not self._all:
            outside = _Open(self._unb, None, self._unb)
            self._all.append(outside)
            self._refuse(outside, "NO_TRANSACTION", "the interchange holds no message")
        return [message.closed() for message in self._all]

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "UNG":
                self._leave_message("a group begins")
                self._ung, self._group = segment, []
                self._groups += 1
            case "UNH":
                self._leave_message("the next one begins")
                self._open = self._enter(segment)
            case "UNT" if self._open:
                self._open.segments.append(segment)
                self._close(self._open, segment)
            case "UNE":
                self._leave_message("the group ends")
                self._end_group(segment)
            case "UNZ":
                self._leave_message("the interchange ends")
                self._end(segment)
            case _ if self._open:
                self._open.segments.append(segment)
            case _ if self._all and self._all[-1].stray:
                pass  # one refusal tells of all of them
            case _:
                stray = self._enter(segment)
                detail = f"segment {segment.tag[:8]!r} stands outside a message"
                self._refuse(stray, "SEGMENT_OUTSIDE", segment.problem or detail)

    def _enter(self, segment: Segment) -> _Open:
        entered = _Open(self._unb, self._ung, segment)
        self._all.append(entered)
        if segment.tag == "UNH":
            self._group.append(entered)
        return entered

    def _leave_message(self, why: str) -> None:
        if self._open:
            self._refuse(self._open, "TRANSACTION_CUT", f"no UNT before {why}")
            self._open = None

    def _close(self, open_: _Open, unt: Segment) -> None:
        self._open = None
        begun = open_.segments[0].at(1)
        if unt is self._segments[-1] and not self._ended:
            self._refuse(open_, "TRANSACTION_CUT", "the bytes end inside UNT")
            return
        if not _same_number(unt.at(1), len(open_.segments)):
            detail = f"UNT-01 says {unt.at(1)!r}, there are {len(open_.segments)} segments"
            self._blame([open_], "SEGMENT_COUNT_WRONG", detail, unt)
        self._compare([open_], "UNT-02", unt, "UNH-01", begun)
        broken = next((each for each in open_.segments if each.problem), None)
        if broken is not None:
            self._refuse(open_, "SEGMENT_UNREADABLE", broken.problem, broken)

    def _end_group(self, une: Segment) -> None:
        if self._ung is None:
            if not self._stray_end:  # once is enough to say it
                self._blame(self._all, "ENVELOPE_CUT", "UNE ends a group that never began", une)
            self._stray_end = True
            return
        if not _same_number(une.at(1), len(self._group)):
            detail = f"UNE-01 says {une.at(1)!r}, there are {len(self._group)} messages"
            self._blame(self._group, "TRANSACTION_COUNT_WRONG", detail, une)
        self._compare(self._group, "UNE-02", une, "UNG-05", self._ung.at(5))
        self._ung, self._group = None, []

    def _end(self, unz: Segment) -> None:
        if self._ung is not None:
            self._blame(self._group, "ENVELOPE_CUT", "the group has no UNE", unz)
        counted = self._groups or sum(1 for each in self._all if not each.stray)
        if not _same_number(unz.at(1), counted):
            things = "groups" if self._groups else "messages"
            detail = f"UNZ-01 says {unz.at(1)!r}, there are {counted} {things}"
            self._blame(self._all, "GROUP_COUNT_WRONG", detail, unz)
        self._compare(self._all, "UNZ-02", unz, "UNB-05", self._unb.at(5))

    def _compare(self, whose: list[_Open], end: str, at: Segment, begin: str, number: str) -> None:
        if at.at(2) != number:
            detail = f"{end} says {at.at(2)!r}, {begin} says {number!r}"
            self._blame(whose, "CONTROL_NUMBER_WRONG", detail, at)

    def _blame(self, whose: list[_Open], code: str, detail: str, at: Segment) -> None:
        place = Place(file=self._file, byte_offset=at.offset, field=at.tag[:8])
        for message in whose:
            message.faults.append(IntakeFault(code=code, detail=detail, place=place))

    def _refuse(self, open_: _Open, code: str, detail: str, at: Segment | None = None) -> None:
        where = at or open_.segments[0]
        place = Place(file=self._file, byte_offset=where.offset, field=where.tag[:8])
        open_.faults.append(IntakeFault(code=code, detail=detail, place=place, refused=True))


def _same_number(text: str, count: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) == count
