"""Segments put into messages, and the envelope's counts and numbers compared.

The counts and numbers at the ends of messages, groups and interchanges are wrong in a third of
real files, so a wrong one is a fault of the messages it encloses and only a strict partner is
refused for it. A message whose end is missing was cut: nobody knows what else it would have
said, so it says nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic

import msgspec

from app.errors import Place
from app.evidence.intake.enveloped.segments import BLANKS, Cut, NoDelimitersError, S
from app.evidence.intake.received import IntakeFault

NO_DELIMITERS = "NO_DELIMITERS"
LONGEST_COUNT = 19


class Level(msgspec.Struct, frozen=True):
    """A message, a group or an interchange: the segments around it.

    The first element of the end counts what is enclosed; the second repeats the number that
    stands in element `number` of the beginning.
    """

    begins: str
    ends: str
    number: int


class Syntax(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """How one syntax envelops its messages, and what its people call the parts."""

    interchange: Level
    group: Level
    message: Level
    called: str
    """What a message is called: `transaction`."""
    element: str
    """How an element of the envelope is written: `{}-{:02}` writes `UNT-01`."""
    zeros_count: bool
    """Whether 0007 is another number than 7."""
    missing: S
    """Stands for a segment that is not there."""
    cut: Callable[[bytes, int], Cut[S]]
    """The interchange that begins at an offset; raises `NoDelimitersError`."""
    next_interchange: Callable[[bytes, int], int]
    """Where the next one may begin from an offset on; the length of the bytes without one."""

    @property
    def no_group_end(self) -> str:
        """What is said of a group that is not ended."""
        return f"the group has no {self.group.ends}"


class Enclosed(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """One message with its envelope; what was wrong with either are its faults."""

    interchange: S
    """ISA or UNB."""
    group: S
    """GS or UNG; missing where it stands in no group."""
    header: S
    """ST or UNH; missing where the segments stand outside a message."""
    segments: tuple[S, ...]
    faults: tuple[IntakeFault, ...]
    included: str = ""
    """How many messages the group's end said it holds; empty where it has no end."""


def all_enclosed(
    raw: bytes, start: int, file: str, syntax: Syntax[S], walk: type["Interchange[S]"]
) -> tuple[Enclosed[S], ...]:
    """Every message of every interchange from `start` on, in the order they stand.

    What is no message (bytes between interchanges, segments outside a message) comes as one
    with a refused fault, so that nothing of a file disappears.
    """
    found: list[Enclosed[S]] = []
    position = start
    while position < len(raw):
        try:
            piece = syntax.cut(raw, position)
        except NoDelimitersError as error:
            if not (found and found[-1].faults and found[-1].faults[0].code == NO_DELIMITERS):
                found.append(_nothing(position, file, syntax, NO_DELIMITERS, str(error)))
            position = syntax.next_interchange(raw, position + 1)
            continue
        found += walk(piece, syntax, file).enclosed()
        position = syntax.next_interchange(raw, piece.next_offset)
        if raw[piece.next_offset : position].strip(BLANKS):
            detail = "bytes after the end of the interchange"
            found.append(_nothing(piece.next_offset, file, syntax, "BYTES_OUTSIDE", detail))
    return tuple(found)


def _nothing(offset: int, file: str, syntax: Syntax[S], code: str, detail: str) -> Enclosed[S]:
    place = Place(file=file, byte_offset=offset)
    fault = IntakeFault(code=code, detail=detail, place=place, refused=True)
    none = syntax.missing
    return Enclosed(interchange=none, group=none, header=none, segments=(), faults=(fault,))


class Open(Generic[S]):
    """A message while its envelope is still being read."""

    def __init__(self, group: S, first: S, *, stray: bool) -> None:
        self.group = group
        self.segments = [first]
        self.stray = stray
        self.faults: list[IntakeFault] = []
        self.included = ""


class Interchange(ABC, Generic[S]):
    """Walks over the segments of one interchange; each syntax says what its tags do."""

    def __init__(self, piece: Cut[S], syntax: Syntax[S], file: str) -> None:
        self._segments = piece.segments
        self._ended = piece.ended
        self._syntax = syntax
        self._file = file
        self._header = piece.segments[0]
        self._group_header: S | None = None
        self._open: Open[S] | None = None
        self._all: list[Open[S]] = []
        self._group: list[Open[S]] = []
        self._groups = 0
        self._stray_end = False

    def enclosed(self) -> list[Enclosed[S]]:
        """What stands in the interchange."""
        for segment in self._segments[1:]:
            self._take(segment)
        self._leave_message("the bytes end")
        self._leave(self._segments[-1])
        if not self._all:
            nothing = Open(self._syntax.missing, self._header, stray=True)
            self._all.append(nothing)
            detail = f"the interchange holds no {self._syntax.called}"
            self._refuse(nothing, "NO_TRANSACTION", detail)
        return [self._closed(each) for each in self._all]

    @abstractmethod
    def _take(self, segment: S) -> None:
        """Begin or end what the segment begins or ends, else put it where it belongs."""

    def _closed(self, message: Open[S]) -> Enclosed[S]:
        return Enclosed(
            interchange=self._header,
            group=message.group,
            header=self._syntax.missing if message.stray else message.segments[0],
            segments=tuple(message.segments),
            faults=tuple(message.faults),
            included=message.included,
        )

    def _put(self, segment: S, problem: str = "") -> None:
        """A segment that begins and ends nothing: of the open message, or of none."""
        if self._open:
            self._open.segments.append(segment)
        elif not (self._all and self._all[-1].stray):  # one refusal tells of all of them
            detail = f"segment {segment.tag[:8]!r} stands outside a {self._syntax.called}"
            self._refuse(self._enter(segment), "SEGMENT_OUTSIDE", problem or detail)

    def _enter(self, segment: S) -> Open[S]:
        stray = segment.tag != self._syntax.message.begins
        entered = Open(self._group_header or self._syntax.missing, segment, stray=stray)
        self._all.append(entered)
        if not stray:
            self._group.append(entered)
        return entered

    def _begin_message(self, header: S) -> Open[S]:
        self._leave_message("the next one begins")
        self._open = self._enter(header)
        return self._open

    def _end_message(self, message: Open[S], end: S, *, torn: bool) -> None:
        self._open = None
        message.segments.append(end)
        if torn:
            self._refuse(message, "TRANSACTION_CUT", f"the bytes end inside {end.tag}")
            return
        held = len(message.segments)
        self._count([message], "SEGMENT_COUNT_WRONG", end, held, "segments")
        self._compare([message], self._syntax.message, message.segments[0], end)

    def _leave_message(self, why: str) -> None:
        if self._open:
            detail = f"no {self._syntax.message.ends} before {why}"
            self._refuse(self._open, "TRANSACTION_CUT", detail)
            self._open = None

    def _is_torn(self, end: S) -> bool:
        """Whether the bytes end within this segment."""
        return end is self._segments[-1] and not self._ended

    def _begin_group(self, header: S) -> None:
        self._group_header = header
        self._groups += 1

    def _end_group(self, end: S) -> None:
        self._leave_message("the group ends")
        if self._group_header is None:
            if not self._stray_end:  # once is enough to say it
                detail = f"{end.tag} ends a group that never began"
                self._blame(self._all, "ENVELOPE_CUT", detail, end)
            self._stray_end = True
            return
        for held in self._group:
            held.included = end.at(1)
        things = f"{self._syntax.called}s"
        self._count(self._group, "TRANSACTION_COUNT_WRONG", end, len(self._group), things)
        self._compare(self._group, self._syntax.group, self._group_header, end)
        self._group_header, self._group = None, []

    def _leave_group(self, at: S) -> None:
        if self._group_header is not None:
            self._blame(self._group, "ENVELOPE_CUT", self._syntax.no_group_end, at)
            self._group_header, self._group = None, []

    def _end(self, end: S, counted: int, things: str) -> None:
        self._count(self._all, "GROUP_COUNT_WRONG", end, counted, things)
        self._compare(self._all, self._syntax.interchange, self._header, end)

    def _leave(self, last: S) -> None:
        ends = self._syntax.interchange.ends
        if last.tag != ends:
            self._blame(self._all, "ENVELOPE_CUT", f"the interchange has no {ends}", last)

    def _count(self, whose: list[Open[S]], code: str, end: S, counted: int, things: str) -> None:
        said = end.at(1)
        if not _same_number(said, counted):
            name = self._syntax.element.format(end.tag, 1)
            self._blame(whose, code, f"{name} says {said!r}, there are {counted} {things}", end)

    def _compare(self, whose: list[Open[S]], level: Level, begin: S, end: S) -> None:
        ended, begun = end.at(2), begin.at(level.number)
        zeros = "" if self._syntax.zeros_count else "0"
        if ended.lstrip(zeros) != begun.lstrip(zeros):
            last = self._syntax.element.format(level.ends, 2)
            first = self._syntax.element.format(level.begins, level.number)
            detail = f"{last} says {ended!r}, {first} says {begun!r}"
            self._blame(whose, "CONTROL_NUMBER_WRONG", detail, end)

    def _blame(self, whose: list[Open[S]], code: str, detail: str, at: S) -> None:
        fault = IntakeFault(code=code, detail=detail, place=self._place(at))
        for message in whose:
            message.faults.append(fault)

    def _refuse(self, message: Open[S], code: str, detail: str, at: S | None = None) -> None:
        place = self._place(at or message.segments[0])
        message.faults.append(IntakeFault(code=code, detail=detail, place=place, refused=True))

    def _place(self, at: S) -> Place:
        return Place(file=self._file, byte_offset=at.offset, field=at.tag[:8])


def _same_number(text: str, count: int) -> bool:
    short = text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT
    return short and int(text) == count
