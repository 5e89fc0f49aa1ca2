"""Every request belongs to an affair: `X-Correlation-Id`, which the answer repeats.

What a caller sends is taken where it is up to 100 plain characters; else it is the trace that the
caller's `traceparent` names, and else one is made. It goes into every row that the request makes,
and every line of the log.
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
from app.entrypoints.api.measured import Measured
from app.telemetry import affair, plain_affair
from app.telemetry.traces import TRACEPARENT, called_by, trace_in

HEADER = "X-Correlation-Id"
STATE = "tollgate_correlation_id"
NAMED = "tollgate_correlation_id_is_named"
"""Whether the caller gave it, and we did not make it."""


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
        headers = Headers.from_scope(cast("Scope", scope))
        given, called = plain_affair(headers.get(HEADER, "")), headers.get(TRACEPARENT, "")
        correlation_id = given or trace_in(called) or self.affairs()
        scope.setdefault("state", {}).update({STATE: correlation_id, NAMED: bool(given)})
        request = Measured(scope)

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.answered(message["status"])
                message.setdefault("headers", [])
                MutableScopeHeaders.from_message(message)[HEADER] = correlation_id
            await send(message)

        with affair(correlation_id), called_by(called), request:
            await self.admission.handle(scope, receive, named, super().__call__)


def affairs() -> Callable[[], str]:
    """What makes correlation ids that no other process makes: digests, as all ids here."""
    numbers = count(1)
    process = f"{socket.gethostname()} {os.getpid()} {monotonic_ns()}"

    def made() -> str:
        return digest(f"{process} {next(numbers)}".encode())[:32]

    return made
