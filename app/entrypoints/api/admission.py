"""How much is taken in at once, and from whom: no sender's flood makes another wait.

Each sender has a few places, and all together have some more. Who finds none free waits for a
moment, which slows a sender down that waits for its answers; then it is told to come later. Where
others send too, a sender with more waiting leaves its place free for a while after each message: it
has a part of the time, and the others find the process idle. What was acknowledged is stored, what
was sent away was never taken: the sender still has it.
"""

import asyncio
from collections import Counter, deque
from typing import Any

from litestar.types import ASGIApp

from app.digest import digest
from app.entrypoints.api.problems import busy_problem
from app.errors import BusyError
from app.telemetry import SENT_AWAY

TAKING_IN = ("/v1/events", "/v1/feeds/")
"""Paths by which facts arrive; questions and claims are not counted."""
OF_ONE_SENDER = 2
OF_ALL = 16
MOST_WAITING = 64
"""Of one sender; whoever comes then is sent away at once."""
COME_AGAIN_S = 1
PAUSE, LONGEST_PAUSE_S = 6.0, 1.0
"""How many times as long as it held a place a flooding sender leaves it free, and how long at most:
a place that was held long, by a slow line or database, is no fault of who waits next."""
ACTIVE_S = 1.0
"""So long after its last message a sender counts as one of those that send."""
KEYLESS = "this machine"
"""Without keys all systems of the machine look like one sender: they have half of all places."""


class Places:
    """Who is inside and who waits; only touched by the one thread that runs the event loop."""

    def __init__(
        self,
        of_one: int = OF_ONE_SENDER,
        of_all: int = OF_ALL,
        most_waiting: int = MOST_WAITING,
        patience_s: float = COME_AGAIN_S,
    ) -> None:
        self.inside: Counter[str] = Counter()
        self._pausing: Counter[str] = Counter()
        """Places that are free for all others, and not yet for whose they were."""
        self._of_one, self._of_all = of_one, of_all
        self._most_waiting, self._patience_s = most_waiting, patience_s
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._seen: dict[str, float] = {}

    async def enter(self, sender: str) -> None:
        """Take a place, as soon as one is free.

        Raises:
            BusyError: too many of this sender wait, or none was free in time.
        """
        self._note(sender)
        if self._has_room(sender) and sender not in self._waiting:
            self.inside[sender] += 1
            return
        waiting = self._waiting.setdefault(sender, deque())
        if len(waiting) >= self._most_waiting:
            raise BusyError(
                f"{len(waiting)} messages of this sender wait to be read; send fewer at a time",
                after_s=COME_AGAIN_S,
            )
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(place)
        try:
            await asyncio.wait_for(place, self._patience_s)
        except (TimeoutError, asyncio.CancelledError) as gone:
            if place.done() and not place.cancelled():
                self._free(sender)  # handed over just as nobody waited any more
            if isinstance(gone, asyncio.CancelledError):
                raise
            raise BusyError(
                "as many messages as can be are being read; send fewer at a time",
                after_s=COME_AGAIN_S,
            ) from None
        finally:
            self._no_longer_waits(sender, place)

    def leave(self, sender: str, held_s: float) -> None:
        """Give the place back, after a pause where more of the sender wait and others send."""
        pause_s = min(PAUSE * held_s, LONGEST_PAUSE_S)
        if pause_s and sender in self._waiting and self._others_send(sender):
            self._pausing[sender] += 1
            asyncio.get_running_loop().call_later(pause_s, self._paused, sender)
        self._free(sender)

    def _paused(self, sender: str) -> None:
        _take_one(self._pausing, sender)
        self._let_in()

    def _free(self, sender: str) -> None:
        _take_one(self.inside, sender)
        self._let_in()

    def _let_in(self) -> None:
        """Hand what is free to those that wait, one of each sender in turn."""
        for sender in list(self._waiting):
            place = next((each for each in self._waiting[sender] if not each.done()), None)
            if place is None or not self._has_room(sender):
                continue
            place.set_result(None)
            self.inside[sender] += 1
            self._waiting[sender] = self._waiting.pop(sender)  # to the end of the line

    def _no_longer_waits(self, sender: str, place: asyncio.Future[None]) -> None:
        waiting = self._waiting[sender]
        waiting.remove(place)
        if not waiting:
            del self._waiting[sender]

    def _has_room(self, sender: str) -> bool:
        mine = self._of_one if sender != KEYLESS else self._of_all // 2
        if sender in self._waiting and self._others_send(sender):
            mine = 1
        taken = self.inside[sender] + self._pausing[sender]
        return taken < mine and self.inside.total() < self._of_all

    def _note(self, sender: str) -> None:
        now = asyncio.get_running_loop().time()
        self._seen[sender] = now
        for other in [each for each, at in self._seen.items() if now - at > ACTIVE_S]:
            del self._seen[other]

    def _others_send(self, sender: str) -> bool:
        now = asyncio.get_running_loop().time()
        return any(now - at <= ACTIVE_S for each, at in self._seen.items() if each != sender)


def _take_one(counter: Counter[str], sender: str) -> None:
    counter[sender] -= 1
    if not counter[sender]:
        del counter[sender]


class Admission:
    """Stands before everything else, and counts who is inside while a message is taken in."""

    def __init__(self, places: Places | None = None) -> None:
        self._places = places or Places()

    async def handle(self, scope: Any, receive: Any, send: Any, next_app: ASGIApp) -> None:
        """Let the request in, or send it away with a time to come again."""
        sender = sender_of(scope)
        if not sender:
            await next_app(scope, receive, send)
            return
        try:
            await self._places.enter(sender)
        except BusyError as error:
            SENT_AWAY.labels("places").inc()
            await _send_away(scope, send, error)
            return
        clock = asyncio.get_running_loop()
        begun = clock.time()
        try:
            await next_app(scope, receive, send)
        finally:
            self._places.leave(sender, clock.time() - begun)


async def _send_away(scope: Any, send: Any, error: BusyError) -> None:
    headers, body = busy_problem(scope["path"], error)
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def sender_of(scope: Any) -> str:
    """Who sends a message: the feed it names, else the key it carries; empty where none is sent."""
    path = str(scope["path"])
    if scope.get("method") != "POST" or not path.startswith(TAKING_IN):
        return ""
    if path.startswith("/v1/feeds/"):
        return path
    key = dict(scope["headers"]).get(b"authorization", b"")
    # A digest: no key is kept longer than its request.
    return digest(key) if key else KEYLESS
