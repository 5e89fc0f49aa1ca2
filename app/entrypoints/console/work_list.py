"""The work list: what to do next, the most urgent money first."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import Person
from app.entrypoints.console.pages import page


@get("/", sync_to_thread=True, include_in_schema=False)
def show_work_list(
    request: Request[Any, Any, Any], person: NamedDependency[Person]
) -> Response[bytes]:
    """The page."""
    return page(request, "work_list.html", person)
