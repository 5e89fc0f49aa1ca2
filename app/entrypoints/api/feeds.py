"""Bytes arrive over HTTP by a named feed: any format, as the feed declares it.

A feed that is signed needs no key: whoever has its secret is the partner. Kept is not counted:
202 says that some of it waits in quarantine for a person, and sending it again changes nothing.
"""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from app.entrypoints.api.acknowledged import told
from app.entrypoints.api.asking import named, not_empty, not_encoded
from app.entrypoints.api.documentation import KEPT_RECEIPT, RECEIPT, Documented, problems
from app.entrypoints.api.door import OPEN
from app.entrypoints.api.feed_door import FeedDoor
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import Receipt, record_messages


@post(
    "/v1/feeds/{partner:str}/{feed:str}",
    status_code=200,
    sync_to_thread=True,
    opt=OPEN,
    operation_id="recordFromFeed",
    operation_class=Documented,
    summary="Record what comes by a partner's feed, in the feed's own format",
    description=(
        "The feed says how the bytes are read, and each message in them counts for itself. 200: "
        "all of it is recorded, or was before. 202: the bytes are kept, and the receipt tells "
        "which messages wait in quarantine for a person; sending them again changes nothing. A "
        "feed with `signature: standard_webhooks` must be signed, and then needs no key. X12 sent "
        "with `Accept: application/edi-x12` is answered with its 997 instead of the receipt."
    ),
    tags=["events"],
    responses={200: RECEIPT, 202: KEPT_RECEIPT, **problems(404, 413, 415, 422, 429, 503)},
)
def record_from_feed(
    request: Request[Any, Any, Any],
    body: RawBody,
    partner: FromPath[str],
    feed: FromPath[str],
    feed_door: NamedDependency[FeedDoor],
) -> Response[bytes]:
    """Keep the bytes and record what they say, as the feed is read."""
    address = (named(partner, "partner"), named(feed, "feed"))
    house = feed_door.house_for(request, *address, body)
    not_encoded(request)
    not_empty(body)
    receipt = record_messages(
        house,
        body,
        "request body",
        media=request.content_type[0].lower()[:100],
        came=Came(partner=partner, feed=feed),
    )
    return told(request, house, receipt, status=200 if _all_counts(receipt) else 202)


def _all_counts(receipt: Receipt) -> bool:
    taken = receipt.counted("recorded") + receipt.counted("duplicate")
    return taken == len(receipt.messages)
