"""What people do on a unit's page; each form is read here, handed to its operation, and left.

After an act the unit's page says in one line what came of it, or the work list where the form was
opened there. A form that is not taken comes back there as it was filled in (`refused.py`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from app.access import APPROVALS, May, Person
from app.entrypoints.console.labels import FILE
from app.entrypoints.console.offered import is_list
from app.entrypoints.console.pages import moved
from app.entrypoints.console.refused import BACK, filled_in, refused_page
from app.entrypoints.console.unit import DONE, OF, SINCE, path_of
from app.errors import ForbiddenError, Mistake, NotFoundError, Place, RequestError
from app.evidence.facts.money import Outcome
from app.money import Money, payable
from app.operations.clearing.approve_charge import approve_charge
from app.operations.clearing.assign_hold import assign_hold
from app.operations.clearing.attach_document import File, attach_document
from app.operations.clearing.desk import Acted
from app.operations.clearing.take_back_waiver import take_back_waiver
from app.operations.clearing.waive_hold import waive_hold
from app.operations.house import House
from app.reports.unit.outcome import Act

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
FormWithFile = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
Asked = Request[Any, Any, Any]
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?", re.ASCII)
"""Commas part thousands only: read as a decimal sign one would make a limit a hundred times it."""
_DECIMAL_COMMA = re.compile(
    r"(?P<whole>\d{1,3}([.' \u00a0\u202f]\d{3})*|\d+),(?P<cents>\d+)", re.ASCII
)
_WRITTEN = "an amount like 1234.50 or 1,234.50"
_YES_NO = {"yes": True, "no": False, "unknown": None}


@post("/acts/attach", opt={"may": May.ATTACH}, sync_to_thread=True, include_in_schema=False)
def attach(
    request: Asked,
    data: FormWithFile,
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Attach a document."""
    limit = request.app.request_max_body_size

    def act() -> Acted:
        return attach_document(
            house,
            person,
            filled_in(data, "unit"),
            form_id=filled_in(data, "form_id"),
            document_type=filled_in(data, "document_type"),
            document=filled_in(data, "document"),
            most_bytes=limit if isinstance(limit, int) else 0,
            signed=_yes_no(data, "signed"),
            exceptions_noted=_yes_no(data, "exceptions_noted"),
            signed_by=filled_in(data, "signed_by"),
            signed_at=_moment(data, "signed_at"),
            note=filled_in(data, "note"),
            kept_at=filled_in(data, "kept_at"),
            file=_file(data.get(FILE)),
            since=filled_in(data, SINCE),
        )

    return _after(request, house, person, data, Act.ATTACH, act)


@post(
    "/acts/approve",
    opt={"may": APPROVALS[0], "or_may": APPROVALS[1:]},
    sync_to_thread=True,
    include_in_schema=False,
)
def approve(
    request: Asked,
    data: Form,
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Approve or reject a charge, or give it up."""

    def act() -> Acted:
        outcome = _outcome(data)
        return approve_charge(
            house,
            person,
            filled_in(data, "unit"),
            form_id=filled_in(data, "form_id"),
            subject=filled_in(data, "subject"),
            outcome=outcome,
            reason=filled_in(data, "reason"),
            # The limit stands in the form for whoever approves, and means nothing to others.
            up_to=_money(data, "up_to") if outcome is Outcome.GRANTED else None,
            hold=filled_in(data, "hold"),
            hold_subject=filled_in(data, "hold_subject"),
            since=filled_in(data, SINCE),
        )

    return _after(request, house, person, data, Act.APPROVE, act)


@post("/acts/waive", opt={"may": May.WAIVE}, sync_to_thread=True, include_in_schema=False)
def waive(
    request: Asked,
    data: Form,
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Let the invoice go out although the hold stands."""

    def act() -> Acted:
        return waive_hold(
            house,
            person,
            filled_in(data, "unit"),
            form_id=filled_in(data, "form_id"),
            hold=filled_in(data, "hold"),
            subject=filled_in(data, "subject"),
            reason=filled_in(data, "reason"),
            up_to=_money(data, "up_to"),
            expires_at=_moment(data, "expires_at"),
            since=filled_in(data, SINCE),
        )

    return _after(request, house, person, data, Act.WAIVE, act)


@post("/acts/take-back", opt={"may": May.WAIVE}, sync_to_thread=True, include_in_schema=False)
def take_back(
    request: Asked,
    data: Form,
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Take a waiver back."""

    def act() -> Acted:
        return take_back_waiver(
            house,
            person,
            filled_in(data, "unit"),
            form_id=filled_in(data, "form_id"),
            waiver=filled_in(data, "waiver"),
            reason=filled_in(data, "reason"),
            since=filled_in(data, SINCE),
        )

    return _after(request, house, person, data, Act.TAKE_BACK, act)


@post("/acts/assign", opt={"may": May.ASSIGN}, sync_to_thread=True, include_in_schema=False)
def assign(
    request: Asked,
    data: Form,
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Give a hold to somebody."""

    def act() -> Acted:
        return assign_hold(
            house,
            person,
            filled_in(data, "unit"),
            form_id=filled_in(data, "form_id"),
            hold=filled_in(data, "hold"),
            subject=filled_in(data, "subject"),
            to=filled_in(data, "to"),
            note=filled_in(data, "note"),
        )

    return _after(request, house, person, data, Act.ASSIGN, act)


def _after(
    request: Asked,
    house: House,
    person: Person,
    data: Mapping[str, Any],
    act: Act,
    do: Callable[[], Acted],
) -> Response[bytes]:
    """Back to where the form was; where it is wrong, there once more."""
    try:
        acted = do()
    except (NotFoundError, ForbiddenError):
        raise
    except RequestError as wrong:
        return refused_page(request, house, person, data, act, wrong)
    told = {DONE: act.value, SINCE: filled_in(data, "since")}
    back = filled_in(data, BACK)
    if not is_list(back):
        return moved(f"{path_of(acted.unit)}?{urlencode(told)}")
    query = urlencode({**told, OF: acted.unit})
    return moved(f"{back}{'&' if '?' in back else '?'}{query}")


def _yes_no(data: Mapping[str, Any], field: str) -> bool | None:
    word = filled_in(data, field)
    if word not in _YES_NO:
        what = f"{word[:40]!r} is no answer" if word else "no answer is chosen"
        raise _wrong(field, what, ", ".join(_YES_NO))
    return _YES_NO[word]


def _outcome(data: Mapping[str, Any]) -> Outcome:
    word = filled_in(data, "outcome")
    if word not in set(Outcome):
        raise _wrong("outcome", f"{word[:40]!r} is no outcome", ", ".join(Outcome))
    return Outcome(word)


def _moment(data: Mapping[str, Any], field: str) -> datetime | None:
    """A date and time in UTC, as browsers send what is filled in."""
    word = filled_in(data, field)
    if not word:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise _wrong(field, f"{word[:40]!r} is no time", "2026-03-05T14:30, in UTC") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _money(data: Mapping[str, Any], field: str) -> Money | None:
    word = filled_in(data, field)
    if not word:
        return None
    if not _AMOUNT.fullmatch(word):
        raise _wrong(field, f"{word[:40]!r} is no amount", _WRITTEN, _with_a_point(word))
    try:
        return payable(Decimal(word.replace(",", "")), filled_in(data, "currency"))
    except (InvalidOperation, ValueError):
        raise _wrong(field, f"{word[:40]!r} is no amount", _WRITTEN) from None


def _with_a_point(word: str) -> str:
    """How to write what has a comma before the cents, as much of the world does."""
    found = _DECIMAL_COMMA.fullmatch(word)
    if not found:
        return ""
    whole = re.sub(r"[^0-9]", "", found["whole"])
    return f"a point stands before the cents: write {whole}.{found['cents']}"


def _file(upload: object) -> File | None:
    """The file that was chosen; browsers send one without a name where none was."""
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    return File(name=upload.filename, media=upload.content_type, raw=upload.file.read())


def _wrong(field: str, what: str, allowed: str, mend: str = "") -> RequestError:
    mistake = Mistake(place=Place(field=field), what=what, allowed=allowed, mend=mend)
    return RequestError(f"nothing was recorded; the form is wrong at {field}", [mistake])
