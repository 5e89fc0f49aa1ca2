"""Bytes arrive over HTTP: CloudEvents as JSON, whole or nothing; X12, each transaction for itself.

Senders of JSON send the whole again after an error, so a half would count twice in their eyes.
An X12 interchange carries unrelated transactions, and its sender mends single ones.
"""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from app.entrypoints.api.acknowledged import told
from app.entrypoints.api.asking import (
    JSON_MEDIA,
    X12_MEDIA,
    RefusedMessagesError,
    ReusedMessageIdError,
    media_of,
    must_be_as_declared,
    not_empty,
)
from app.entrypoints.api.documentation import RECEIPT, Documented, problems
from app.operations.house import House
from app.operations.receiving.record_messages import Receipt, record_messages

NAME = "request body"


@post(
    "/v1/events",
    status_code=200,
    sync_to_thread=True,
    operation_id="recordEvents",
    operation_class=Documented,
    summary="Record what systems say: CloudEvents or X12",
    description=(
        "A 2xx answer means committed. JSON is recorded whole or not at all; of X12 each "
        "transaction counts for itself, and the receipt tells which were refused and why. "
        "The bytes are kept either way. Sending the same again is answered `duplicate`. X12 sent "
        "with `Accept: application/edi-x12` is answered with its 997 instead of the receipt."
    ),
    tags=["events"],
    responses={200: RECEIPT, **problems(409, 413, 415, 422, 429, 503)},
)
def record_events(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[bytes]:
    """Keep the bytes and record what they say."""
    media = media_of(request, (*JSON_MEDIA, *X12_MEDIA))
    not_empty(body)
    must_be_as_declared(media, body)
    receipt = record_messages(house, body, NAME, media=media, whole_or_nothing=media in JSON_MEDIA)
    _raise_if_not_taken(receipt, one_by_one=media in X12_MEDIA)
    return told(request, house, receipt, status=200)


def _raise_if_not_taken(receipt: Receipt, *, one_by_one: bool) -> None:
    taken = receipt.counted("recorded") + receipt.counted("duplicate")
    if one_by_one and taken:
        return
    if receipt.counted("refused"):
        raise RefusedMessagesError(receipt)
    if receipt.counted("conflict"):
        raise ReusedMessageIdError(receipt)
