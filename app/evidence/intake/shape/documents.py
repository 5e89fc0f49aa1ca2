"""The traits of JSON: which keys it has, and of what kind their values are.

A list of documents, and one document a line, are looked at like one document that has what any of
them has. Of CloudEvents each type is looked at by itself: their data have nothing in common.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.evidence.intake.shape.traits import (
    MOST_TRAITS,
    Kind,
    Trait,
    kind_of_text,
    step,
    trait,
    whole,
)

MOST_VALUES = 20_000
"""Of one message; they are looked at from the outside in."""
LONGEST_PATH = 300
"""Beyond it nobody looks further in."""
MOST_ITEMS = 200
"""Of one list; of a longer one as many, spread over it."""

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def document_traits(raw: bytes) -> frozenset[Trait]:
    """What stands in the text; it is unreadable where it is no JSON."""
    try:
        documents = _documents(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset((whole(Kind.UNREADABLE),))
    return frozenset(_traits(_sample(documents)))


def _documents(raw: bytes) -> list[Any]:
    try:
        found = _decoder.decode(raw)
    except msgspec.DecodeError:
        return _decoder.decode_lines(raw)
    return found if isinstance(found, list) else [found]


def _traits(documents: Iterable[Any]) -> Iterator[Trait]:
    """Breadth first, so that what is cut off is the deepest, and without recursion."""
    waiting: deque[tuple[str, str, Any]] = deque()
    for document in documents:
        yield whole(_kind(document))
        root = _root(document)
        if root != "$":
            yield trait(root, "", Kind.OBJECT)
        waiting += _inside(root, "" if root == "$" else root, document)
    seen: set[Trait] = set()
    for _ in range(MOST_VALUES):
        if not waiting or len(seen) >= MOST_TRAITS:
            return
        path, within, value = waiting.popleft()
        found = trait(path, within, _kind(value))
        if found not in seen:
            seen.add(found)
            yield found
        waiting += _inside(path, path, value)


def _root(document: Any) -> str:
    """Where its paths begin: of a CloudEvent at its type."""
    if isinstance(document, dict) and isinstance(document.get("specversion"), str):
        type_ = document.get("type")
        return f"{step(type_)} $" if isinstance(type_, str) else "$"
    return "$"


def _inside(path: str, within: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    if len(path) > LONGEST_PATH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{step(key)}", within, inner
    elif isinstance(value, list):
        for inner in _sample(value):
            yield f"{path}[]", within, inner


def _sample(items: list[Any]) -> list[Any]:
    """All of a short list; of a long one as many as are looked at, from all over it."""
    if len(items) <= MOST_ITEMS:
        return items
    return [items[at * len(items) // MOST_ITEMS] for at in range(MOST_ITEMS)]


def _kind(value: Any) -> Kind:
    match value:
        case None:
            return Kind.NOTHING
        case bool():
            return Kind.YES_NO
        case int() | float():
            return Kind.NUMBER
        case str():
            return kind_of_text(value)
        case list():
            return Kind.LIST
        case _:
            return Kind.OBJECT
