"""Around all pages: who may see them, what every answer says, and how an error reads."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import (
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.handlers import BaseRouteHandler

from app.access import Person
from app.entrypoints.api.door import Door
from app.entrypoints.api.problems import problem_headers, problem_of
from app.entrypoints.console import ROUTES
from app.entrypoints.console.forms import refuse_foreign_forms
from app.entrypoints.console.identity import Connection, Identity
from app.entrypoints.console.pages import (
    SAFE,
    SIGN_IN,
    TOLD_TIME,
    fragment,
    is_fragment,
    moved,
    page,
)
from app.errors import TollgateError
from app.operations.house import House

_NOT_A_PAGE = (NotFoundException, MethodNotAllowedException)


class Shell:
    """The console of one application."""

    def __init__(self, door: Door, identity: Identity, house: House) -> None:
        self._door, self._identity, self._house = door, identity, house

    def router(self) -> Router:
        """All pages; none is in the document of the API, whose door they do not pass."""
        identity, installed = self._identity, self._house

        # Litestar copies a router with everything in it, except functions.
        def let_in(connection: Connection, handler: BaseRouteHandler) -> None:
            self._say_time(connection)
            identity.let_in(connection, handler)

        def person(request: Request[Any, Any, Any]) -> Person:
            return identity.person(request)

        def house(request: Request[Any, Any, Any]) -> House:
            return identity.house_for(request)

        return Router(
            "/",
            route_handlers=ROUTES,
            guards=[let_in],
            before_request=refuse_foreign_forms,
            after_request=_made_safe,
            dependencies={
                "identity": Provide(lambda: identity, sync_to_thread=False),
                "person": Provide(person, sync_to_thread=False),
                "house": Provide(house, sync_to_thread=False),
                # Before anybody has come in: nobody acts there.
                "open_house": Provide(lambda: installed, sync_to_thread=False),
            },
            opt={"open": True, "console": True},
            include_in_schema=False,
        )

    def answers(self, request: Request[Any, Any, Any]) -> bool:
        """Whether a page is asked for: one of ours, or one that is not there, by a browser."""
        handler: Any = request.scope.get("route_handler")
        if handler is not None:
            return bool(handler.opt.get("console"))
        return "text/html" in request.headers.get("accept", "")

    def told(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        """The error as a page, or the way to sign in."""
        person = None
        self._say_time(request)
        try:
            self._door.refuse_foreign_names(request)
            person = self._identity.person_of(request)
        except (NotAuthorizedException, PermissionDeniedException, TollgateError) as refused:
            error = refused if isinstance(error, _NOT_A_PAGE) else error
        if isinstance(error, NotAuthorizedException) and request.method == "GET":
            return _made_safe(_to_sign_in(request))
        return _made_safe(_error_page(request, person, error))

    def _say_time(self, connection: Connection) -> None:
        """Every page says what time it is, where that is not the time of the day."""
        if self._house.told_time:
            connection.scope["state"][TOLD_TIME] = self._house.now()


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """There, and afterwards back to what was asked."""
    if is_fragment(request):
        return Response(b"", status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": SIGN_IN})
    query = f"?{request.url.query}" if request.url.query else ""
    return moved(f"{SIGN_IN}?then={quote(request.url.path + query, safe='')}")


def _error_page(
    request: Request[Any, Any, Any], person: Person | None, error: Exception
) -> Response[bytes]:
    problem = problem_of(request, error)
    detail = problem.detail
    if isinstance(error, NotFoundException):
        detail = f"{request.url.path} is not a page of this console."
    rendered = fragment if is_fragment(request) else page
    template = "problem.html" if is_fragment(request) else "error.html"
    response = rendered(
        request, template, person, status=problem.status, problem=problem, detail=detail
    )
    response.headers.update(problem_headers(error))
    return response


def _made_safe(response: Response[Any]) -> Response[Any]:
    for name, value in SAFE.items():
        response.headers[name] = value
    return response
