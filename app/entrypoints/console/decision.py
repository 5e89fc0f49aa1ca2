"""One decision for audit: everything it was computed from, and whether the same comes out again."""

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import May, Person
from app.entrypoints.console.pages import page
from app.errors import NotFoundError, wrong_request
from app.operations.deciding.replay_decisions import replay_to_the_byte
from app.operations.house import House
from app.operations.looking.decision_page import FIRED, decision_packet, decision_page

_HEX = frozenset("0123456789abcdef")
_DIGITS = 64
_PACKET = ".json"
_PART = re.compile("[1-9][0-9]{0,5}")


@get("/decisions/{name:str}", sync_to_thread=True, include_in_schema=False)
def show_decision(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The page, to be looked at or printed; with `.json` behind the id the stored bytes."""
    decision_id = _known_form(name.removesuffix(_PACKET))
    if name.endswith(_PACKET):
        return _download(decision_packet(house, decision_id), f"decision-{decision_id[:12]}.json")
    printed = bool(request.query_params.get("print"))
    asked = request.query_params.get("rules", "")
    return page(
        request,
        "decision.html",
        person,
        audit=decision_page(house, decision_id, rules=None if printed else _part(asked)),
        printed=printed,
        moment=house.now(),
        may_replay=person.may(May.REPLAY),
    )


@post(
    "/decisions/{decision_id:str}/replay",
    status_code=200,
    opt={"may": May.REPLAY},
    sync_to_thread=True,
    include_in_schema=False,
)
def replay(
    request: Request[Any, Any, Any],
    decision_id: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """The decision computed again, beside what was stored; nothing is kept of it."""
    parts = replay_to_the_byte(house, _known_form(decision_id))
    return page(
        request,
        "replay.html",
        person,
        decision_id=decision_id,
        parts=parts,
        identical=all(each.identical for each in parts),
        moment=house.now(),
    )


def _part(asked: str) -> int:
    """Which part of the rules is asked for; `all` begins with the first."""
    if not asked:
        return FIRED
    if asked == "all":
        return 1
    if not _PART.fullmatch(asked):
        raise wrong_request("rules", "it is no part of the rules", "all, 1, 2 and so on")
    return int(asked)


def _known_form(decision_id: str) -> str:
    """The id, if it can be one; anything else is not looked for."""
    if len(decision_id) != _DIGITS or not _HEX.issuperset(decision_id):
        raise NotFoundError("there is no such decision; an id is 64 hexadecimal digits")
    return decision_id


def _download(body: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)
