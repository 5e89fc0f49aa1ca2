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
    following = urlencode({**asked, "after": found.after})
    return page(
        request,
        "provisionals.html",
        person,
        list=found,
        asked=asked,
        next_page=f"/provisionals?{following}" if found.after else "",
    )
