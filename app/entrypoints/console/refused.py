"""A form that was not taken comes back where it was sent, opened and as it was filled in.

Nothing of it was recorded, though another that was sent from the same page may have been. What is
wrong is said above the page, which has the focus then, and beside each field. A file is the one
thing that no page can fill in again.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request, Response
from litestar.datastructures import UploadFile

from app.access import Person
from app.entrypoints.console.labels import FILE, LABELS
from app.entrypoints.console.offered import is_list
from app.entrypoints.console.pages import page
from app.entrypoints.console.unit import shown_unit, values_of
from app.entrypoints.console.work_list import list_values
from app.errors import Mistake, OtherContentError, Place, RequestError
from app.operations.house import House
from app.reports.standing.standing import Spell
from app.reports.unit.outcome import Act
from app.reports.unit.unit_page import HoldShown, UnitPage

AT, BACK = "at", "back"
"""Fields: the place of the hold on the page, and which page."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and not taken."""

    unit: str
    act: Act
    error: RequestError
    typed: Mapping[str, str]
    file: str
    """The name of the file that was chosen; empty where none was."""
    waiver: str
    """Which is taken back."""
    held: HoldShown | None
    """Beside which hold the form stands; None where it is no longer offered."""

    def is_beside(self, held: HoldShown) -> bool:
        """Whether the form stands beside this hold."""
        return self.held is not None and self.held.anchor == held.anchor

    def is_of(self, held: HoldShown, act: str, waiver: str = "") -> bool:
        """Whether it is the form of this act there."""
        return self.is_beside(held) and (self.act, self.waiver) == (act, waiver)

    def is_row(self, spell: Spell) -> bool:
        """Whether that hold is the one of this row of the work list."""
        if self.held is None:
            return False
        hold = self.held.hold
        return (spell.unit, spell.code, spell.subject) == (self.unit, hold.code, hold.subject)

    def says(self, field: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        found = [each for each in self.error.mistakes if each.place.field == field]
        return "; ".join(map(_without_place, found))

    def in_words(self, mistake: Mistake) -> str:
        """The mistake, with its field as the form calls it."""
        label = LABELS[self.act].get(mistake.place.field, "")
        return f"{label}: {_without_place(mistake)}" if label else _without_place(mistake)

    @property
    def was_filled_in(self) -> tuple[tuple[str, str], ...]:
        """What was typed, as the form calls it."""
        told = LABELS[self.act].items()
        return tuple((label, self.typed[name]) for name, label in told if self.typed[name])

    @property
    def another_was_taken(self) -> bool:
        """Whether the same form was recorded before, with other content."""
        return isinstance(self.error, OtherContentError)

    @property
    def form(self) -> str:
        """By what the ids of its fields begin."""
        if self.held is None or not self.waiver:
            return self.act.value
        return f"back-{self.held.offered.take_back.index(self.waiver) + 1}"

    def field_of(self, mistake: Mistake) -> str:
        """The field of the form that is wrong; empty where it is none that one fills in."""
        name = mistake.place.field
        return name if self.held and name in LABELS[self.act] else ""


def filled_in(data: Mapping[str, Any], field: str) -> str:
    """A field as it was filled in; one that is not there is as one left empty."""
    found = data.get(field, "")
    return found.strip() if isinstance(found, str) else ""


def refused_page(
    request: Request[Any, Any, Any],
    house: House,
    person: Person,
    data: Mapping[str, Any],
    act: Act,
    error: RequestError,
) -> Response[bytes]:
    """The work list or the unit's page, wherever the form was sent.

    Raises:
        NotFoundError: no unit goes by the number.
    """
    shown = shown_unit(house, filled_in(data, "unit"), person)
    refused = _refused(data, act, error, shown)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error.mistakes else HTTPStatus.CONFLICT
    back = filled_in(data, BACK)
    if not is_list(back):
        values = {**values_of(shown), "refused": refused}
        return page(request, "unit.html", person, status=status, **values)
    query = dict(parse_qsl(urlsplit(back).query))
    values = list_values(house, person, query)
    found = any(refused.is_row(work.spell) for work in values["list"].works)
    values |= {"refused": refused, "unit": shown, "apart": bool(refused.held and not found)}
    return page(request, "work_list.html", person, status=status, **values)


def _refused(data: Mapping[str, Any], act: Act, error: RequestError, shown: UnitPage) -> Refused:
    upload = data.get(FILE)
    waiver = filled_in(data, "waiver") if act is Act.TAKE_BACK else ""
    named = (filled_in(data, "hold"), filled_in(data, AT))
    holds = shown.current.holds if shown.current else ()
    found = next((each for each in holds if (each.hold.code, each.anchor) == named), None)
    return Refused(
        unit=shown.unit,
        act=act,
        error=error,
        typed={name: filled_in(data, name) for name in LABELS[act]},
        file=(upload.filename or "") if isinstance(upload, UploadFile) else "",
        waiver=waiver,
        held=found if found and _is_offered(found, act, waiver) else None,
    )


def _without_place(mistake: Mistake) -> str:
    return str(msgspec.structs.replace(mistake, place=Place()))


def _is_offered(held: HoldShown, act: Act, waiver: str) -> bool:
    offered = held.offered
    return {
        Act.ATTACH: bool(offered.attach),
        Act.APPROVE: bool(offered.approve),
        Act.WAIVE: offered.waive,
        Act.TAKE_BACK: waiver in offered.take_back,
        Act.ASSIGN: offered.assign,
    }[act]
