"""How long each request takes, by its route as the document writes it: paths have no end."""

from http import HTTPMethod, HTTPStatus
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from app.telemetry import REQUESTS

NOWHERE = "unmatched"
"""The route of what leads to none, and the method of what is none."""


class Measured:
    """One request, from entering to leaving."""

    def __init__(self, scope: Any) -> None:
        self._scope = scope
        self._begun = perf_counter()
        self._status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

    def answered(self, status: int) -> None:
        """Note with which status the answer began."""
        self._status = status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        method = self._scope["method"]
        route = self._scope.get("path_template") or NOWHERE
        known = method if method in HTTPMethod.__members__ else NOWHERE
        took = perf_counter() - self._begun
        REQUESTS.labels(known, route, str(self._status)).observe(took)
