"""Which error is which HTTP status, and how it is told: RFC 9457. The only place that knows.

What nobody foresaw is a 500 with an incident id; its traceback goes to the log and never
to the caller.
"""

import logging
import os
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from app.digest import canonical
from app.entrypoints.api.asking import (
    RefusedMessagesError,
    ReusedMessageIdError,
    UnsupportedMediaError,
)
from app.errors import (
    BusyError,
    ConflictError,
    DeploymentError,
    EngineError,
    ForbiddenError,
    ForeignHostError,
    IntakeError,
    Mistake,
    NotFoundError,
    RecordedError,
    RefusedFormError,
    RequestError,
    StaleDecisionError,
    TollgateError,
)

PROBLEM_MEDIA = "application/problem+json"
_URN = "urn:tollgate:problem:"
_log = logging.getLogger("tollgate.http")
_incidents = count(1)


class Kind(msgspec.Struct, frozen=True):
    """How errors of a class are answered; `name` is stable and ends the problem's type."""

    status: HTTPStatus
    name: str
    title: str


KIND_OF: dict[type[Exception], Kind] = {
    RefusedMessagesError: Kind(HTTPStatus(422), "messages-refused", "Messages were refused"),
    IntakeError: Kind(HTTPStatus(422), "messages-refused", "Messages were refused"),
    RequestError: Kind(HTTPStatus(422), "request-wrong", "The request does not make sense"),
    UnsupportedMediaError: Kind(HTTPStatus(415), "media-not-read", "The media type is not read"),
    ReusedMessageIdError: Kind(HTTPStatus(409), "message-id-reused", "A message id was reused"),
    ConflictError: Kind(HTTPStatus(409), "conflict", "It contradicts what was recorded before"),
    StaleDecisionError: Kind(HTTPStatus(409), "decision-stale", "The decision has changed since"),
    ForeignHostError: Kind(HTTPStatus(403), "host-not-ours", "It was asked by another name"),
    ForbiddenError: Kind(HTTPStatus(403), "not-allowed", "Somebody else may do this"),
    RefusedFormError: Kind(HTTPStatus(403), "form-refused", "The form was not taken"),
    NotFoundError: Kind(HTTPStatus(404), "not-found", "There is no such thing"),
    DeploymentError: Kind(HTTPStatus(503), "not-ready", "The installation is not ready"),
    RecordedError: Kind(HTTPStatus(503), "recorded-only", "It is recorded, and not decided yet"),
    BusyError: Kind(HTTPStatus(429), "come-later", "Too much at once; nothing was taken"),
    EngineError: Kind(HTTPStatus(503), "engine-busy", "There was no complete answer in time"),
    NotFoundException: Kind(HTTPStatus(404), "no-such-path", "There is nothing at this path"),
    MethodNotAllowedException: Kind(
        HTTPStatus(405), "method-not-allowed", "The path does not know this method"
    ),
    RequestEntityTooLarge: Kind(HTTPStatus(413), "body-too-large", "The body is too large"),
    NotAuthorizedException: Kind(HTTPStatus(401), "key-missing", "A valid key is needed"),
    PermissionDeniedException: Kind(HTTPStatus(403), "not-from-a-page", "Pages may not ask"),
    ClientException: Kind(HTTPStatus(400), "request-unreadable", "The request cannot be read"),
    Exception: Kind(HTTPStatus(500), "incident", "Something went wrong on our side"),
}


class ProblemMistake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong: where, what, what is allowed there, what to do."""

    where: str
    """A JSON path, a byte offset, a header, or `body`."""
    what: str
    allowed: str = ""
    mend: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not carried out."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked."""
    mistakes: tuple[ProblemMistake, ...] = ()
    delivery_id: str = ""
    """Under which the bytes of a refused body were kept."""
    incident: str = ""
    """By which the log tells more."""


def kind_of(error: Exception) -> Kind:
    """How the error is answered: by the nearest of its classes that is listed."""
    return next(KIND_OF[each] for each in type(error).__mro__ if each in KIND_OF)


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The error as an application/problem+json document."""
    problem = problem_of(request, error)
    return Response(
        canonical(problem),
        status_code=problem.status,
        media_type=PROBLEM_MEDIA,
        headers=problem_headers(error),
    )


def problem_of(request: Request[Any, Any, Any], error: Exception) -> Problem:
    """What is told of the error; what is ours to mend goes to the log as well."""
    kind = kind_of(error)
    incident = _logged(request, error) if _is_ours_to_mend(kind, error) else ""
    return Problem(
        type=_URN + kind.name,
        title=kind.title,
        status=kind.status,
        detail=_detail(request, error, incident),
        instance=quote(request.url.path),
        mistakes=tuple(_told(each) for each in getattr(error, "mistakes", ())),
        delivery_id=getattr(error, "delivery_id", ""),
        incident=incident,
    )


def problem_headers(error: Exception) -> dict[str, str]:
    """What the answer to it says in its headers."""
    headers = dict((error.headers if isinstance(error, HTTPException) else None) or {})
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.after_s)
    if kind_of(error).status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def busy_problem(path: str, error: BusyError) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of the same, before a request was routed: a flood is sent away cheaply."""
    kind = kind_of(error)
    problem = Problem(
        type=_URN + kind.name,
        title=kind.title,
        status=kind.status,
        detail=str(error.args[0]),
        instance=quote(path),
    )
    body = canonical(problem)
    headers = [
        (b"content-type", PROBLEM_MEDIA.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(error.after_s).encode()),
    ]
    return headers, body


def _is_ours_to_mend(kind: Kind, error: Exception) -> bool:
    """Whether the log must say more than the caller may read, as a driver's own words."""
    foreign = isinstance(error, DeploymentError | RecordedError) and error.__cause__ is not None
    return kind.status is HTTPStatus.INTERNAL_SERVER_ERROR or foreign


def _logged(request: Request[Any, Any, Any], error: Exception) -> str:
    incident = f"{os.getpid()}-{next(_incidents)}"
    _log.error("incident %s: %s %s", incident, request.method, request.url.path, exc_info=error)
    return incident


def _detail(request: Request[Any, Any, Any], error: Exception, incident: str) -> str:
    if isinstance(error, RecordedError):
        return str(error.args[0])
    if incident:
        return f"it was not carried out; the log says why under incident {incident}"
    if isinstance(error, RequestEntityTooLarge):
        limit = request.app.request_max_body_size
        return f"a body may have at most {limit} bytes; send the messages in several requests"
    if isinstance(error, TollgateError):
        return str(error.args[0])
    if isinstance(error, NotFoundException):
        return f"{request.url.path} is not a path here; /schema lists them"
    if isinstance(error, MethodNotAllowedException):
        return f"{request.method} is not answered at {request.url.path}"
    return error.detail if isinstance(error, HTTPException) else str(error)


def _told(mistake: Mistake) -> ProblemMistake:
    return ProblemMistake(
        where=str(mistake.place),
        what=mistake.what,
        allowed=mistake.allowed,
        mend=mistake.mend,
    )
