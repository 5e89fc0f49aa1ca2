"""Every request belongs to an affair: `X-Correlation-Id`, which the answer repeats.

What a caller sends is taken where it is up to 100 plain characters; else one is made. It goes
into every row that the request makes, and every line of the log.
"""

import os
import socket
from collections.abc import Callable
from itertools import count
from time import monotonic_ns
from typing import Any, cast

from litestar import Litestar
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import Message, Scope

from app.digest import digest
from app.entrypoints.api.admission import Admission
from app.telemetry import affair, plain_affair

HEADER = "X-Correlation-Id"
STATE = "tollgate_correlation_id"


class Correlated(Litestar):
    """The application, with each request in its affair; also those it refuses."""

    affairs: Callable[[], str]
    """Makes a new one."""
    admission: Admission
    """Who may send messages now."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, and name the affair in the answer."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        given = Headers.from_scope(cast("Scope", scope)).get(HEADER, "")
        correlation_id = plain_affair(given) or self.affairs()
        scope.setdefault("state", {})[STATE] = correlation_id

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableScopeHeaders.from_message(message)[HEADER] = correlation_id
            await send(message)

        with affair(correlation_id):
            await self.admission.handle(scope, receive, named, super().__call__)


def affairs() -> Callable[[], str]:
    """What makes correlation ids that no other process makes: digests, as all ids here."""
    numbers = count(1)
    process = f"{socket.gethostname()} {os.getpid()} {monotonic_ns()}"

    def made() -> str:
        return digest(f"{process} {next(numbers)}".encode())[:32]

    return made
