"""Whether what is posted was filled in on a page of ours.

Two checks, and both must hold: the browser says that the page was ours (`Sec-Fetch-Site`, or
`Origin`), and the form carries a token that no other page can know. The token is made of a number
that only the browser and we see, in a cookie, and of who is signed in; so it lives as long as the
browser does, whichever process answers.
"""

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.connection import ASGIConnection

from app.errors import RefusedFormError

SESSION = "tollgate_session"
"""The cookie that says who is signed in."""
NONCE = "tollgate_form"
"""The cookie with the number."""
FIELD, HEADER = "form_token", "x-csrf-token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_NEW = "tollgate_new_nonce"
_LENGTH = 32
Connection = ASGIConnection[Any, Any, Any, Any]


def form_token(request: Connection) -> str:
    """What a form on a page that answers this request must carry."""
    nonce = request.cookies.get(NONCE) or request.scope["state"].get(_NEW)
    if not nonce or len(nonce) < _LENGTH:
        nonce = request.scope["state"][_NEW] = secrets.token_urlsafe(_LENGTH)
    return _token(nonce, request.cookies.get(SESSION, ""))


def keep_nonce(request: Connection, response: Response[Any]) -> None:
    """Have the browser keep the number, where one was made for this page."""
    if made := request.scope["state"].get(_NEW):
        set_cookie(request, response, NONCE, made)


def set_cookie(
    request: Connection, response: Response[Any], name: str, value: str, max_age: int | None = None
) -> None:
    """A cookie that no script reads and no other site makes the browser send."""
    response.set_cookie(
        key=name,
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


async def refuse_foreign_forms(request: Request[Any, Any, Any]) -> None:
    """Raise RefusedFormError where a page from elsewhere, or an old one, asks for something."""
    if request.method in _SAFE:
        return
    if not _is_same_origin(request):
        raise RefusedFormError("it was sent by a page that is not part of this console")
    nonce = request.cookies.get(NONCE, "")
    given = request.headers.get(HEADER) or (await request.form()).get(FIELD)
    expected = _token(nonce, request.cookies.get(SESSION, ""))
    if (
        len(nonce) < _LENGTH
        or not isinstance(given, str)
        or not hmac.compare_digest(given.encode(), expected.encode())
    ):
        raise RefusedFormError(
            "the page it was filled in on is out of date, or somebody else has signed in since; "
            "load the page again and send it once more"
        )


def _is_same_origin(request: Request[Any, Any, Any]) -> bool:
    """As the browser tells it; one that tells nothing is not believed."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    return site is not None


def _token(nonce: str, session: str) -> str:
    return hmac.new(nonce.encode(), session.encode(), "sha256").hexdigest()
