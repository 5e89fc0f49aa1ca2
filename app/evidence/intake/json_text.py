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
from typing import Any, NamedTuple, NoReturn

from app.errors import Place
from app.evidence.intake.canonical import read_event
from app.evidence.intake.received import MessageHead, Received, refusal

HEAD = MessageHead(format="cloudevents")
LONGEST_NUMBER = 60


class _RefusedError(ValueError):
    """Valid JSON perhaps, but with more than one meaning or none we can hold."""


class Document(NamedTuple):
    """One JSON text, parsed with its decimals exact, and the line it stands in as one of many."""

    found: Any
    line: int | None


def read_json(raw: bytes, start: int, file: str, tenant: str, actor: str) -> tuple[Received, ...]:
    """What each event says, in their order; text that is no JSON is refused as a whole.

    Of one event a line, each line stands for itself.
    """
    return tuple(
        received
        for document in documents_in(raw, start, file, HEAD)
        for received in _events(document, start, file, tenant, actor)
    )


def documents_in(
    raw: bytes, start: int, file: str, head: MessageHead
) -> Iterator[Document | Received]:
    """The JSON texts in the bytes: one, or one a line; what is none is refused."""
    try:
        text = raw[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        yield _not_json("the text is not UTF-8", file, start + error.start, head)
        return
    if not _is_one_a_line(text):
        yield _document(text, start, file, head, None)
        return
    for line, offset, part in _lines(text, start):
        yield _document(part, offset, file, head, line)


def _events(
    document: Document | Received, offset: int, file: str, tenant: str, actor: str
) -> Iterator[Received]:
    if isinstance(document, Received):
        yield document
    elif not isinstance(document.found, list):
        yield read_event(document.found, "$", file, tenant, actor)
    elif not document.found:
        yield _not_json("the batch holds no event", file, offset, HEAD)
    else:
        for at, event in enumerate(document.found):
            yield read_event(event, f"$[{at}]", file, tenant, actor)


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


def _lines(text: str, start: int) -> Iterator[tuple[int, int, str]]:
    """Each line that is not blank, with its number and the byte offset of its beginning."""
    offset = start
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, offset, line
        offset += len(line.encode("utf-8")) + 1


def _document(
    text: str, offset: int, file: str, head: MessageHead, line: int | None
) -> Document | Received:
    try:
        return Document(_parsed(text), line)
    except json.JSONDecodeError as error:
        at = offset + len(text[: error.pos].encode("utf-8"))
        what = "the text ends inside the JSON" if error.pos >= len(text.rstrip()) else error.msg
        what = "more text after the end of the JSON" if error.msg == "Extra data" else what
        return _not_json(what, file, at, head)
    except ValueError as error:
        at = offset + len(text[: _constant_at(text)].encode("utf-8"))
        return _not_json(str(error), file, at, head)
    except RecursionError:
        return _not_json("objects and arrays are nested too deep", file, offset, head)


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


def _not_json(what: str, file: str, offset: int, head: MessageHead) -> Received:
    place = Place(file=file, byte_offset=offset)
    return refusal(head, "JSON_UNREADABLE", what, place)
