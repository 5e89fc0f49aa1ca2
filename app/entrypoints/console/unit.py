"""One billable unit: its life, the decision in force and why, and what a person can do about it."""

import re
import secrets
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Person
from app.entrypoints.console.pages import fragment, is_fragment, moved, page
from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.unit_page import unit_changes, unit_named, unit_page
from app.operations.looking.unlocking import unlocking_of_unit
from app.reports.unit.outcome import Act, outcome_of
from app.reports.unit.unit_page import UnitPage

DONE = "did"
"""In the query after an act: what was done."""
SINCE = "since"
"""And the decision that was in force before it."""
OF = "of"
"""And the unit, where another page than the unit's tells of it."""
BEFORE = "before"
"""In the query of a list of decisions: the place of the one before which a part ends."""
_PLACE = re.compile("[1-9][0-9]{0,8}")


@get("/units/{reference:str}", sync_to_thread=True, include_in_schema=False)
def show_unit(
    request: Request[Any, Any, Any],
    reference: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The unit's page, or the way to it from any number it goes by."""
    shown = unit_page(house, reference, person)
    if isinstance(shown, str):
        return moved(path_of(shown))
    return page(request, "unit.html", person, **values_of(shown, outcome_in(request, shown)))


@get("/units/{reference:str}/unlock", sync_to_thread=True, include_in_schema=False)
def show_unlocking(
    request: Request[Any, Any, Any],
    reference: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """What would release the unit: a page, or the part of one that a script asked for."""
    unit = unit_named(house, reference)
    unlocking = unlocking_of_unit(house, unit)
    if is_fragment(request):
        return fragment(request, "unlock_sets.html", person, unlocking=unlocking)
    return page(request, "unlock.html", person, unlocking=unlocking, unit=unit, path=path_of(unit))


@get("/units/{reference:str}/changes", sync_to_thread=True, include_in_schema=False)
def show_changes(
    request: Request[Any, Any, Any],
    reference: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """What changed from each decision to the next: a page, or the part that a script asked for."""
    changes = unit_changes(house, reference, before=_before(request.query_params.get(BEFORE, "")))
    path = path_of(changes.unit)
    if is_fragment(request):
        return fragment(request, "answers.html", person, answers=changes.answers)
    return page(
        request,
        "changes.html",
        person,
        changes=changes,
        answers=changes.answers,
        path=path,
        onwards=f"{path}/changes?{BEFORE}={changes.answers[-1].place}"
        if changes.answers and changes.answers[-1].place > 1
        else "",
    )


def _before(asked: str) -> int | None:
    """The place of the answer before which a part of them ends."""
    if not asked:
        return None
    if not _PLACE.fullmatch(asked):
        raise wrong_request(BEFORE, "it is no place of a decision", "1, 2 and so on")
    return int(asked)


def shown_unit(house: House, reference: str, person: Person) -> UnitPage:
    """The unit that goes by a number, without a way to it."""
    shown = unit_page(house, reference, person)
    if isinstance(shown, str):
        shown = unit_page(house, shown, person)
    assert isinstance(shown, UnitPage), "a unit's own name is the last one"
    return shown


def outcome_in(request: Request[Any, Any, Any], shown: UnitPage) -> str:
    """What came of the act that the address tells of; empty where it tells of none."""
    done = request.query_params.get(DONE, "")
    since = request.query_params.get(SINCE, "")
    if done not in set(Act):
        return ""
    holds = shown.current.decision.holds if shown.current else ()
    return outcome_of(Act(done), since, shown.answers, shown.timeline, holds)


def path_of(unit: str) -> str:
    """The page of a unit, by its own name."""
    return f"/units/{quote(unit, safe=':')}"


def new_sheet() -> str:
    """By what the forms on one page are known: sent twice, each is recorded once."""
    return secrets.token_urlsafe(12)


def values_of(shown: UnitPage, outcome: str = "") -> dict[str, Any]:
    """What the template of a unit's page names."""
    return {
        "unit": shown,
        "path": path_of(shown.unit),
        "outcome": outcome,
        "refused": None,
        "sheet": new_sheet(),
        "back": "",
    }
