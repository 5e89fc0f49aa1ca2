"""Charge decisions: asked, read again, explained, and released; always the stored bytes."""

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from app.billing.release_token import release_token
from app.digest import canonical
from app.entrypoints.api.asking import asked_decision, media_of
from app.entrypoints.api.documentation import (
    CLAIM_HEADER,
    DECISION,
    RELEASE,
    TRACE,
    UNLOCKING,
    Documented,
    problems,
)
from app.errors import NotFoundError
from app.infrastructure.storage.rows import StoredDecision
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.keep_decision import decoded
from app.operations.deciding.unlock_unit import unlock_decision
from app.operations.house import House
from app.operations.looking.read_trace import stored_trace
from app.operations.releasing.claim_release import claim_release

_digest = re.compile(r"[0-9a-f]{64}")


@post(
    "/v1/charge-decisions",
    status_code=200,
    sync_to_thread=True,
    operation_id="decideCharge",
    operation_class=Documented,
    summary="Decide: may this unit be billed, for how much, and why not",
    description=(
        "Asking twice on the same facts gives the same decision with the same id and bytes. "
        "With `known_at` the answer is what would have been decided at that moment. What may be "
        "billed comes with its token in the header `Release-Token`: claim by it, and nothing is "
        "billed that says something else than this answer."
    ),
    tags=["charge decisions"],
    responses={200: DECISION, **problems(404, 409, 413, 415, 422, 503)},
)
def decide_charge(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[bytes]:
    """The decision about the unit that goes by a number."""
    media_of(request, ("application/json",))
    asked = asked_decision(body)
    concluded = decide_unit(house, asked.reference, asked.known_at)
    # What would have been decided once is looked at and never claimed.
    token = "" if asked.known_at else release_token(concluded.decision)
    return _json(canonical(concluded.decision), token)


@get(
    "/v1/charge-decisions/{decision_id:str}",
    sync_to_thread=True,
    operation_id="readDecision",
    operation_class=Documented,
    summary="A decision as it was taken",
    tags=["charge decisions"],
    responses={200: DECISION, **problems(404, 503)},
)
def read_decision(decision_id: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """The stored bytes of a decision."""
    stored = _stored(house, decision_id)
    return _json(stored.body, release_token(decoded(stored).decision))


@get(
    "/v1/charge-decisions/{decision_id:str}/trace",
    sync_to_thread=True,
    operation_id="readTrace",
    operation_class=Documented,
    summary="Why: every fact, every rule, fired or not, with the values it saw",
    tags=["charge decisions"],
    responses={200: TRACE, **problems(404, 503)},
)
def read_trace(decision_id: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """A decision's trace, written out with the rules it was taken by."""
    return _json(canonical(stored_trace(house, _known_form(decision_id))))


@get(
    "/v1/charge-decisions/{decision_id:str}/unlock",
    sync_to_thread=True,
    operation_id="unlockDecision",
    operation_class=Documented,
    summary="What would release it: the smallest sets of facts, each proved by deciding again",
    description=(
        "Each set was added to the decision's dossier and decided anew, and released. Where no "
        "set could be proved, `needs` says what has to change instead."
    ),
    tags=["charge decisions"],
    responses={200: UNLOCKING, **problems(404, 503)},
)
def unlock(decision_id: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """The sets, computed from the stored dossier and editions."""
    return _json(canonical(unlock_decision(house, _known_form(decision_id))))


@post(
    "/v1/charge-decisions/{decision_id:str}/release",
    status_code=200,
    sync_to_thread=True,
    operation_id="claimRelease",
    operation_class=Documented,
    summary="Claim the release that a decision permits, once for each unit",
    description=(
        "Claiming again returns the same release, so a lost answer is asked for again. A 409 "
        "says that the unit was released under another decision, that this one permits "
        "nothing, or that facts which came since have changed its money, and which. No body is "
        "needed. `POST /v1/releases` does the same by the decision's token."
    ),
    tags=["charge decisions"],
    responses={200: RELEASE, **problems(404, 409, 503)},
)
def release_charge(decision_id: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """The unit's one release."""
    return _json(canonical(claim_release(house, _known_form(decision_id))))


def _stored(house: House, decision_id: str) -> StoredDecision:
    with house.database.reading(house.tenant) as store:
        return store.decisions.decision(_known_form(decision_id))


def _known_form(decision_id: str) -> str:
    """The id, if it can be one; anything else is not looked for."""
    if not _digest.fullmatch(decision_id):
        raise NotFoundError("there is no such decision; an id is 64 hexadecimal digits")
    return decision_id


def _json(body: bytes, token: str = "") -> Response[bytes]:
    """The bytes as stored; the token stands beside them, as it is no part of what was decided."""
    headers = {CLAIM_HEADER: token} if token else {}
    return Response(body, media_type="application/json", headers=headers)
