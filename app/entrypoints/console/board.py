"""The board: how much is where on its way from service to invoice."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import Person
from app.entrypoints.console.pages import page
from app.entrypoints.console.work_list import path_of
from app.operations.house import House
from app.operations.looking.board import known_board
from app.reports.standing.standing import Stage
from app.reports.work.board import Age, Runway


@get("/board", sync_to_thread=True, include_in_schema=False)
def show_board(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The page."""
    found = known_board(house)
    return page(
        request,
        "board.html",
        person,
        board=found.board.figures,
        at=found.board.at,
        feeds=found.feeds.figures.feeds,
        heard_at=found.feeds.at,
        stages=tuple(Stage),
        ages=tuple(Age),
        runways=tuple(Runway),
        path_of=path_of,
    )
