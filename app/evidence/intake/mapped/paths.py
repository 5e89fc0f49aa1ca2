"""Paths into somebody's JSON: `tracking_details[*].status`, `^.tracking_code`, `$.id`.

    name          the value of a key
    [2]           an item of a list, counted from 0
    [*]           every item of a list, or the object itself where one stands without a list
    [key=text]    the items (or the object itself) whose key has this value
    $             the whole document
    ^             the object in which the item stands, whatever lists are between them

A path that leads nowhere gives no value; null and the empty text are no value either. Of a
table a path is the name of a column, as it stands.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

PARSED = 4096
"""Paths kept parsed; a mapping has some dozens."""

LONGEST_NUMBER = 60
"""Digits of a number that is written out."""

_part = re.compile(
    r"(?P<dot>\.)?(?:(?P<name>[^.\[\]$^=]+)|(?P<root>\$)|(?P<up>\^))"
    r"|\[(?:(?P<every>\*)|(?P<index>\d{1,6})|(?P<key>[^\[\]=]+)=(?P<text>[^\[\]]*))\]"
)


class Step(msgspec.Struct, frozen=True):
    """One step: a name, an index, every item, or those whose key has a value."""

    name: str = ""
    index: int = -1
    every: bool = False
    key: str = ""
    text: str = ""


class Path(msgspec.Struct, frozen=True):
    """A path, parsed."""

    steps: tuple[Step, ...]
    from_root: bool = False
    up: int = 0
    """How many objects further out it begins."""


class Found(msgspec.Struct, frozen=True):
    """A value, where it stands (`$.events[3].id`), and the object it stands in."""

    value: Any
    at: str
    outer: "Found | None" = None


@lru_cache(maxsize=PARSED)
def parsed(text: str) -> Path:
    """The path in a text.

    Raises:
        ValueError: the text is no path.
    """
    steps: list[Step] = []
    root, up, position = False, 0, 0
    while position < len(text):
        found = _part.match(text, position)
        begins = position == 0
        if found is None or (found["name"] and bool(found["dot"]) == begins):
            raise ValueError(f"{text!r} is no path")
        if (found["root"] and not begins) or (found["up"] and (steps or root)):
            raise ValueError(f"{text!r} is no path")
        root, up = root or bool(found["root"]), up + bool(found["up"])
        steps += _steps(found)
        position = found.end()
    if not text:
        raise ValueError("a path is missing")
    return Path(tuple(steps), root, up)


def _steps(found: re.Match[str]) -> Iterable[Step]:
    if found["root"] or found["up"]:
        return ()
    if found["name"]:
        return (Step(name=found["name"]),)
    if found["every"]:
        return (Step(every=True),)
    if found["index"]:
        return (Step(index=int(found["index"])),)
    return (Step(key=found["key"], text=found["text"]),)


def follow(steps: Iterable[Step], start: Found) -> Iterator[Found]:
    """Every value the steps lead to, in the order in which it stands."""
    here: Iterable[Found] = (start,)
    for step in steps:
        here = [each for found in here for each in _next(step, found)]
    return iter(here)


def _next(step: Step, found: Found) -> Iterator[Found]:
    value = found.value
    if step.name:
        if isinstance(value, dict) and step.name in value:
            yield Found(value[step.name], f"{found.at}.{step.name}", found)
    elif isinstance(value, dict):
        if step.every or (step.key and as_text(value.get(step.key)) == step.text):
            yield found
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if _wanted(step, at, item):
                yield Found(item, f"{found.at}[{at}]", found.outer)


def _wanted(step: Step, at: int, item: object) -> bool:
    if step.key:
        return isinstance(item, dict) and as_text(item.get(step.key)) == step.text
    return step.every or at == step.index


def as_text(value: object) -> str | None:
    """A single JSON value as a text, or None where it is no single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, Decimal):
        # Written out, a great exponent would fill the memory.
        return f"{value:f}" if abs(value.adjusted()) < LONGEST_NUMBER else str(value)
    return None
