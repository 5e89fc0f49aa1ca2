"""Provisional invoices that are open: the list behind a customer's exposure on the board."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.access import Person
from app.entrypoints.console.pages import page
from app.operations.house import House
from app.operations.looking.open_provisionals import open_provisionals


@get("/provisionals", sync_to_thread=True, include_in_schema=False)
def show_provisionals(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    customer: FromQuery[str | None] = None,
    currency: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[bytes]:
    """The page."""
    found = open_provisionals(house, customer, currency, after)
    asked = {} if customer is None else {"customer": customer}
    if currency:
        asked["currency"] = currency
    return page(
        request,
        "provisionals.html",
        person,
        list=found,
        asked=asked,
        first_page=_path(asked) if after else "",
        next_page=_path({**asked, "after": found.after}) if found.after else "",
    )


def _path(asked: dict[str, str]) -> str:
    return f"/provisionals?{urlencode(asked)}" if asked else "/provisionals"
