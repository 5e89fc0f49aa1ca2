"""Whether what was stored comes out again, to the byte, and where it first does not."""

import msgspec

from app.digest import digest

AROUND = 60
"""So many bytes before and after the first difference are shown."""


class BytesCompared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a decision as it was stored, and as it came out again."""

    part: str
    stored_digest: str
    stored_length: int
    again_digest: str
    again_length: int
    offset: int | None = None
    """The first byte that differs, from 0; None where none does."""
    stored_around: str = ""
    again_around: str = ""

    @property
    def identical(self) -> bool:
        """Whether no byte differs."""
        return self.offset is None


def bytes_compared(part: str, stored: bytes, again: bytes) -> BytesCompared:
    """Both with length and digest, and the text around the first difference."""
    offset = None if stored == again else _first_difference(stored, again)
    return BytesCompared(
        part=part,
        stored_digest=digest(stored),
        stored_length=len(stored),
        again_digest=digest(again),
        again_length=len(again),
        offset=offset,
        stored_around="" if offset is None else _around(stored, offset),
        again_around="" if offset is None else _around(again, offset),
    )


def _first_difference(one: bytes, other: bytes) -> int:
    for offset, (this, that) in enumerate(zip(one, other, strict=False)):
        if this != that:
            return offset
    return min(len(one), len(other))


def _around(text: bytes, offset: int) -> str:
    return text[max(0, offset - AROUND) : offset + AROUND].decode("utf-8", "replace")
