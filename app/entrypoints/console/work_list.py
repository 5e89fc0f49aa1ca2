"""The work list: what to do next, the most urgent money first."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import APPROVALS, May, Person
from app.entrypoints.console.pages import home_of, moved, page
from app.entrypoints.console.unit import OF, new_sheet, outcome_in, shown_unit
from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.units import currency_asked
from app.operations.looking.work_list import work_list
from app.reports.unit.unit_page import anchor_of
from app.reports.work.board import Age
from app.reports.work.wanted import Wanted

ACTS = (May.ATTACH, *APPROVALS, May.WAIVE, May.ASSIGN)
BY = ("customer", "carrier", "code", "owner", "assigned_to")
"""Columns by which the list can be filtered."""
ONLY = {"alone": "that alone keep their money", "unpriced": "over what has no price"}
"""Kinds of holds that can be asked for."""

SEEN = "seen"
"""In the address of a later part: how many holds stand in those before it."""
_NUMBER = re.compile("[0-9]{1,9}")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks for; what is empty filters nothing."""

    customer: str = ""
    carrier: str = ""
    code: str = ""
    owner: str = ""
    assigned_to: str = ""
    currency: str = ""
    """`none`: without a price."""
    age: str = ""
    only: str = ""


@get("/", sync_to_thread=True, include_in_schema=False, opt={"or_may": (May.LOOK_AT_OWN,)})
def show_work_list(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The page; whoever may not see it is led to the one that is theirs."""
    if not person.may(May.LOOK):
        return moved(home_of(person))
    values = list_values(house, person, request.query_params)
    return page(
        request, "work_list.html", person, **{**values, "done": _done(request, house, person)}
    )


def list_values(house: House, person: Person, query: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the work list names.

    Args:
        house: where.
        person: who looks.
        query: what its address asks for.

    Raises:
        RequestError: there is no such kind or age of holds, or no such place in the list.
    """
    filters, after = _filters(query), query.get("after", "")
    wanted = Wanted(
        **{name: getattr(filters, name) for name in BY},
        currency=currency_asked(filters.currency),
        alone=filters.only == "alone",
        unpriced=filters.only == "unpriced",
        after=_after(after),
    )
    found = work_list(house, wanted, filters.age)
    seen = _seen(query.get(SEEN, "")) if after else 0
    place = {"after": after, SEEN: str(seen)} if after else {}
    return {
        "list": found,
        "filters": filters,
        "ages": tuple(Age),
        "only": ONLY,
        "is_filtered": filters != Filters(),
        "may_act": any(map(person.may, ACTS)),
        "done": None,
        "refused": None,
        "apart": False,
        "sheet": new_sheet(),
        "back": path_of(**msgspec.structs.asdict(filters), **place),
        "seen": seen,
        "anchor_of": anchor_of,
        "path_of": path_of,
        "first_page": path_of(**msgspec.structs.asdict(filters)) if after else "",
        "next_page": _next(filters, found.after, seen + len(found.works)),
    }


def path_of(**filters: str) -> str:
    """The address of the work list with these filters."""
    given = {name: value for name, value in filters.items() if value}
    return f"/?{urlencode(given)}" if given else "/"


def _done(request: Request[Any, Any, Any], house: House, person: Person) -> tuple[str, str] | None:
    """After an act in the list: on which unit, and what came of it."""
    if not (unit := request.query_params.get(OF, "")):
        return None
    shown = shown_unit(house, unit, person)
    return shown.unit, outcome_in(request, shown)


def _filters(query: Mapping[str, str]) -> Filters:
    told = {name: str(query.get(name, "")) for name in Filters.__struct_fields__}
    if told["only"] and told["only"] not in ONLY:
        raise wrong_request("only", f"{told['only'][:20]!a} is no kind of hold", ", ".join(ONLY))
    return Filters(**told)


def _next(filters: Filters, after: tuple[int, str, str, str] | None, seen: int) -> str:
    if after is None:
        return ""
    place = {"after": msgspec.json.encode(after).decode(), SEEN: str(seen)}
    return path_of(**msgspec.structs.asdict(filters), **place)


def _seen(text: str) -> int:
    """How many holds stand in the parts before; an address without it is of the first."""
    if not text:
        return 0
    if not _NUMBER.fullmatch(text):
        raise wrong_request(SEEN, "it is no number of holds", "0, 25 and so on")
    return int(text)


def _after(text: str) -> tuple[int, str, str, str] | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=tuple[int, str, str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise wrong_request(
            "after", "it is no place in the list; begin at the first page"
        ) from None
