"""Renders pages: a template, the values it shows, and who looks at it.

Everything that is shown is escaped, and a name that a template uses and nobody gave is an error.
Templates are compiled when the process starts.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from app.access import May, Person
from app.entrypoints.console.forms import form_token, keep_nonce
from app.entrypoints.console.labels import LABELS
from app.entrypoints.console.static_files import asset
from app.money import of_minor_units

HTML = "text/html"
TOLD_TIME = "tollgate_told_time"
"""In the state of a request: the moment it is, where the clock is a told one."""
OF_CUSTOMER = ("/customer", "Customer view")
PAGES = (
    ("/", "Work list"),
    ("/units", "Units"),
    ("/board", "Board"),
    ("/kpis", "KPIs"),
    ("/rules", "Rules"),
    OF_CUSTOMER,
)
SEARCH = "/search"
TYPED = "q"
"""In the query of a search: what was typed."""
SIGN_IN = "/sign-in"
SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send forms as from nowhere, and they would be refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of everything the console answers."""


def page(
    request: Request[Any, Any, Any],
    template: str,
    person: Person | None,
    *,
    status: int = HTTPStatus.OK,
    **values: object,
) -> Response[bytes]:
    """A whole page, in the frame of `layout.html`.

    Args:
        request: what is answered.
        template: a file under `templates/` that extends `layout.html`.
        person: who looks; None where nobody has come in.
        status: the HTTP status.
        **values: what the template names.
    """
    return _rendered(request, template, person, status, values)


def fragment(
    request: Request[Any, Any, Any],
    template: str,
    person: Person | None,
    *,
    status: int = HTTPStatus.OK,
    **values: object,
) -> Response[bytes]:
    """A part of a page, for a script that puts it where it belongs; the template has no frame."""
    return _rendered(request, template, person, status, values)


def moved(path: str) -> Response[bytes]:
    """On to another page, after something was posted."""
    there = {"Location": path, "Cache-Control": "no-store"}
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, media_type=HTML, headers=there)


def home_of(person: Person) -> str:
    """The first page that somebody may see."""
    return _pages_of(person)[0][0]


def is_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether a script asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def _rendered(
    request: Request[Any, Any, Any],
    template: str,
    person: Person | None,
    status: int,
    values: dict[str, object],
) -> Response[bytes]:
    text = _TEMPLATES.get_template(template).render(
        person=person,
        pages=_pages_of(person),
        here=request.url.path,
        typed=_typed(request, person),
        form_token=form_token(request),
        told_time=request.scope["state"].get(TOLD_TIME),
        **values,
    )
    response = Response(
        text.encode(),
        status_code=status,
        media_type=HTML,
        headers={"Cache-Control": "no-store", "Vary": "Cookie, HX-Request"},
    )
    keep_nonce(request, response)
    return response


def _typed(request: Request[Any, Any, Any], person: Person | None) -> str | None:
    """What stands in the field to search by; None where there is no such field."""
    if person is None or not person.may(May.LOOK):
        return None
    return str(request.query_params.get(TYPED, "")) if request.url.path == SEARCH else ""


def _pages_of(person: Person | None) -> tuple[tuple[str, str], ...]:
    if person is None:
        return ()
    return PAGES if person.may(May.LOOK) else (OF_CUSTOMER,)


def _amount(minor: int, currency: str) -> str:
    """`1,234.50`: in major units, without the currency."""
    return str(of_minor_units(minor, currency)).rpartition(" ")[0]


def _utc(moment: datetime, pattern: str) -> str:
    return moment.astimezone(UTC).strftime(pattern)


def _share(value: float, whole: float) -> float:
    """How many hundredths of the whole, for the geometry of a chart."""
    return round(100 * float(value) / float(whole), 3) if whole else 0.0


def _compiled() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(files("app.entrypoints.console").joinpath("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters.update(amount=_amount, utc=_utc)
    environment.globals.update(asset=asset, share=_share, labels=LABELS)
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


_TEMPLATES = _compiled()
