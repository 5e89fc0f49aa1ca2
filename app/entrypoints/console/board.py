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
from app.reports.work.board import STAGES_SAY, Age, Runway
from app.reports.work.folded import folded_board


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
        tables=folded_board(found.board.figures),
        at=found.board.at,
        feeds=found.feeds.figures.stale_first,
        heard_at=found.feeds.at,
        stages=tuple(Stage),
        stages_say=STAGES_SAY,
        ages=tuple(Age),
        runways=tuple(Runway),
        path_of=path_of,
    )
