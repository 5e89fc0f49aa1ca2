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
    following = msgspec.structs.replace(asked, after=found.after)
    return page(
        request,
        "units.html",
        person,
        list=found,
        asked={k: v for k, v in told.items() if v and k != "after"},
        next_page=_path(following) if found.after else "",
    )


def _path(asked: Asked) -> str:
    given = {name: value for name, value in msgspec.structs.asdict(asked).items() if value}
    return f"/units?{urlencode(given)}"
