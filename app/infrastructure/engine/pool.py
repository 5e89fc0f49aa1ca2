"""The first key as the product uses it: children that are watched, killed and replaced.

A child that stands by, started already and with the packs asked about last, takes the place of
one that is lost. A pack that is new is loaded there, too, while the others go on answering: the
child that has it then changes places with one that has not.

A decision is computed from its inputs alone, so asking again after a crash is safe. It is
done once: what kills a second, fresh child would kill a third, and becomes no answer. A child
that somebody else killed or stopped says nothing about the question, and is forgiven a few times.
"""

import queue
import threading
from collections import deque
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
from app.infrastructure.engine.standby import PACKS_A_CHILD, Standby
from app.infrastructure.engine.worker import Worker, WorkerLostError
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.remembered import Remembered
from app.telemetry import ENDED, ENGINE_REPLACED, ENGINE_RETRIES, LOST, USED_UP

ATTEMPTS = 2
FORGIVEN = 4
"""So many children more, if the ones before were killed or stopped by others."""

LOAD_LIMIT_S = 20.0
"""A thousand rules load in a tenth of a second; past a limit of the engine loading never ends."""

PACKS_WRITTEN = 256

VIEWS_IN_A_MESSAGE = 64
"""Some ten milliseconds of work, far from the time limit of a question."""


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
        self._written: Remembered[RulePack, tuple[str, bytes]] = Remembered(PACKS_WRITTEN)
        self._workers = workers
        self._closed = False
        self._standby = Standby(self._new)
        self._free = _Places(workers)

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        """The firings of the pack over the view; never raises."""
        try:
            key, rules = self._written.of(pack, lambda: _written(pack))
            ask = asked(next(self._numbers), key, view)
        except (EngineError, msgspec.MsgspecError, OverflowError, TypeError) as problem:
            return NoAnswer(why=f"the engine cannot be asked: {problem}")
        self._standby.introduce(key, rules)
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
            key, rules = self._written.of(pack, lambda: _written(pack))
            asks = [asked(0, key, view) for view in views]
            many = asked_many(next(self._numbers), key, asks)
        except (EngineError, msgspec.MsgspecError, OverflowError, TypeError):
            return None
        self._standby.introduce(key, rules)
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
        places = [self._free.get() for _ in range(self._workers)]
        for place in places:
            if place.worker is not None:
                place.worker.end()
                place.worker = None
            self._free.put(place)  # whoever waits is told that it is closed
        self._standby.close()

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
        """The reply, at the second attempt from a fresh child."""
        attempts, forgiven = 0, 0
        while True:
            try:
                return self._worker(place, ask.digest).reply_to(ask, rules)
            except WorkerLostError as problem:
                self._remove(place, LOST)
                attempts, forgiven = attempts + 1, forgiven + problem.by_others
                if attempts - min(forgiven, FORGIVEN) == ATTEMPTS:
                    raise
                ENGINE_RETRIES.inc()

    def _worker(self, place: "_Place", key: str) -> Worker:
        """Who is to be asked at this place, by preference one that has the pack.

        A child that has ended or was stopped since its last answer had no part in this question:
        it is replaced before it is asked, and costs no attempt.
        """
        if place.worker is not None and place.worker.is_away():
            self._remove(place, ENDED)
        elif place.worker is not None and place.worker.packs_loaded >= PACKS_A_CHILD:
            self._remove(place, USED_UP)
        if place.worker is None:
            place.worker = self._standby.take()
        elif key not in place.worker.packs:
            place.worker = self._standby.exchange(place.worker, key)
        return place.worker

    def _remove(self, place: "_Place", why: str) -> None:
        if place.worker is not None:
            ENGINE_REPLACED.labels(why).inc()
            place.worker.end()
            place.worker = None

    def _new(self) -> Worker:
        return Worker(time_limit_s=self._time_limit_s, load_limit_s=self._load_limit_s)


class _Place:
    """Room for one child."""

    __slots__ = ("worker",)

    def __init__(self) -> None:
        self.worker: Worker | None = None


class _Places:
    """The places that are free, each handed to whoever has waited longest.

    A queue would give it to whoever comes first, and that is who has just put it back.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[queue.SimpleQueue[_Place]] = deque()
        self.queue = [_Place() for _ in range(count)]

    def get(self) -> _Place:
        """The place that was used last, for its memory is warm; or wait for the next one."""
        with self._lock:
            if self.queue:
                return self.queue.pop()
            handed: queue.SimpleQueue[_Place] = queue.SimpleQueue()
            self._waiting.append(handed)
        return handed.get()

    def put(self, place: _Place) -> None:
        """Hand it on, or keep it until somebody comes."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(place)
            else:
                self.queue.append(place)


def _written(pack: RulePack) -> tuple[str, bytes]:
    """The digest of the pack's rules and what they derive, and both."""
    data = canonical((pack.rules, pack.derived))
    return digest(data), data


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
