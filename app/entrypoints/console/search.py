"""From any number that somebody types to the unit that goes by it."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import Person
from app.entrypoints.console.pages import SEARCH, TYPED, moved, page
from app.entrypoints.console.unit import path_of
from app.operations.house import House
from app.operations.looking.search import units_found


@get(SEARCH, sync_to_thread=True, include_in_schema=False)
def search(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """On to the one unit that is meant; several, or none, as a page that says so."""
    found = units_found(house, str(request.query_params.get(TYPED, "")))
    if len(found.units) == 1:
        return moved(path_of(found.units[0]))
    status = HTTPStatus.OK if found.units or not found.typed else HTTPStatus.NOT_FOUND
    return page(request, "search.html", person, status=status, found=found)
