"""Bytes cut into X12 segments, each with its offset in the original bytes.

The delimiters stand in the ISA segment: by position where it has its 106 characters, else
by counting its sixteen separators, because ISA segments come trimmed and wrapped. Blanks
before a segment are layout; line breaks inside one are wrapping unless they terminate it.
"""

import msgspec

from app.evidence.intake.enveloped.segments import BLANKS, Cut, NoDelimitersError, past_blanks

ISA = b"ISA"
ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
"""Where the sixteen separators stand in an ISA of full length."""
LONGEST_ISA = 200
LONGEST_TERMINATOR = 3


class Segment(msgspec.Struct, frozen=True):
    """One segment; `offset` counts bytes of the original file to its first letter."""

    tag: str
    elements: tuple[str, ...]
    offset: int

    def at(self, position: int) -> str:
        """The element counted from 1 as in the standard (`B3-07` is 7), without blanks.

        An element that was left out is the empty text.
        """
        return self.elements[position - 1] if position <= len(self.elements) else ""


class Delimiters(msgspec.Struct, frozen=True):
    """What separates elements and ends segments in one interchange."""

    element: bytes
    terminator: bytes
    """A line break, or up to three bytes around which line breaks are layout."""

    @property
    def by_line(self) -> bool:
        """Whether each line is a segment."""
        return self.terminator in {b"\n", b"\r"}


def delimiters_at(raw: bytes, start: int) -> Delimiters:
    """The delimiters of the ISA segment that begins at `start`.

    Raises:
        NoDelimitersError: with a sentence saying what is missing.
    """
    element = raw[start + 3 : start + 4]
    if not element or element.isalnum() or element in BLANKS:
        raise NoDelimitersError("ISA is not followed by an element separator")
    last = _sixteenth_separator(raw, start, element)
    return Delimiters(element, _terminator_after(raw, last, element))


def _isa_within(raw: bytes, start: int, end: int) -> int:
    """Where an ISA of full length begins between two offsets, -1 if none does.

    Nothing else has a separator at each of its sixteen places, so that bytes torn off before
    it are no reason to lose it.
    """
    at = raw.find(ISA, start, end)
    while at >= 0:
        element = raw[at + 3 : at + 4]
        apart = element and not element.isalnum() and element not in BLANKS
        if apart and all(raw[at + each : at + each + 1] == element for each in ISA_SEPARATORS):
            return at
        at = raw.find(ISA, at + 1, end)
    return -1


def _sixteenth_separator(raw: bytes, start: int, element: bytes) -> int:
    if all(raw[start + at : start + at + 1] == element for at in ISA_SEPARATORS):
        return start + ISA_SEPARATORS[-1]
    if _isa_within(raw, start + 1, start + LONGEST_ISA) >= 0:
        raise NoDelimitersError("the ISA segment is torn: another one begins inside it")
    position = start
    for _ in ISA_SEPARATORS:
        position = raw.find(element, position + 1, start + LONGEST_ISA)
        if position < 0:
            raise NoDelimitersError("the ISA segment does not have sixteen elements")
    return position


def _terminator_after(raw: bytes, last_separator: int, element: bytes) -> bytes:
    """What stands between ISA16 (one byte, the component separator) and the next segment.

    A wrapped ISA may break the line before ISA16 or before its terminator.
    """
    position = last_separator + 1
    while raw[position : position + 1] in {b"\r", b"\n"}:
        position += 1
    rest = raw[position + 1 : position + 1 + LONGEST_ISA]
    tags = (rest.find(tag + element) for tag in (b"GS", b"TA1", b"IEA"))
    found = [at for at in tags if at >= 0]
    between = rest[: min(found)] if found else rest[:1]
    bare = between.strip(BLANKS)
    if len(bare) > LONGEST_TERMINATOR:  # something unknown stands before the group
        return bare[:1]
    if bare:
        return bare
    if b"\n" in between:
        return b"\n"
    if b"\r" in between:
        return b"\r"
    raise NoDelimitersError("the ISA segment is not ended by a segment terminator")


def cut(raw: bytes, start: int, delimiters: Delimiters) -> Cut[Segment]:
    """The segments from the ISA at `start` to its IEA, the next ISA or the end of bytes.

    A next ISA may stand in the middle of a segment, where the interchange was torn off.
    """
    segments: list[Segment] = []
    position = start
    next_isa = ISA + delimiters.element
    while True:
        position = past_blanks(raw, position)
        if position >= len(raw) or (segments and raw.startswith(next_isa, position)):
            return Cut(tuple(segments), ended=True, next_offset=position)
        end = raw.find(delimiters.terminator, position)
        ended = end >= 0
        torn_at = _isa_within(raw, position + 1, end if ended else len(raw))
        if torn_at >= 0:
            segments.append(_segment(raw[position:torn_at], position, delimiters))
            return Cut(tuple(segments), ended=False, next_offset=torn_at)
        segments.append(_segment(raw[position : end if ended else None], position, delimiters))
        position = end + len(delimiters.terminator) if ended else len(raw)
        if segments[-1].tag == "IEA" or not ended:
            return Cut(tuple(segments), ended=ended, next_offset=position)


def _segment(data: bytes, offset: int, delimiters: Delimiters) -> Segment:
    if not delimiters.by_line:
        data = data.replace(b"\r", b"").replace(b"\n", b"")
    tag, *elements = (_text(element) for element in data.split(delimiters.element))
    return Segment(tag, tuple(elements), offset)


def _text(data: bytes) -> str:
    """UTF-8, or Latin-1 where it is not: X12 does not say which. Zero bytes are padding."""
    data = data.replace(b"\x00", b"")
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data.decode("latin-1").strip()
