"""Releases: claimed by token, read again, and the invoices they became."""

import re
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from app.digest import canonical
from app.entrypoints.api.asking import asked_claim, media_of, told_invoice
from app.entrypoints.api.documentation import RELEASE_KNOWN, Documented, problems
from app.errors import NotFoundError
from app.operations.house import House
from app.operations.looking.look_up_release import look_up_release
from app.operations.releasing.claim_release import claim_by_token
from app.operations.releasing.record_invoice import record_invoice

_digest = re.compile(r"[0-9a-f]{64}")


@post(
    "/v1/releases",
    status_code=200,
    sync_to_thread=True,
    operation_id="claimByToken",
    operation_class=Documented,
    summary="Claim what a decision permits, by the token it came with",
    description=(
        "The same token again is answered with the same release and, once it is known, with its "
        "invoice number, whatever came since. Facts that changed no money since the decision do "
        "not stand in the way: the release is then under the decision they gave "
        "(`release.decision_id`), and `release.asked_decision_id` is the token's. A 409 "
        "`decision-stale` lists every fact that came since and every line it changed; a 409 "
        "`conflict` says who has claimed the unit, or which limit is used up."
    ),
    tags=["releases"],
    responses={200: RELEASE_KNOWN, **problems(404, 409, 413, 415, 422, 503)},
)
def claim_by_its_token(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[bytes]:
    """The unit's one release."""
    media_of(request, ("application/json",))
    release = claim_by_token(house, asked_claim(body))
    return _known(house, release.release_id)


@get(
    "/v1/releases/{release_id:str}",
    sync_to_thread=True,
    operation_id="readRelease",
    operation_class=Documented,
    summary="A release, its invoice, and whether it is paid",
    tags=["releases"],
    responses={200: RELEASE_KNOWN, **problems(404, 503)},
)
def read_release(release_id: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """What was claimed, and what became of it."""
    return _known(house, _known_form(release_id))


@put(
    "/v1/releases/{release_id:str}/invoice",
    status_code=200,
    sync_to_thread=True,
    operation_id="recordInvoice",
    operation_class=Documented,
    summary="Tell what the billing system calls the invoice of a release",
    description=(
        "Told once: the same number of the same system again changes nothing, another one is a "
        "409, as a release is billed once."
    ),
    tags=["releases"],
    responses={200: RELEASE_KNOWN, **problems(404, 409, 413, 415, 422, 503)},
)
def put_invoice(
    request: Request[Any, Any, Any],
    release_id: FromPath[str],
    body: RawBody,
    house: NamedDependency[House],
) -> Response[bytes]:
    """The release with its invoice."""
    media_of(request, ("application/json",))
    told = told_invoice(body)
    record_invoice(house, _known_form(release_id), number=told.number, system=told.system)
    return _known(house, release_id)


def _known(house: House, release_id: str) -> Response[bytes]:
    return Response(canonical(look_up_release(house, release_id)), media_type="application/json")


def _known_form(release_id: str) -> str:
    """The id, if it can be one; anything else is not looked for."""
    if not _digest.fullmatch(release_id):
        raise NotFoundError("there is no such release; an id is 64 hexadecimal digits")
    return release_id
