"""What stands at the place a fault names: the bytes around an offset, a line, or a JSON value.

For people who mend messages: what cannot be printed is shown as its hexadecimal value, and nothing
is longer than fits on a screen.
"""

import json
import re
from typing import Any

import msgspec

from app.errors import Place

AROUND = 60
"""Bytes shown before and after the place."""
LONGEST = 400

_step = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class Offending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong, as it was sent; one of the three, by what the place could say."""

    before: str = ""
    """The bytes before the place; what is wrong begins where it ends."""
    here: str = ""
    """The bytes from the place on, or the line, or the JSON value."""
    path: str = ""
    """The part of the JSON path that is there, where the place is a path."""


def offending(raw: bytes, place: Place, message_id: str = "") -> Offending:
    """What stands at the place.

    Args:
        raw: the delivery, whole.
        place: where the fault is.
        message_id: which of many events it is, where each stands on a line of its own.
    """
    if place.byte_offset is not None:
        at = min(place.byte_offset, len(raw))
        start = max(0, at - AROUND)
        return Offending(before=printable(raw[start:at]), here=printable(raw[at : at + AROUND]))
    if place.field.startswith("$"):
        return _json_value(raw, place.field, message_id)
    if place.line is not None:
        lines = raw.splitlines()
        line = lines[place.line - 1] if 0 < place.line <= len(lines) else b""
        return Offending(here=printable(line)[:LONGEST])
    return Offending(here=printable(raw[:AROUND]))


def printable(raw: bytes) -> str:
    r"""The bytes as text, with what is no printable character as `\x1e`."""
    return "".join(
        sign if sign.isprintable() and sign != "\\" else _escaped(sign)
        for sign in raw.decode("utf-8", "surrogateescape")
    )


def _escaped(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))


def _json_value(raw: bytes, field: str, message_id: str) -> Offending:
    document = _document(raw, message_id)
    found, path = document, "$"
    for step in _step.finditer(field):
        name, index = step.groups()
        key: Any = name if index is None else int(index)
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            break
        path += step.group()
    text = json.dumps(found, ensure_ascii=True, default=str)
    return Offending(here=text if len(text) <= LONGEST else text[:LONGEST] + "...", path=path)


def _document(raw: bytes, message_id: str) -> Any:
    """The document, or of one event a line the event with this id."""
    text = raw.decode("utf-8", "replace").lstrip("\ufeff")
    whole = _parsed(text)
    if whole is not None:
        return whole
    events = [_parsed(line) for line in text.split("\n")]
    ids = (each for each in events if isinstance(each, dict) and each.get("id") == message_id)
    return next(ids, None)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return None
