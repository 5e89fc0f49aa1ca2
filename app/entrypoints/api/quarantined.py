"""Messages that were kept aside: listed, shown with the bytes in question, and mended."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, RawBody

from app.digest import canonical
from app.entrypoints.api.asking import (
    JSON_MEDIA,
    X12_MEDIA,
    RefusedMessagesError,
    ReusedMessageIdError,
    media_of,
    named,
    not_empty,
)
from app.entrypoints.api.documentation import (
    ANY_MEDIA,
    ASIDE,
    ASIDES,
    MENDED,
    AsideList,
    Documented,
    problems,
)
from app.errors import wrong_request
from app.measures import Instant
from app.operations.house import House
from app.operations.receiving.mend_message import mend_message
from app.operations.receiving.quarantine import MOST, quarantine, show_aside


@get(
    "/v1/quarantine",
    sync_to_thread=True,
    operation_id="listQuarantine",
    operation_class=Documented,
    summary="Messages that could not be read and wait to be mended",
    description="The last one first, by partner, feed, fault code and time of arrival.",
    tags=["quarantine"],
    responses={200: ASIDES, **problems(422, 503)},
)
def list_quarantine(
    house: NamedDependency[House],
    partner: FromQuery[str] = "",
    feed: FromQuery[str] = "",
    code: FromQuery[str] = "",
    since: FromQuery[str] = "",
    limit: FromQuery[int] = MOST,
) -> Response[bytes]:
    """What waits to be mended."""
    if not 0 < limit <= MOST:
        raise wrong_request("limit", f"{limit} is not allowed", f"1 to {MOST}")
    found = quarantine(
        house,
        partner=named(partner, "partner"),
        feed=named(feed, "feed"),
        code=code,
        since=_moment(since),
        limit=limit,
    )
    return _json(AsideList(messages=found))


@get(
    "/v1/quarantine/{seq:int}",
    sync_to_thread=True,
    operation_id="showQuarantined",
    operation_class=Documented,
    summary="One of them: why, and what stands at the place",
    description=(
        "What cannot be printed is shown as `\\x1e`. With it comes what was done to mend it, and "
        "why that was refused, where it was."
    ),
    tags=["quarantine"],
    responses={200: ASIDE, **problems(404, 503)},
)
def show_quarantined(seq: FromPath[int], house: NamedDependency[House]) -> Response[bytes]:
    """A message that was kept aside, mended or not."""
    return _json(show_aside(house, seq))


@post(
    "/v1/quarantine/{seq:int}/mend",
    status_code=200,
    sync_to_thread=True,
    operation_id="mendMessage",
    operation_class=Documented,
    summary="Record edited bytes for it; both versions are kept",
    description=(
        "The body is the message after the edit, or the file it stood in, as its partner would "
        "send it; `because` says what was wrong. Where the bytes are refused again, they are kept "
        "all the same, the message still waits, and the answer says why. The same bytes again "
        "change nothing."
    ),
    tags=["quarantine"],
    responses={200: MENDED, **problems(404, 409, 413, 415, 422, 503)},
)
def mend_quarantined(
    request: Request[Any, Any, Any],
    seq: FromPath[int],
    body: RawBody,
    house: NamedDependency[House],
    because: FromQuery[str] = "",
) -> Response[bytes]:
    """Mend a message that was kept aside."""
    media = media_of(request, (*JSON_MEDIA, *X12_MEDIA, ANY_MEDIA))
    not_empty(body)
    if not named(because, "because").strip():
        raise wrong_request(
            "because", "there is no reason", "what was wrong, and why this is right"
        )
    done = mend_message(house, seq, body, because, media=media)
    if done.outcome == "refused" and done.receipt.counted("refused"):
        raise RefusedMessagesError(done.receipt)
    if done.outcome == "refused":
        raise ReusedMessageIdError(done.receipt)
    return _json(done)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return msgspec.convert(text, Instant).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        raise wrong_request(
            "since", f"{text[:40]!r} is no moment", "2026-03-05T12:00:00Z"
        ) from None


def _json(answer: object) -> Response[bytes]:
    return Response(canonical(answer), media_type="application/json")
