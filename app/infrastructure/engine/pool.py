"""The first key as the product uses it: children that are watched, killed and replaced.

A changed pack is loaded by whoever is asked about it, beside the packs it has: a thousandth of
a second for each rule, in which nobody is refused. A child that stands by, started already,
takes the place of one that is lost.

A decision is computed from its inputs alone, so asking again after a crash is safe. It is
done once: what kills a second, fresh child would kill a third, and becomes no answer.
"""

import queue
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import count
from types import TracebackType
from typing import Self

import msgspec

from app.digest import canonical, digest
from app.errors import EngineError
from app.infrastructure.engine.protocol import (
    Ask,
    AskMany,
    Failed,
    Fired,
    FiredMany,
    Reply,
    asked,
    asked_many,
)
from app.infrastructure.engine.worker import Worker, WorkerLostError
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.model import Derived, Rule, RulePack
from app.judgement.rulebook.seen import View
from app.telemetry import ENGINE_REPLACED, ENGINE_RETRIES

ATTEMPTS = 2
LOAD_LIMIT_S = 20.0
"""A thousand rules load in a tenth of a second; past a limit of the engine loading never ends."""

PACKS_WRITTEN = 256
PACKS_A_CHILD = 500
"""After so many a child is replaced: each pack that is loaded and dropped leaves some memory."""

VIEWS_IN_A_MESSAGE = 64
"""Some ten milliseconds of work, far from the time limit of a question."""

VIEWS_IN_A_MESSAGE = 64
"""Some ten milliseconds of work, far from the time limit of a question."""

_Part = Rule | Derived


class EnginePool:
    """Judges in child processes; may be used by many threads.

    Args:
        workers: how many questions are answered at once; children start when first needed.
        time_limit_s: for one question; a child that takes longer is killed.
    """

    def __init__(
        self, workers: int = 1, time_limit_s: float = 1.0, load_limit_s: float = LOAD_LIMIT_S
    ) -> None:
        assert workers > 0, "somebody has to answer"
        self._time_limit_s, self._load_limit_s = time_limit_s, load_limit_s
        self._numbers = count(1)
        self._written = _Written()
        self._workers = workers
        self._closed = False
        self._standing_by = threading.Lock()
        self._spare: Worker | None = None
        self._free: queue.LifoQueue[_Place] = queue.LifoQueue()
        for _ in range(workers):
            self._free.put(_Place())

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        """The firings of the pack over the view; never raises."""
        try:
            key, rules = self._written.of(pack)
            ask = asked(next(self._numbers), key, view)
        except (EngineError, msgspec.MsgspecError, OverflowError, TypeError) as problem:
            return NoAnswer(why=f"the engine cannot be asked: {problem}")
        place = self._free.get()
        try:
            if self._closed:
                return NoAnswer(why="the engine is closed")
            reply = self._reply(place, ask, rules)
        except EngineError as problem:
            return NoAnswer(why=str(problem), evidence=f"{ATTEMPTS} attempts, rules {key}")
        finally:
            self._free.put(place)
        return _answer(reply, key)

    def judge_many(self, pack: RulePack, views: Sequence[View]) -> list[Answer | NoAnswer]:
        """Each view's answer, many views in one message; never raises.

        What has no answer so is asked about alone, so that a view which kills or hangs a
        child spoils no other's answer.
        """
        answers: list[Answer | NoAnswer] = []
        for start in range(0, len(views), VIEWS_IN_A_MESSAGE):
            some = views[start : start + VIEWS_IN_A_MESSAGE]
            answers += self._together(pack, some) or [self.judge(pack, view) for view in some]
        return answers

    def _together(self, pack: RulePack, views: Sequence[View]) -> list[Answer | NoAnswer] | None:
        """The answers, all complete; None where it is not so."""
        try:
            key, rules = self._written.of(pack)
            asks = [asked(0, key, view) for view in views]
            many = asked_many(next(self._numbers), key, asks)
        except (EngineError, msgspec.MsgspecError, OverflowError, TypeError):
            return None
        place = self._free.get()
        try:
            if self._closed:
                return None
            reply = self._reply(place, many, rules)
        except EngineError:
            return None
        finally:
            self._free.put(place)
        if not isinstance(reply, FiredMany) or len(reply.firings) != len(views):
            return None
        return [_complete(firings) for firings in reply.firings]

    def processes(self) -> tuple[int, ...]:
        """The process ids of the children that wait for a question; to watch and to measure."""
        return tuple(place.worker.process.pid for place in self._free.queue if place.worker)

    def close(self) -> None:
        """End all children; a question asked later has no answer."""
        self._closed = True
        with self._standing_by:
            if self._spare is not None:
                self._spare.end()
                self._spare = None
        places = [self._free.get() for _ in range(self._workers)]
        for place in places:
            if place.worker is not None:
                place.worker.end()
                place.worker = None
            self._free.put(place)  # whoever waits is told that it is closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _reply(self, place: "_Place", ask: Ask | AskMany, rules: bytes) -> Reply:
        """The reply, at the second attempt from a fresh child.

        A child that has ended since its last answer had no part in this question: it is
        replaced before it is asked, and costs no attempt.
        """
        if place.worker is not None and place.worker.has_ended():
            self._replace(place, "ended between questions")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if place.worker is None:
                    place.worker = self._started()
                reply = place.worker.reply_to(ask, rules)
            except WorkerLostError:
                self._replace(place, "lost")
                if attempt == ATTEMPTS:
                    raise
                ENGINE_RETRIES.inc()
            else:
                if place.worker.packs_loaded >= PACKS_A_CHILD:
                    self._replace(place, "has loaded many packs")
                return reply
        raise AssertionError("the last attempt returns or raises")

    def _replace(self, place: "_Place", why: str) -> None:
        """Kill the child and put the one that stands by in its place; start another to stand by."""
        if place.worker is not None:
            ENGINE_REPLACED.labels(why).inc()
            place.worker.end()
            place.worker = None
            place.worker = self._started()

    def _started(self) -> Worker:
        """The child that stands by, if it still does, and behind it a new one."""
        with self._standing_by:
            ready, self._spare = self._spare, None
            if ready is not None and ready.has_ended():
                ready.end()
                ready = None
            worker = ready or self._new(wait=True)
            if not self._closed:
                self._spare = self._new(wait=False)
        worker.wait_until_started()
        return worker

    def _new(self, *, wait: bool) -> Worker:
        return Worker(time_limit_s=self._time_limit_s, load_limit_s=self._load_limit_s, wait=wait)


class _Place:
    """Room for one child."""

    __slots__ = ("worker",)

    def __init__(self) -> None:
        self.worker: Worker | None = None


class _Written:
    """Packs as bytes with their digest, for as long as their rules are the same objects.

    What is in force on a day is a new pack made of the same rules, so the rules are compared,
    not the packs; and by identity, for to compare them by content costs more than to judge.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_rules: OrderedDict[tuple[int, ...], tuple[tuple[_Part, ...], tuple[str, bytes]]]
        self._by_rules = OrderedDict()

    def of(self, pack: RulePack) -> tuple[str, bytes]:
        """The digest of the pack's rules and what they derive, and both."""
        parts: tuple[_Part, ...] = (*pack.rules, *pack.derived)
        key = tuple(map(id, parts))
        with self._lock:
            known = self._by_rules.get(key)
            if known is not None:
                self._by_rules.move_to_end(key)
                return known[1]
        data = canonical((pack.rules, pack.derived))
        written = digest(data), data
        with self._lock:
            # The rules are kept with it: no other object can get their identity.
            self._by_rules[key] = parts, written
            if len(self._by_rules) > PACKS_WRITTEN:
                self._by_rules.popitem(last=False)
        return written


def _answer(reply: Reply, key: str) -> Answer | NoAnswer:
    match reply:
        case Fired():
            return _complete(reply.firings)
        case Failed():
            evidence = f"{reply.evidence} rules {key}".strip()
            return NoAnswer(why=reply.why, evidence=evidence)
        case _:
            return NoAnswer(why="the engine did not load the rules", evidence=f"rules {key}")


def _complete(firings: Iterable[tuple[str, str]]) -> Answer:
    return Answer(firings=tuple([Firing(rule, about) for rule, about in firings]))
