"""Segments put into transactions, and the envelope's counts and numbers compared.

SE01, GE02 or IEA02 are wrong in a third of real files, so a wrong one is a fault of the
transactions it encloses and only a strict partner is refused for it. A transaction whose
SE is missing was cut: nobody knows what else it would have said, so it says nothing.
"""

import msgspec

from app.errors import Place
from app.evidence.intake.received import IntakeFault
from app.evidence.intake.x12.segments import (
    BLANKS,
    ISA,
    Cut,
    NoDelimitersError,
    Segment,
    cut,
    delimiters_at,
)

MISSING = Segment("", (), 0)
"""Stands for an ISA or GS that is not there."""

NO_DELIMITERS = "NO_DELIMITERS"
NO_GROUP_END = "the group has no GE"


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """One ST to SE with its envelope; `refused_for` is empty when it can be read."""

    isa: Segment
    gs: Segment
    segments: tuple[Segment, ...]
    faults: tuple[IntakeFault, ...]
    included: str = ""
    """GE-01, how many transactions the group said it holds; empty where it has no GE."""


def transactions(raw: bytes, start: int, file: str) -> tuple[Transaction, ...]:
    """Every transaction of every interchange from `start` on, in the order they stand.

    What is no transaction (bytes between interchanges, segments outside ST and SE) comes
    as one with a refused fault, so that nothing of a file disappears.
    """
    found: list[Transaction] = []
    position = start
    while position < len(raw):
        try:
            piece = cut(raw, position, delimiters_at(raw, position))
        except NoDelimitersError as error:
            if not (found and found[-1].faults and found[-1].faults[0].code == NO_DELIMITERS):
                found.append(_nothing(position, file, NO_DELIMITERS, str(error)))
            position = _next_interchange(raw, position + 1)
            continue
        found += _Interchange(piece, file).transactions()
        position = _next_interchange(raw, piece.next_offset)
        if position > piece.next_offset and raw[piece.next_offset : position].strip(BLANKS):
            detail = "bytes after the end of the interchange"
            found.append(_nothing(piece.next_offset, file, "BYTES_OUTSIDE", detail))
    return tuple(found)


def _next_interchange(raw: bytes, position: int) -> int:
    following = raw.find(ISA, position)
    return following if following >= 0 else len(raw)


def _nothing(offset: int, file: str, code: str, detail: str) -> Transaction:
    place = Place(file=file, byte_offset=offset)
    fault = IntakeFault(code=code, detail=detail, place=place, refused=True)
    return Transaction(isa=MISSING, gs=MISSING, segments=(), faults=(fault,))


class _Open:
    """A transaction while its envelope is still being read."""

    def __init__(self, isa: Segment, gs: Segment | None, first: Segment) -> None:
        self.isa = isa
        self.gs = gs
        self.segments = [first]
        self.stray = first.tag != "ST"
        self.faults: list[IntakeFault] = []
        self.included = ""

    def closed(self) -> Transaction:
        """The transaction, now that everything around it was read."""
        return Transaction(
            isa=self.isa,
            gs=self.gs or MISSING,
            segments=tuple(self.segments),
            faults=tuple(self.faults),
            included=self.included,
        )


class _Interchange:
    """Walks over the segments of one interchange."""

    def __init__(self, piece: Cut, file: str) -> None:
        self._segments = piece.segments
        self._ended = piece.ended
        self._file = file
        self._isa = piece.segments[0]
        self._gs: Segment | None = None
        self._open: _Open | None = None
        self._all: list[_Open] = []
        self._group: list[_Open] = []
        self._groups = 0
        self._stray_end = False

    def transactions(self) -> list[Transaction]:
        """What stands in the interchange."""
        for segment in self._segments[1:]:
            self._take(segment)
        last = self._segments[-1]
        self._leave_transaction("the bytes end")
        self._leave_group(last)
        if last.tag != "IEA":
            self._blame(self._all, "ENVELOPE_CUT", "the interchange has no IEA", last)
        if not self._all:
            outside = _Open(self._isa, None, self._isa)
            self._all.append(outside)
            self._refuse(outside, "NO_TRANSACTION", "the interchange holds no transaction")
        return [transaction.closed() for transaction in self._all]

    def _take(self, segment: Segment) -> None:
        match segment.tag:
            case "GS":
                self._leave_transaction("a new group begins")
                self._leave_group(segment)
                self._gs, self._groups = segment, self._groups + 1
            case "ST":
                self._leave_transaction("the next one begins")
                self._open = self._enter(segment)
                if self._gs is None:
                    self._refuse(self._open, "NO_GROUP", "ST stands outside a group")
            case "SE" if self._open:
                self._open.segments.append(segment)
                self._close(self._open, segment)
            case "GE":
                self._leave_transaction("the group ends")
                self._end_group(segment)
            case "IEA":
                self._leave_transaction("the interchange ends")
                self._leave_group(segment)
                self._end(segment)
            case "TA1" if not self._open:
                pass  # acknowledges another interchange; carries no transaction
            case _ if self._open:
                self._open.segments.append(segment)
            case _ if self._all and self._all[-1].stray:
                pass  # one refusal tells of all of them
            case _:
                stray = self._enter(segment)
                detail = f"segment {segment.tag[:8]!r} stands outside a transaction"
                self._refuse(stray, "SEGMENT_OUTSIDE", detail)

    def _enter(self, segment: Segment) -> _Open:
        entered = _Open(self._isa, self._gs, segment)
        self._all.append(entered)
        if segment.tag == "ST":
            self._group.append(entered)
        return entered

    def _leave_transaction(self, why: str) -> None:
        if self._open:
            self._refuse(self._open, "TRANSACTION_CUT", f"no SE before {why}")
            self._open = None

    def _close(self, open_: _Open, se: Segment) -> None:
        self._open = None
        begun = open_.segments[0].at(2)
        if se is self._segments[-1] and not self._ended and se.at(2) != begun:
            self._refuse(open_, "TRANSACTION_CUT", "the bytes end inside SE")
            return
        if not _same_number(se.at(1), len(open_.segments)):
            detail = f"SE01 says {se.at(1)!r}, there are {len(open_.segments)} segments"
            self._blame([open_], "SEGMENT_COUNT_WRONG", detail, se)
        self._compare([open_], "SE02", se, "ST02", begun)

    def _end_group(self, ge: Segment) -> None:
        if self._gs is None:
            if not self._stray_end:  # once is enough to say it
                self._blame(self._all, "ENVELOPE_CUT", "GE ends a group that never began", ge)
            self._stray_end = True
            return
        for held in self._group:
            held.included = ge.at(1)
        if not _same_number(ge.at(1), len(self._group)):
            detail = f"GE01 says {ge.at(1)!r}, there are {len(self._group)} transactions"
            self._blame(self._group, "TRANSACTION_COUNT_WRONG", detail, ge)
        self._compare(self._group, "GE02", ge, "GS06", self._gs.at(6))
        self._gs, self._group = None, []

    def _leave_group(self, at: Segment) -> None:
        if self._gs is not None:
            self._blame(self._group, "ENVELOPE_CUT", NO_GROUP_END, at)
            self._gs, self._group = None, []

    def _end(self, iea: Segment) -> None:
        if not _same_number(iea.at(1), self._groups):
            detail = f"IEA01 says {iea.at(1)!r}, there are {self._groups} groups"
            self._blame(self._all, "GROUP_COUNT_WRONG", detail, iea)
        self._compare(self._all, "IEA02", iea, "ISA13", self._isa.at(13))

    def _compare(self, whose: list[_Open], end: str, at: Segment, begin: str, number: str) -> None:
        if at.at(2).lstrip("0") != number.lstrip("0"):
            detail = f"{end} says {at.at(2)!r}, {begin} says {number!r}"
            self._blame(whose, "CONTROL_NUMBER_WRONG", detail, at)

    def _blame(self, whose: list[_Open], code: str, detail: str, at: Segment) -> None:
        place = Place(file=self._file, byte_offset=at.offset, field=at.tag[:8])
        for transaction in whose:
            transaction.faults.append(IntakeFault(code=code, detail=detail, place=place))

    def _refuse(self, open_: _Open, code: str, detail: str) -> None:
        first = open_.segments[0]
        place = Place(file=self._file, byte_offset=first.offset, field=first.tag[:8])
        open_.faults.append(IntakeFault(code=code, detail=detail, place=place, refused=True))


def _same_number(text: str, count: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) == count
