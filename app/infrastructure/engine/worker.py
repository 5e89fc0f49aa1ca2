"""One child process of the engine, seen from outside: asked, waited for, killed."""

import os
import select
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

START_LIMIT_S = 20.0
"""A start takes a tenth of a second; on a machine that is busy it takes longer."""


READ_AT_ONCE = 64 * 1024


class WorkerLostError(EngineError):
    """The process has ended, hangs or said what makes no sense: it is not used again."""


class Worker:
    """A running child; used by one thread at a time.

    Args:
        wait: until it has started; one that stands by is waited for when it is needed.

    Raises:
        WorkerLostError: when it does not start.
    """

    def __init__(self, *, time_limit_s: float, load_limit_s: float, wait: bool = True) -> None:
        self.packs_loaded = 0
        self._started = False
        self._time_limit_s, self._load_limit_s = time_limit_s, load_limit_s
        # The child ends itself somewhat later than it would be killed, should nobody be left.
        alarm = 2 * max(time_limit_s, load_limit_s)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module and a number
                [sys.executable, "-m", "app.infrastructure.engine.child", str(alarm)],
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
        if wait:
            self.wait_until_started()

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

    def has_ended(self) -> bool:
        """Whether nobody is there to be asked."""
        return self.process.poll() is not None

    def reply_to(self, ask: Ask | AskMany, rules: bytes) -> Reply:
        """The answer, after loading the rules when the child does not have them.

        Raises:
            WorkerLostError: when there is none in time.
        """
        reply = self._exchange(ask, self._time_limit_s)
        if not isinstance(reply, NotLoaded):
            return reply
        self.packs_loaded += 1
        loaded = self._exchange(Load(ask.question, ask.digest, rules), self._load_limit_s)
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
        left_s = before - time.monotonic()
        if left_s <= 0 or not poll.poll(left_s * 1000):
            raise WorkerLostError(f"the engine's process was silent for {limit_s:g} seconds")

    def _ended(self) -> WorkerLostError:
        self.process.kill()  # its pipe is closed: whatever is left of it is of no use
        return WorkerLostError(f"the engine's process ended with code {self.process.wait()}")
