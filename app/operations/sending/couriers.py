"""The threads that send: each destination has its own, so that one that hangs holds up no other."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from typing import Generic, Self, TypeVar

from app.billing.destination import Destination

_log = logging.getLogger(__name__)
T = TypeVar("T")
Turn = Callable[[Executor], T]
AT_ONCE = 8
"""Destinations that are sent to at the same time: in PostgreSQL each holds a connection."""


class Couriers(Generic[T]):
    """The threads of one process; whoever opens them closes them.

    Args:
        patience_s: how long a call waits where nobody has ended; None waits for all.
        at_once: destinations that are sent to at the same time.
    """

    def __init__(self, patience_s: float | None = 1.0, at_once: int = AT_ONCE) -> None:
        self._patience_s = patience_s
        self._at_once = at_once
        self._threads: dict[tuple[str, int], ThreadPoolExecutor] = {}
        self._under_way: dict[str, Future[T]] = {}
        self._turns = 0
        self._last_turn: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is under way; every sender ends in time."""
        wait(self._under_way.values())
        for name, future in self._under_way.items():
            if error := future.exception():
                _log.error("the last turn of %s failed", name, exc_info=error)
        for threads in self._threads.values():
            threads.shutdown()

    def run(self, turns: Sequence[tuple[Destination, Turn[T]]]) -> list[T]:
        """Begin a turn for each destination that has none under way; what has ended by now.

        Whoever had no turn for longest comes first. A turn that is slow goes on, and is told by a
        later call; so is what a turn raised.
        """
        if self._patience_s is not None:
            return self._round(turns)
        rounds = [turns[at : at + self._at_once] for at in range(0, len(turns), self._at_once)]
        return [ended for each in rounds for ended in self._round(each)]

    def _round(self, turns: Sequence[tuple[Destination, Turn[T]]]) -> list[T]:
        for destination, turn in sorted(turns, key=self._since_its_turn):
            if len(self._under_way) >= self._at_once:
                break
            if destination.address not in self._under_way:
                self._begin(destination, turn)
        until = ALL_COMPLETED if self._patience_s is None else FIRST_COMPLETED
        wait(self._under_way.values(), self._patience_s, until)
        ended = [name for name, future in self._under_way.items() if future.done()]
        return [self._under_way.pop(name).result() for name in ended]

    def _since_its_turn(self, given: tuple[Destination, Turn[T]]) -> int:
        return self._last_turn.get(given[0].address, 0)

    def _begin(self, destination: Destination, turn: Turn[T]) -> None:
        self._turns += 1
        self._last_turn[destination.address] = self._turns
        key = (destination.address, destination.in_flight)
        if key not in self._threads:
            # One leads the turn and waits, the others send.
            self._threads[key] = ThreadPoolExecutor(
                destination.in_flight + 1, thread_name_prefix=f"sending to {destination.address}"
            )
        threads = self._threads[key]
        self._under_way[destination.address] = threads.submit(turn, threads)
