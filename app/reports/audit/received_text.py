"""The bytes of a delivery as a person reads them: by segment, by field, by line, or by byte.

Nothing is read out of them here, they are only broken into lines; what cannot be printed is shown
as its hexadecimal value. The lines of one message among many are marked.
"""

import json
from collections.abc import Iterable, Iterator

import msgspec

from app.evidence.intake.offending import printable

MOST = 64 * 1024
"""Bytes that are shown; all of them are handed out by the download."""
BYTES_A_LINE = 16
_ISA = 106
"""The length of the segment by which every X12 interchange begins; its last byte ends segments."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line, and whether it belongs to the message that is looked at."""

    text: str
    mine: bool = False


class ReceivedText(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a delivery."""

    form: str
    """`X12 segments`, `JSON`, `text` or `bytes`."""
    lines: tuple[Line, ...]
    cut: bool
    """Whether it is longer than is shown."""


def received_text(raw: bytes, message_id: str) -> ReceivedText:
    """The delivery by lines, with those of one of its messages marked.

    Args:
        raw: all that was delivered.
        message_id: the message by the id it was recorded under; empty where it had none.
    """
    shown = raw[:MOST]
    form, lines = _read(shown.lstrip(b"\xef\xbb\xbf \t\r\n"), message_id, whole=len(raw) <= MOST)
    return ReceivedText(form=form, lines=tuple(lines), cut=len(raw) > MOST)


def _read(raw: bytes, message_id: str, *, whole: bool) -> tuple[str, Iterable[Line]]:
    if raw.startswith(b"ISA") and len(raw) >= _ISA:
        return "X12 segments", _segments(raw, message_id.rpartition(":")[2])
    documents = _documents(raw) if whole else None
    if documents is not None:
        return "JSON", _fields(documents, message_id)
    if _is_text(raw):
        return "text", (Line(printable(line)) for line in raw.splitlines())
    return "bytes", _dump(raw)


def _segments(raw: bytes, control_number: str) -> Iterator[Line]:
    """One segment a line; those from the ST with the control number to its SE are marked."""
    element, end = raw[3:4], raw[_ISA - 1 : _ISA]
    mine = False
    for segment in raw.split(end):
        bare = segment.strip(b"\r\n")
        if not bare:
            continue
        parts = bare.split(element)
        if parts[0] == b"ST":
            mine = parts[2:3] == [control_number.encode()]
        yield Line(printable(bare + end) if end.isascii() else printable(bare), mine)
        if parts[0] == b"SE":
            mine = False


def _documents(raw: bytes) -> list[bytes] | None:
    """The JSON documents in it: one, those of a list, or one a line; None where it is no JSON."""
    found = _json(raw)
    if found is not None:
        return found
    lines = [_json(line) for line in raw.splitlines() if line.strip()]
    known = [each for line in lines if line is not None for each in line]
    return known if lines and all(line is not None for line in lines) else None


def _json(text: bytes) -> list[bytes] | None:
    if not text.startswith((b"{", b"[")):
        return None
    try:
        if text.startswith(b"{"):
            msgspec.json.decode(text)
            return [text]
        return [bytes(each) for each in msgspec.json.decode(text, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError):
        return None


def _fields(documents: list[bytes], message_id: str) -> Iterator[Line]:
    """One field a line, numbers as they were sent; the event with the id is marked."""
    for document in documents:
        mine = len(documents) > 1 and _id_of(document) == message_id
        for line in msgspec.json.format(document, indent=2).splitlines():
            yield Line(printable(line), mine)


def _id_of(document: bytes) -> str:
    event = json.loads(document, parse_float=str)
    found = event.get("id") if isinstance(event, dict) else None
    return found if isinstance(found, str) else ""


def _is_text(raw: bytes) -> bool:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\r\n\t" for sign in text)


def _dump(raw: bytes) -> Iterator[Line]:
    for at in range(0, len(raw), BYTES_A_LINE):
        part = raw[at : at + BYTES_A_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield Line(f"{at:08x}  {part.hex(' '):<47}  {letters}")
