"""Two spans of messages of one sender compared: what is new, gone, or of another kind.

Shares are counted among the messages in which a thing could stand: an element among those that
have its segment, a segment among those that hold its set. More orders and fewer invoices than last
week is therefore no drift, and of a new object only itself is told, not all that stands in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

import msgspec

from app.evidence.intake.shape.shape import Shape
from app.evidence.intake.shape.traits import Kind, Trait

ENOUGH = 30
"""Messages before, among which a thing could stand: of what was absent from 30 in a row, less than
one message in ten had it, with 95 in 100 certainty (1 - 0.05 ** (1 / 30) = 0.095)."""
SHOWN_BY = 5
"""Messages that show something new. One is a mistake or a rarity, and five in a span of twenty
are not."""
ONE_IN = 4
"""A new thing is in at least every fourth message that could have it: what is rare is optional,
and a reader that does without it today may do so tomorrow."""
NEARLY = 20
"""Nearly all are all but one in twenty; nearly none are one in twenty at most."""


class DriftCode(StrEnum):
    """What changed."""

    NEW_FIELD = "NEW_FIELD"
    MISSING_FIELD = "MISSING_FIELD"
    RETYPED_FIELD = "RETYPED_FIELD"
    NEW_CODE = "NEW_CODE"


class Share(msgspec.Struct, frozen=True):
    """How many of how many messages."""

    count: int
    of: int

    def __str__(self) -> str:
        """`18 of 20`."""
        return f"{self.count} of {self.of}"

    @property
    def is_nearly_all(self) -> bool:
        """Whether all but one in twenty."""
        return self.count * NEARLY >= self.of * (NEARLY - 1)

    @property
    def is_nearly_none(self) -> bool:
        """Whether one in twenty at most."""
        return self.count * NEARLY <= self.of

    @property
    def is_shown(self) -> bool:
        """Whether enough to be no accident, and often enough to matter."""
        return self.count >= SHOWN_BY and self.count * ONE_IN >= self.of


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which a sender's messages are not what they were."""

    code: DriftCode
    path: str
    """Where; the element of a new code."""
    kind: str
    """What stands there now, the code that is new, or what stood there and is missing."""
    before: Share
    now: Share
    message: str
    """The first that shows it."""

    def __str__(self) -> str:
        """As a sentence: what, and in how many messages."""
        where = self.path or "the whole message"
        shares = f"in {self.now} messages now, in {self.before} before"
        return f"{where}, {self.kind}: {shares}; first shown by {self.message}"


def drift(before: Sequence[Shape], now: Sequence[Shape]) -> tuple[Drift, ...]:
    """What is different in the messages of now; nothing where there are too few to tell.

    Args:
        before: what the sender used to send; their order says nothing.
        now: what it sends; the first by its place that shows a drift is named.
    """
    if len(before) < ENOUGH or len(now) < SHOWN_BY:
        return ()
    compared = _Compared(_Span(before), _Span(now))
    found = (*compared.new(), *compared.missing(), *compared.retyped(), *compared.codes())
    return tuple(sorted(found, key=lambda each: (each.code, each.path, each.kind)))


class _Span:
    """Some messages, counted once."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.shapes = sorted(shapes, key=lambda shape: (shape.place, shape.message))
        self.traits = Counter(trait for shape in self.shapes for trait in shape.traits)
        self.codes = Counter(code for shape in self.shapes for code in shape.codes)

    @cached_property
    def paths(self) -> Mapping[str, int]:
        """How many messages have something at a path, whatever its kind."""
        having = Counter(self._many)
        for path, kinds in self.kinds.items():
            if len(kinds) == 1:
                having[path] = self.traits[kinds[0]]
        return having

    @cached_property
    def kinds(self) -> Mapping[str, list[Trait]]:
        """Every trait by its path, in order."""
        found: dict[str, list[Trait]] = defaultdict(list)
        for trait in sorted(self.traits):
            found[trait.path].append(trait)
        return found

    @property
    def _many(self) -> Iterator[str]:
        """A path for each message that has it, of those where several kinds occur."""
        several = {path for path, kinds in self.kinds.items() if len(kinds) > 1}
        for shape in self.shapes:
            yield from {trait.path for trait in shape.traits if trait.path in several}

    def able(self, trait: Trait) -> int:
        """In how many messages it could stand."""
        return self.paths[trait.within] if trait.path else len(self.shapes)

    def first(self, path: str, within: str, kind: Kind | None, *, having: bool) -> str:
        """The first message that has something at a path, or could and has not."""
        for shape in self.shapes:
            there = {t.kind for t in shape.traits if t.path == path}
            has = bool(there) if kind is None else kind in there
            if has == having and (having or any(t.path == within for t in shape.traits)):
                return shape.message
        raise AssertionError("a drift is shown by a message")


class _Compared:
    """Before and now."""

    def __init__(self, before: _Span, now: _Span) -> None:
        self._before, self._now = before, now

    def new(self) -> Iterator[Drift]:
        """What never stood there."""
        for path, (first, *_) in self._now.kinds.items():
            before = Share(self._before.paths.get(path, 0), self._before.able(first))
            now = Share(self._now.paths[path], self._now.able(first))
            if before.count == 0 and before.of >= ENOUGH and now.is_shown:
                yield self._told(DriftCode.NEW_FIELD, first, before, now)

    def missing(self) -> Iterator[Drift]:
        """What nearly always stood there, and hardly ever does."""
        for path, (first, *_) in self._before.kinds.items():
            before = Share(self._before.paths[path], self._before.able(first))
            now = Share(self._now.paths.get(path, 0), self._now.able(first))
            if before.count >= ENOUGH and before.is_nearly_all and self._is_gone(now):
                yield self._told(DriftCode.MISSING_FIELD, first, before, now, having=False)

    def _is_gone(self, now: Share) -> bool:
        return now.of >= SHOWN_BY and now.is_nearly_none

    def retyped(self) -> Iterator[Drift]:
        """What is of a kind of which it never was."""
        for path, traits in self._now.kinds.items():
            known = self._before.paths.get(path, 0)
            for each in traits:
                now = Share(self._now.traits[each], self._now.paths[path])
                if known >= ENOUGH and each not in self._before.traits and now.is_shown:
                    before = Share(0, known)
                    yield self._told(DriftCode.RETYPED_FIELD, each, before, now, kind=each.kind)

    def codes(self) -> Iterator[Drift]:
        """Codes that no map knows; one message is enough, for what it says is lost."""
        for each, count in self._now.codes.items():
            if each in self._before.codes:
                continue
            yield Drift(
                code=DriftCode.NEW_CODE,
                path=each.element,
                kind=each.code,
                before=Share(0, len(self._before.shapes)),
                now=Share(count, len(self._now.shapes)),
                message=next(s.message for s in self._now.shapes if each in s.codes),
            )

    def _told(
        self,
        code: DriftCode,
        trait: Trait,
        before: Share,
        now: Share,
        *,
        kind: Kind | None = None,
        having: bool = True,
    ) -> Drift:
        return Drift(
            code=code,
            path=trait.path,
            kind=trait.kind,
            before=before,
            now=now,
            message=self._now.first(trait.path, trait.within, kind, having=having),
        )
