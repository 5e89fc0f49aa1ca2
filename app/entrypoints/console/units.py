"""Units of one kind: the list behind each number of the board."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import Person
from app.entrypoints.console.pages import page
from app.operations.house import House
from app.operations.looking.units import Asked, units_like


@get("/units", sync_to_thread=True, include_in_schema=False)
def show_units(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The page."""
    told = {name: str(request.query_params.get(name, "")) for name in Asked.__struct_fields__}
    asked = Asked(**told)
    found = units_like(house, asked)
    return page(
        request,
        "units.html",
        person,
        list=found,
        asked={k: v for k, v in told.items() if v and k != "after"},
        first_page=_path(asked, after="") if asked.after else "",
        next_page=_path(asked, after=found.after) if found.after else "",
    )


def _path(asked: Asked, after: str) -> str:
    told = {**msgspec.structs.asdict(asked), "after": after}
    given = {name: value for name, value in told.items() if value}
    return f"/units?{urlencode(given)}" if given else "/units"
