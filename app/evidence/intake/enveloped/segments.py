"""Segments as both syntaxes have them: a tag, elements, and where in the bytes it begins."""

from typing import Generic, Protocol, TypeVar

import msgspec

BLANKS = b" \t\r\n\x00\x1a"
"""Layout where it stands between segments."""


class Segment(Protocol):
    """A segment of X12 or EDIFACT."""

    @property
    def tag(self) -> str:
        """Its first letters: `AT7`."""

    @property
    def offset(self) -> int:
        """How many bytes of the original file stand before its first letter."""

    def at(self, element: int, /) -> str:
        """The element counted from 1, of a composite its first component; empty without one."""


S = TypeVar("S", bound=Segment)


class NoDelimitersError(Exception):
    """The beginning does not show how the interchange is separated."""


class Cut(msgspec.Struct, Generic[S], frozen=True):
    """The segments of one interchange; `ended` tells whether the last was terminated."""

    segments: tuple[S, ...]
    ended: bool
    next_offset: int
    """Where what follows the interchange begins."""


def past_blanks(raw: bytes, position: int) -> int:
    """The next byte that is no layout."""
    while position < len(raw) and raw[position] in BLANKS:
        position += 1
    return position
