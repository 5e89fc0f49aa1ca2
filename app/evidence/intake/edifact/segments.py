"""Bytes cut into EDIFACT segments, each with its offset in the original bytes.

pydifact reads what stands inside a segment (elements, components, released signs). It is given
one segment at a time, because it knows no offsets, stops a whole file at its first mistake, and
takes the letters `'UNA` anywhere in a text for a new beginning.
"""

import msgspec
from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from app.evidence.intake.enveloped.segments import Cut, NoDelimitersError, past_blanks

UNA, UNB = b"UNA", b"UNB"
ADVICE_LENGTH = 9
"""UNA and its six signs, which no terminator follows."""
NO_RELEASE = "\x00"
"""Stands for the release sign where there is none; zero bytes never reach pydifact."""
CHARACTER_SETS = {
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
}
"""Syntax identifiers (0001) whose texts are neither UTF-8 nor Latin-1."""


class Segment(msgspec.Struct, frozen=True):
    """One segment; `offset` counts bytes of the original file to its first letter."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    offset: int
    problem: str = ""
    """Why it could not be read; then it has neither tag nor elements."""

    def at(self, element: int, component: int = 1) -> str:
        """The component, both counted from 1 (`STS-02` is 2); empty where it was left out."""
        found = self.elements[element - 1] if element <= len(self.elements) else ()
        return found[component - 1] if component <= len(found) else ""


class Delimiters(msgspec.Struct, frozen=True):
    """The signs of one interchange; without a UNA they are `:+.? '`."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    terminator: str = "'"

    @property
    def characters(self) -> Characters:
        """The same for pydifact."""
        signs = (self.component, self.element, self.decimal, self.release, " ", self.terminator)
        return Characters.from_str("".join(signs))


UNPRINTABLE = Delimiters("\x1f", "\x1d", ".", NO_RELEASE, "\x1c")
"""What level B of the syntax (UNOB) uses where it goes without a UNA."""


def cut(raw: bytes, start: int) -> Cut[Segment]:
    """The segments from the UNA or UNB at `start` to UNZ, the next beginning or the end.

    Raises:
        NoDelimitersError: with a sentence saying what is missing.
    """
    signs, position = _beginning(raw, start)
    read = _Segments(raw, signs)
    segments: list[Segment] = []
    while True:
        position = past_blanks(raw, position)
        if position >= len(raw) or (segments and raw.startswith((UNA, UNB), position)):
            return Cut(tuple(segments), ended=True, next_offset=position)
        end = read.end_of(position)
        segments.append(read.segment(position, end))
        ended = end < len(raw)
        position = end + 1
        if segments[-1].tag == "UNZ" or not ended:
            return Cut(tuple(segments), ended, next_offset=min(position, len(raw)))


def _beginning(raw: bytes, start: int) -> tuple[Delimiters, int]:
    """The delimiters, and where UNB stands."""
    if not raw.startswith(UNA, start):
        shown = raw[start + len(UNB) : start + len(UNB) + 1]
        if shown == UNPRINTABLE.element.encode():
            return UNPRINTABLE, start
        if shown != b"+":
            raise NoDelimitersError("UNB is not followed by an element separator")
        return Delimiters(), start
    advice = raw[start + len(UNA) : start + ADVICE_LENGTH].decode("latin-1")
    separating = advice[:2] + advice[3:4].strip() + advice[5:]
    if len(advice) < ADVICE_LENGTH - len(UNA) or not all(map(_may_separate, separating)):
        raise NoDelimitersError(f"UNA is followed by {advice!r}, which separates nothing")
    if len(set(separating)) != len(separating):
        raise NoDelimitersError(f"UNA is followed by {advice!r}, where a sign stands twice")
    release = advice[3] if advice[3].strip() else NO_RELEASE
    found = Delimiters(advice[0], advice[1], advice[2], release, advice[5])
    unb = past_blanks(raw, start + ADVICE_LENGTH)
    if not raw.startswith(UNB, unb):
        raise NoDelimitersError("UNA is not followed by UNB")
    return found, unb


def _may_separate(sign: str) -> bool:
    return sign.isascii() and not sign.isalnum() and (sign == "\n" or not sign.isspace())


class _Segments:
    """Reads segments with the signs of one interchange, and in its character set."""

    def __init__(self, raw: bytes, signs: Delimiters) -> None:
        self._raw = raw
        self._signs = signs
        self._terminator = ord(signs.terminator)
        self._release = ord(signs.release) if signs.release != NO_RELEASE else None
        self._codec = "utf-8"

    def end_of(self, position: int) -> int:
        """Where the terminator stands that is not released; the end of bytes without one."""
        released = False
        for at in range(position, len(self._raw)):
            byte = self._raw[at]
            if released:
                released = byte in b"\r\n"  # wrapping between the two
            elif byte == self._release:
                released = True
            elif byte == self._terminator:
                return at
        return len(self._raw)

    def segment(self, start: int, end: int) -> Segment:
        """What stands between, read by pydifact; line breaks inside are wrapping."""
        text = self._text(self._raw[start:end])
        try:
            found = _parsed(text + self._signs.terminator, self._signs.characters)
        except EDISyntaxError as error:
            return Segment("", (), start, str(error).removeprefix("EDIFACT Syntax Error: "))
        tag, *elements = found or [""]
        if not isinstance(tag, str) or not tag.strip():
            return Segment("", (), start, "the segment has no tag")
        segment = Segment(tag.strip(), tuple(map(_components, elements)), start)
        if segment.tag == "UNB":
            self._codec = CHARACTER_SETS.get(segment.at(1), "utf-8")
        return segment

    def _text(self, data: bytes) -> str:
        """In the interchange's character set, or Latin-1 where it is not in it."""
        data = data.replace(b"\x00", b"").replace(b"\r", b"").replace(b"\n", b"")
        try:
            return data.decode(self._codec)
        except UnicodeDecodeError:
            return data.decode("latin-1")


def _parsed(text: str, characters: Characters) -> list[str | list[str]]:
    """The tag and the elements of the only segment in the text."""
    tokens = Tokenizer().get_tokens(text, characters)
    segments = list(Parser().convert_tokens_to_raw_segments(tokens))
    return segments[0] if segments else []


def _components(element: str | list[str]) -> tuple[str, ...]:
    parts = [element] if isinstance(element, str) else element
    return tuple(part.strip() for part in parts)
