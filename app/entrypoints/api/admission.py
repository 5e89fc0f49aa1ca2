"""How much is taken in at once, and from whom: no sender's flood makes another wait.

Each sender has a few places, and all together have some more; who finds none free is told at once
to come later, before a byte is read by anybody who has something else to do. What was acknowledged
is stored, what was sent away was never taken: the sender still has it.
"""

from collections import Counter
from dataclasses import dataclass, field

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from app.digest import digest
from app.errors import BusyError
from app.telemetry import SENT_AWAY

TAKING_IN = ("/v1/events", "/v1/feeds/")
"""Paths by which facts arrive; questions and claims are not counted."""
OF_ONE_SENDER = 2
OF_ALL = 16
COME_AGAIN_S = 1
KEYLESS = "this machine"
"""Without keys all systems of the machine look like one sender: they have half of all places."""


@dataclass
class Places:
    """Who is inside; only touched by the one thread that runs the event loop."""

    of_one: int = OF_ONE_SENDER
    of_all: int = OF_ALL
    inside: Counter[str] = field(default_factory=Counter)

    def enter(self, sender: str) -> None:
        """Take a place.

        Raises:
            BusyError: the sender has all of its own, or all are taken.
        """
        mine = self.of_one if sender != KEYLESS else self.of_all // 2
        if self.inside[sender] >= mine:
            raise BusyError(
                f"{mine} messages of this sender are being read; send fewer at a time",
                after_s=COME_AGAIN_S,
            )
        if self.inside.total() >= self.of_all:
            raise BusyError("as many messages as can be are being read", after_s=COME_AGAIN_S)
        self.inside[sender] += 1

    def leave(self, sender: str) -> None:
        """Give the place back."""
        self.inside[sender] -= 1
        if not self.inside[sender]:
            del self.inside[sender]


class Admission(ASGIMiddleware):
    """Counts who is inside while a message is taken in."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, places: Places | None = None) -> None:
        self._places = places or Places()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request in, or send it away with a time to come again."""
        sender = sender_of(scope)
        if not sender:
            await next_app(scope, receive, send)
            return
        try:
            self._places.enter(sender)
        except BusyError:
            SENT_AWAY.labels("places").inc()
            raise
        try:
            await next_app(scope, receive, send)
        finally:
            self._places.leave(sender)


def sender_of(scope: Scope) -> str:
    """Who sends a message: the feed it names, else the key it carries; empty where none is sent."""
    path = str(scope["path"])
    if scope.get("method") != "POST" or not path.startswith(TAKING_IN):
        return ""
    if path.startswith("/v1/feeds/"):
        return path
    key = dict(scope["headers"]).get(b"authorization", b"")
    # A digest: no key is kept longer than its request.
    return digest(key) if key else KEYLESS
