"""One arrived message becomes stored, or has failed, or is given back because we stop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import msgspec

from app import telemetry
from app.errors import BusyError, DeploymentError
from app.infrastructure.brokers.letters import Arrived, Limits, Take

_log = logging.getLogger("tollgate.feeds")


class Fate(StrEnum):
    """What became of a message."""

    STORED = "stored"
    FAILED = "failed"
    """Something in it, or in us, went wrong; the next time it may go well."""
    GIVEN_BACK = "given back"
    """We stop, and it was not stored."""


class Took(msgspec.Struct, frozen=True):
    """What became of a message, and why where it failed."""

    fate: Fate
    why: str = ""


class Taking:
    """Stores messages in threads; waits, with the message in hand, while it cannot be stored.

    It cannot while the database is away, or too much of the sender's waits to be decided. It
    waits rather than give back, because brokers count what is given back, and an hour without a
    database would make dead letters of everything. The broker holds the rest meanwhile.
    """

    def __init__(self, take: Take, limits: Limits) -> None:
        self._take = take
        self._again_after_s = limits.again_after_s
        self._in_flight = limits.in_flight
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._stopping = asyncio.Event()

    async def took(
        self,
        arrived: Arrived,
        still_here: Callable[[], Awaitable[None]] | None = None,
        *,
        queue: str = "",
    ) -> Took:
        """Store it, and say what became of it.

        Args:
            arrived: the message.
            still_here: tells the broker that we wait.
            queue: which it came by; each has threads of its own, and none waits for another's.
        """
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(self._of(queue), self._take, arrived)
            except (BusyError, DeploymentError) as error:
                _log.warning("a message waits until it can be stored: %s", error)
                if still_here is not None:
                    await still_here()
                if await self.stops_within(self._again_after_s):
                    return self._counted(Fate.GIVEN_BACK, str(error))
            except Exception as error:  # noqa: BLE001  the broker keeps count, and buries it
                _log.exception("a message at %s could not be taken", arrived.address)
                return self._counted(Fate.FAILED, f"{type(error).__name__}: {error}")
            else:
                return self._counted(Fate.STORED, "")

    async def stops_within(self, seconds: float) -> bool:
        """Wait so long, or until we stop; whether we stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    def stop(self) -> None:
        """Whoever waits gives its message back."""
        self._stopping.set()

    def close(self) -> None:
        """Wait for what is being stored."""
        for threads in self._threads.values():
            threads.shutdown()

    def _of(self, queue: str) -> ThreadPoolExecutor:
        if queue not in self._threads:
            self._threads[queue] = ThreadPoolExecutor(
                self._in_flight, thread_name_prefix=f"feeds {queue}"
            )
        return self._threads[queue]

    @staticmethod
    def _counted(fate: Fate, why: str) -> Took:
        telemetry.FEED_MESSAGES.labels(str(fate)).inc()
        return Took(fate, why)
