"""JSON bytes to events: one object, an array, or one object a line.

Numbers with a point are taken from their text, so that no binary float ever stands between
a sender's 0.1 and ours. Keys given twice, NaN and Infinity are refused.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from app.errors import Place
from app.evidence.intake.canonical import read_event
from app.evidence.intake.received import MessageHead, Received, refusal

HEAD = MessageHead(format="cloudevents")
LONGEST_NUMBER = 60


class _RefusedError(ValueError):
    """Valid JSON perhaps, but with more than one meaning or none we can hold."""


def read_json(raw: bytes, start: int, file: str, tenant: str, actor: str) -> tuple[Received, ...]:
    """What each event says, in their order; text that is no JSON is refused as a whole.

    Of one event a line, each line stands for itself.
    """
    try:
        text = raw[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        return (_not_json("the text is not UTF-8", file, start + error.start),)
    if _is_one_a_line(text):
        return tuple(
            received
            for offset, line in _lines(text, start)
            for received in _read_document(line, offset, file, tenant, actor)
        )
    return _read_document(text, start, file, tenant, actor)


def _is_one_a_line(text: str) -> bool:
    """Whether it is no JSON as a whole, but its first two lines each begin an object."""
    lines = (line for line in text.split("\n") if line.strip())
    begins = [line.lstrip()[:1] for line in itertools.islice(lines, 2)]
    if begins != ["{", "{"]:
        return False
    try:
        _parsed(text)
    except (ValueError, RecursionError):
        return True
    return False


def _lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Each line that is not blank, with the byte offset of its first character."""
    offset = start
    for line in text.split("\n"):
        if line.strip():
            yield offset, line
        offset += len(line.encode("utf-8")) + 1


def _read_document(
    text: str, offset: int, file: str, tenant: str, actor: str
) -> tuple[Received, ...]:
    try:
        found = _parsed(text)
    except json.JSONDecodeError as error:
        at = offset + len(text[: error.pos].encode("utf-8"))
        what = "the text ends inside the JSON" if error.pos >= len(text.rstrip()) else error.msg
        what = "more text after the end of the JSON" if error.msg == "Extra data" else what
        return (_not_json(what, file, at),)
    except ValueError as error:
        at = offset + len(text[: _constant_at(text)].encode("utf-8"))
        return (_not_json(str(error), file, at),)
    except RecursionError:
        return (_not_json("objects and arrays are nested too deep", file, offset),)
    if isinstance(found, list):
        if not found:
            return (_not_json("the batch holds no event", file, offset),)
        return tuple(
            read_event(event, f"$[{at}]", file, tenant, actor) for at, event in enumerate(found)
        )
    return (read_event(found, "$", file, tenant, actor),)


def _parsed(text: str) -> Any:
    return json.loads(
        text,
        parse_float=_decimal,
        parse_int=_whole,
        parse_constant=_refuse_constant,
        object_pairs_hook=_object,
    )


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise _RefusedError(f"the number {text[:20]}... is too long")
    return Decimal(text)


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _RefusedError(f"the number {text[:20]}... is too long")
    return int(text)


_string_or_constant = re.compile(r'"(?:\\.|[^"\\])*"|(NaN|-?Infinity)')


def _constant_at(text: str) -> int:
    """Where the first NaN or Infinity stands outside of a text, or the beginning."""
    found = (match for match in _string_or_constant.finditer(text) if match.group(1))
    return next((match.start() for match in found), 0)


def _refuse_constant(text: str) -> NoReturn:
    raise _RefusedError(f"{text} is not a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice, _ = counted.most_common(1)[0]
        raise _RefusedError(f"the key {twice[:60]!r} is given twice in one object")
    return found


def _not_json(what: str, file: str, offset: int) -> Received:
    place = Place(file=file, byte_offset=offset)
    return refusal(HEAD, "JSON_UNREADABLE", what, place)
