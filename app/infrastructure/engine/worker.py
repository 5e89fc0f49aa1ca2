"""One child process of the engine, seen from outside: asked, waited for, killed."""

import os
import select
import signal
import subprocess
import sys
import time

import msgspec

from app.errors import EngineError
from app.infrastructure.engine.protocol import (
    HEADER_BYTES,
    Ask,
    AskMany,
    Load,
    NotLoaded,
    Question,
    Ready,
    Reply,
    body_length,
    frame,
    reply_in,
)
from app.telemetry import ENGINE_LOADED

CHILD = "app.infrastructure.engine.child"
"""What is run."""

START_LIMIT_S = 20.0
"""A start takes a tenth of a second; on a machine that is busy it takes longer."""

LEAVES_WITHIN_S = 0.2
"""A pipe is closed somewhat before the process is gone."""

LOOKED_AFTER_S = 0.1
"""Who is silent for so long may have been stopped."""

HAS_ENDED, IS_STOPPED = os.WEXITED, os.WSTOPPED

READ_AT_ONCE = 64 * 1024

SENT_BY_OTHERS = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""Ends that are never the engine's own doing: it crashes by other signals."""


class WorkerLostError(EngineError):
    """The process has ended, hangs or said what makes no sense: it is not used again.

    Args:
        by_others: somebody killed or stopped it, whatever it was asked.
    """

    def __init__(self, message: str, *, by_others: bool = False) -> None:
        super().__init__(message)
        self.by_others = by_others


class Worker:
    """A running child; used by one thread at a time.

    Raises:
        WorkerLostError: when it cannot be started.
    """

    def __init__(self, *, time_limit_s: float, load_limit_s: float) -> None:
        self.packs: set[str] = set()
        """Digests of what it has loaded; it drops what it has not needed for long."""
        self.packs_loaded = 0
        self._started = False
        self._time_limit_s, self._load_limit_s = time_limit_s, load_limit_s
        # The child ends itself somewhat later than it would be killed, should nobody be left.
        alarm = 2 * max(time_limit_s, load_limit_s)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module and a number
                [sys.executable, "-m", CHILD, str(alarm)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        except OSError as problem:
            raise WorkerLostError(f"the engine's process does not start: {problem}") from problem
        assert self.process.stdin is not None, "it was asked for"
        assert self.process.stdout is not None, "it was asked for"
        self._to, self._from = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        # Not select(): it fails on descriptors above 1,023.
        self._room, self._news = select.poll(), select.poll()
        self._room.register(self._to, select.POLLOUT)
        self._news.register(self._from, select.POLLIN)

    def wait_until_started(self) -> None:
        """Return when it is ready to be asked.

        Raises:
            WorkerLostError: when it does not start; then nothing is left of it.
        """
        if self._started:
            return
        try:
            self._receive(time.monotonic() + START_LIMIT_S, START_LIMIT_S)
        except BaseException:
            self.end()
            raise
        self._started = True

    def is_away(self) -> bool:
        """Whether nobody is there to be asked: it has ended, or was stopped."""
        return self.process.returncode is not None or self._is(HAS_ENDED | IS_STOPPED)

    def is_stopped(self) -> bool:
        """Whether somebody has stopped it; the engine never stops itself."""
        return self._is(IS_STOPPED)

    def _is(self, what: int) -> bool:
        """Look without waiting, and without taking the news from who waits for it."""
        if not hasattr(os, "waitid"):  # then a process that was stopped is told by its silence
            return bool(what & HAS_ENDED) and self.process.poll() is not None
        try:
            return os.waitid(os.P_PID, self.process.pid, what | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # it has gone altogether
            return bool(what & HAS_ENDED)

    def load(self, key: str, rules: bytes) -> Reply:
        """Make the rules with this digest ready.

        Raises:
            WorkerLostError: when it has not said in time whether it did.
        """
        if key in self.packs:
            return Ready(0)
        self.packs_loaded += 1
        reply = self._exchange(Load(0, key, rules), self._load_limit_s)
        if isinstance(reply, Ready):
            self.packs.add(key)
            ENGINE_LOADED.inc()
        return reply

    def reply_to(self, ask: Ask | AskMany, rules: bytes) -> Reply:
        """The answer, after loading the rules when the child does not have them.

        Raises:
            WorkerLostError: when there is none in time.
        """
        reply = self._exchange(ask, self._time_limit_s)
        if not isinstance(reply, NotLoaded):
            return reply
        self.packs.discard(ask.digest)
        loaded = self.load(ask.digest, rules)
        return self._exchange(ask, self._time_limit_s) if isinstance(loaded, Ready) else loaded

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def _exchange(self, question: Question, limit_s: float) -> Reply:
        before = time.monotonic() + limit_s
        self._send(frame(question), before, limit_s)
        reply = self._receive(before, limit_s)
        if reply.question != question.question:
            raise WorkerLostError(
                f"the engine's process answered question {reply.question},"
                f" not question {question.question}"
            )
        return reply

    def _send(self, data: bytes, before: float, limit_s: float) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._to, rest) :]
            except BlockingIOError:
                self._wait(self._room, before, limit_s)
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, before: float, limit_s: float) -> Reply:
        data, wanted = b"", HEADER_BYTES
        while len(data) < wanted:
            self._wait(self._news, before, limit_s)
            # A child says one thing at a time: whatever is there belongs to this reply.
            part = os.read(self._from, READ_AT_ONCE)
            if not part:
                raise self._ended()
            data += part
            if wanted == HEADER_BYTES and len(data) >= wanted:
                wanted += body_length(data[:HEADER_BYTES])
        try:
            return reply_in(data[HEADER_BYTES:])
        except msgspec.MsgspecError as problem:
            raise WorkerLostError(f"the engine's process said nonsense: {problem}") from problem

    def _wait(self, poll: select.poll, before: float, limit_s: float) -> None:
        """Return when there is room or news; somebody who was stopped is not waited for."""
        while (left_s := before - time.monotonic()) > 0:
            if poll.poll(min(left_s, LOOKED_AFTER_S) * 1000):
                return
            if self.is_stopped():
                raise WorkerLostError("the engine's process was stopped", by_others=True)
        raise WorkerLostError(f"the engine's process was silent for {limit_s:g} seconds")

    def _ended(self) -> WorkerLostError:
        try:
            code = self.process.wait(LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its pipe is closed: whatever is left of it is of no use
            self.process.wait()
            return WorkerLostError("the engine's process closed its pipe")
        return WorkerLostError(
            f"the engine's process ended with code {code}", by_others=code in SENT_BY_OTHERS
        )
