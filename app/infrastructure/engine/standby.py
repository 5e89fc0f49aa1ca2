"""The child that stands by: started ahead, with the packs that were asked about last.

It takes the place of a child that is lost, and it is where a new pack is loaded, so that
whoever asks about another pack does not wait for that. Everything that takes long happens in a
thread of its own; where that is not done in time, a child is started as if nobody stood by.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress

from app.errors import EngineError
from app.infrastructure.engine.worker import Worker, WorkerLostError

PACKS_AHEAD = 4
"""So many packs are loaded ahead; another one loads when it is asked about."""

PACKS_REMEMBERED = 256
PACKS_A_CHILD = 500
"""After so many a child is used up: each pack that is loaded and dropped leaves some memory."""


class Standby:
    """One child that is ready, and who makes the next one ready; used by many threads."""

    def __init__(self, new: Callable[[], Worker]) -> None:
        self._new = new
        self._lock = threading.Lock()
        self._introducing = threading.Lock()
        self._packs: OrderedDict[str, bytes] = OrderedDict()
        """By digest; empty where loading ahead was the end of a child: who asks finds out why."""
        self._ready: Worker | None = None
        self._coming: set[Worker] = set()
        self._thread: threading.Thread | None = None
        self._closed = False

    def take(self) -> Worker:
        """A child that has started: the one that stands by, or a new one.

        Raises:
            WorkerLostError: when none starts.
        """
        worker = self._taken()
        if worker is None:
            worker = self._new()
            worker.wait_until_started()  # first: somebody waits for this one
        self._refill()
        return worker

    def introduce(self, key: str, rules: bytes) -> None:
        """Note that a pack is asked about; a new one is loaded by the child that stands by."""
        with self._lock:
            known = key in self._packs
            if known:
                self._packs.move_to_end(key)
        if known:
            return
        with self._introducing:
            with self._lock:
                known = key in self._packs
                self._packs[key] = rules
                if len(self._packs) > PACKS_REMEMBERED:
                    self._packs.popitem(last=False)
            if not known and (worker := self._taken()) is not None:
                self._make_ready(worker, [(key, rules)])

    def exchange(self, worker: Worker, key: str) -> Worker:
        """A child that has this pack instead of one that has not; the same where there is none.

        The one that is given up stands by from now on, unless it is used up.
        """
        with self._lock:
            ready = self._ready
            if ready is None or ready.is_away() or key not in ready.packs:
                return worker
            self._ready = None
        self._refill(worker)
        return ready

    def close(self) -> None:
        """End the child that stands by, and the one that was to."""
        with self._lock:
            self._closed = True
            ready, self._ready = self._ready, None
            thread = self._thread
            for coming in self._coming:
                coming.process.kill()  # who makes it ready notices, and clears away
        if ready is not None:
            ready.end()
        if thread is not None:
            thread.join()

    def _taken(self) -> Worker | None:
        """The child that stands by, if it is there and can be asked."""
        with self._lock:
            worker, self._ready = self._ready, None
        if worker is not None and worker.is_away():
            worker.end()
            return None
        return worker

    def _refill(self, used: Worker | None = None) -> None:
        """Make the next one ready, of a child that gave up its place or of a new one."""
        if used is not None and used.packs_loaded >= PACKS_A_CHILD:
            used.end()
            used = None
        with self._lock:
            if not self._closed and self._ready is None and self._thread is None:
                thread = threading.Thread(target=self._prepare, args=(used,))
                with suppress(RuntimeError):  # no room for a thread: then nobody stands by
                    thread.start()
                    self._thread = thread
                    return
        if used is not None:
            used.end()

    def _prepare(self, worker: Worker | None) -> None:
        try:
            worker = worker or self._new()
        except WorkerLostError:
            packs = []  # whoever needs one starts it, and hears why it does not start
        else:
            with self._lock:
                ahead = list(self._packs.items())[-PACKS_AHEAD:]
            packs = [(key, rules) for key, rules in ahead if rules]
        if worker is not None and self._make_ready(worker, packs):
            return
        with self._lock:
            self._thread = None

    def _make_ready(self, worker: Worker, packs: Iterable[tuple[str, bytes]]) -> bool:
        """Let it start, load what it has not loaded, and stand by; end it where that fails."""
        with self._lock:
            self._coming.add(worker)
            closed = self._closed
        key, ready = "", False
        try:
            if not closed:
                worker.wait_until_started()
                for key, rules in packs:
                    worker.load(key, rules)
                ready = True
        except EngineError as problem:
            if key and not getattr(problem, "by_others", False):
                self._packs[key] = b""
        with self._lock:
            self._coming.discard(worker)
            if ready and not self._closed and self._ready is None:
                self._ready = worker
                if self._thread is threading.current_thread():
                    self._thread = None  # at the same moment: who takes it wants another
                return True
        worker.end()
        return False
