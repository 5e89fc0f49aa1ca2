"""The acts on one hold of the work list: a part of that page, asked for when it is opened."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.access import Person
from app.entrypoints.console.pages import fragment, is_fragment, moved
from app.entrypoints.console.unit import new_sheet, path_of, shown_unit
from app.operations.house import House
from app.reports.unit.unit_page import anchor_of


@get("/acts/offered", sync_to_thread=True, include_in_schema=False)
def show_offered(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    unit: FromQuery[str],
    code: FromQuery[str],
    subject: FromQuery[str] = "",
    back: FromQuery[str] = "",
) -> Response[bytes]:
    """The forms; without a script the hold on the unit's page, where they are, too."""
    shown = shown_unit(house, unit, person)
    path = f"{path_of(shown.unit)}#{anchor_of(code, subject)}"
    if not is_fragment(request):
        return moved(path)
    holds = shown.current.holds if shown.current else ()
    wanted = (code, subject)
    held = next((each for each in holds if (each.hold.code, each.hold.subject) == wanted), None)
    return fragment(
        request,
        "offered.html",
        person,
        unit=shown,
        refused=None,
        held=held,
        path=path,
        sheet=new_sheet(),
        back=back if is_list(back) else "",
    )


def is_list(path: str) -> bool:
    """Whether a form came from the work list: to there one goes back, and nowhere else."""
    return path == "/" or path.startswith("/?")
