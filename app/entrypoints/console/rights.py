"""Value at risk: lines that have to be billed by a day, the list behind the board's numbers."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.access import Person
from app.entrypoints.console.pages import page
from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.rights import AfterLine, rights_to_bill


@get("/rights", sync_to_thread=True, include_in_schema=False)
def show_rights(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    right: FromQuery[str] = "",
    currency: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[bytes]:
    """The page."""
    found = rights_to_bill(house, right, currency, _after(after))
    asked = {"right": right, "currency": currency}
    asked = {name: value for name, value in asked.items() if value}
    return page(
        request,
        "rights.html",
        person,
        list=found,
        asked=asked,
        first_page=_path(asked) if after else "",
        next_page=_path({**asked, "after": _place(found.after)}) if found.after else "",
    )


def _path(asked: dict[str, str]) -> str:
    return f"/rights?{urlencode(asked)}" if asked else "/rights"


def _place(after: AfterLine) -> str:
    return msgspec.json.encode(after).decode()


def _after(text: str) -> AfterLine | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=tuple[date, str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise wrong_request(
            "after", "it is no place in the list; begin at the first page"
        ) from None
