"""A thread with an event loop, for what must run in one while its callers do not."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop of its own, in a thread of its own."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def start(self, doing: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin something; its outcome comes later."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop)

    def run(self, doing: Coroutine[Any, Any, T], within_s: float) -> T:
        """Do something and wait for it.

        Raises:
            TimeoutError: it took longer; it was called off.
        """
        return self.start(asyncio.wait_for(doing, within_s)).result()

    def call(self, act: Callable[[], None]) -> None:
        """Have something small done in the loop's own thread."""
        self._loop.call_soon_threadsafe(act)

    def close(self) -> None:
        """Call off what still runs, and end."""
        self.start(_call_off_the_rest()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _call_off_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
