"""YAML as people typed it: every value is text and knows its file, line and column.

Plain YAML turns the code `NO` into false and `1e3` into a float. Here nothing is guessed:
`load` keeps each scalar as the text that stands in the file, and whoever knows what is
expected there turns it into a number or a date.

What two readers could understand differently is refused: a key given twice, anchors and
aliases, tags, tabs in the indentation, a list or a map used as a key.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

import msgspec
import yaml

from app.errors import FileError, Mistake, Place

DEEPEST = 40
"""How many lists and maps may stand inside each other; no file here needs ten."""
QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as quick, where it was built in."""
_READ_DIFFERENTLY = re.compile(
    r"[\t\r\x85\u2028\u2029\ufeff]|^(?! *#).*?(?:\?|(?<!\w)!|[|>][-+\d]*#)", re.MULTILINE
)
"""Tabs, odd ends of lines, byte order marks and, outside a line of comment, `?`, tags and a comment
close behind `|`: there the quick reader takes for right what is wrong, or understands otherwise."""


class Scalar(msgspec.Struct, frozen=True):
    """One value as text, without its quotes; a value left empty is the empty text."""

    text: str
    place: Place
    quoted: bool = False
    """It stands in quotes or in a block, so an empty text was meant."""


class Sequence(msgspec.Struct, frozen=True):
    """A list, in the order written."""

    items: tuple["Node", ...]
    place: Place


class Mapping(msgspec.Struct, frozen=True):
    """Keys and their values, in the order written; no key occurs twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, key: str) -> "Node | None":
        """The value of a key, or None where the file does not give it."""
        return next((value for name, value in self.entries if name.text == key), None)

    def keys(self) -> tuple[str, ...]:
        """The keys in the order written."""
        return tuple(name.text for name, _ in self.entries)


Node = Scalar | Sequence | Mapping


def load(text: str, file: str) -> list[Node]:
    """The documents of a YAML text, in order; an empty text has none.

    Args:
        text: the whole file.
        file: its name as it should stand in mistakes.

    Raises:
        FileError: with every mistake found, each at its line and column.
    """
    if tabs := list(_tabs_in_indentation(text, file)):
        raise FileError(f"{file} cannot be read", tabs)
    reader = _Reader(file, _events_of(text))
    try:
        documents = reader.documents()
    except yaml.YAMLError as error:
        mistakes = [*reader.mistakes, _syntax_mistake(error, text, file)]
        raise FileError(f"{file} cannot be read", mistakes) from error
    if reader.mistakes:
        raise FileError(f"{file} cannot be read", reader.mistakes)
    return documents


def _events_of(text: str) -> Iterator[yaml.Event]:
    """By the quick reader where both understand the same; the other one says what is wrong."""
    if not _READ_DIFFERENTLY.search(text):
        with suppress(yaml.YAMLError):
            return iter(list(yaml.parse(text, Loader=QUICK)))
    return yaml.parse(text, Loader=yaml.SafeLoader)


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that looks most like `word`, or the empty text if none is near."""
    by_lower = {name.lower(): name for name in allowed}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def _tabs_in_indentation(text: str, file: str) -> Iterator[Mistake]:
    for number, line in enumerate(text.splitlines(), start=1):
        blanks = line[: len(line) - len(line.lstrip())]
        if "\t" in blanks and line.strip():
            yield Mistake(
                place=Place(file=file, line=number, column=blanks.index("\t") + 1),
                what="a tab in the indentation",
                allowed="blanks",
            )


def _syntax_mistake(error: yaml.YAMLError, text: str, file: str) -> Mistake:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        place = Place(file=file, line=mark.line + 1, column=mark.column + 1)
        what = ", ".join(part for part in (error.context, error.problem) if part)
        lines = text.splitlines()
        line = lines[mark.line].strip() if mark.line < len(lines) else ""
        began = error.context_mark
        since = f" (it began in line {began.line + 1})" if began and began.line < mark.line else ""
        reads = f" in `{line}`" if line else " at the end of the file"
        return Mistake(
            place=place, what=f"{what}{since}{reads}", mend=_mended(error.problem or "", line)
        )
    position = getattr(error, "position", 0)
    before = text[:position]
    place = Place(
        file=file,
        line=before.count("\n") + 1,
        column=position - (before.rfind("\n") + 1) + 1,
    )
    return Mistake(place=place, what="a character that YAML does not allow", allowed="text")


def _mended(problem: str, line: str) -> str:
    """What usually helps, by what the reader stumbled over."""
    if re.search(r": *[>|]", line):
        return "write `more than` or `at least` instead of a sign"
    if "mapping values" in problem:
        return "put a text that has a colon in it in quotes"
    if "',' or" in problem or "expected the node content" in problem:
        return "close every bracket, brace and quote in its own line"
    if "block" in problem or "could not find" in problem:
        return "write `key: value`, and indent what belongs together by the same blanks"
    return "put the text in quotes, or close the quotes that are open"


class _Reader:
    """Builds nodes from PyYAML's events; collects mistakes and reads on."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self.mistakes: list[Mistake] = []
        self._file, self._events = file, events

    def documents(self) -> list[Node]:
        """Every document; a document without content is an empty scalar."""
        return [
            self._node(next(self._events), depth=0)
            for event in self._events
            if isinstance(event, yaml.DocumentStartEvent)
        ]

    def _node(self, event: yaml.Event, depth: int) -> Node:
        place = self._place(event)
        self._refuse_what_hides_meaning(event, place)
        if depth > DEEPEST:
            mistake = Mistake(place=place, what="lists and maps are nested too deep")
            raise FileError(f"{self._file} cannot be read", [*self.mistakes, mistake])
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self._entries(depth)), place)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, quoted=bool(event.style))
        return Scalar("", place)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        first_at: dict[str, Place] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._mistake(key.place, "a list or a map is used as a key")
            elif key.text in first_at:
                line = first_at[key.text].line
                self._mistake(key.place, f"`{key.text}` is given twice; first in line {line}")
            else:
                first_at[key.text] = key.place
                yield key, value

    def _refuse_what_hides_meaning(self, event: yaml.Event, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._mistake(place, f"the alias `*{event.anchor}`", "write the value out")
            return
        if (anchor := getattr(event, "anchor", None)) is not None:
            self._mistake(place, f"the anchor `&{anchor}`", "write the value out")
        if (tag := getattr(event, "tag", None)) is not None:
            self._mistake(place, f"the tag `{tag}`", "write the value without it")

    def _mistake(self, place: Place, what: str, mend: str = "") -> None:
        self.mistakes.append(Mistake(place=place, what=what, mend=mend))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None, "PyYAML marks every event"
        return Place(file=self._file, line=mark.line + 1, column=mark.column + 1)
