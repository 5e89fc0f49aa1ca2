"""What a sender of X12 is told: the receipt as JSON, or the 997 it asked for by `Accept`."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.digest import canonical
from app.entrypoints.api.asking import JSON_MEDIA, X12_MEDIA, named
from app.entrypoints.api.documentation import ACKNOWLEDGEMENT, Documented, problems
from app.errors import NotFoundError
from app.operations.house import House
from app.operations.receiving.acknowledge import acknowledgement
from app.operations.receiving.record_messages import Receipt

JSON, X12 = JSON_MEDIA[2], X12_MEDIA[0]


@get(
    "/v1/deliveries/{delivery_id:str}/acknowledgement",
    sync_to_thread=True,
    media_type=X12,
    operation_id="readAcknowledgement",
    operation_class=Documented,
    summary="The 997 that answers a delivery of X12",
    description=(
        "One interchange for each that came, in its order, as it was written when the bytes came "
        "first: asking again gives the same bytes. `delivery_id` stands in the receipt."
    ),
    tags=["events"],
    responses={200: ACKNOWLEDGEMENT, **problems(404, 503)},
)
def read_acknowledgement(
    delivery_id: FromPath[str], house: NamedDependency[House]
) -> Response[bytes]:
    """The 997s of one delivery."""
    return Response(acknowledgement(house, named(delivery_id, "delivery_id")), media_type=X12)


def told(
    request: Request[Any, Any, Any], house: House, receipt: Receipt, *, status: int
) -> Response[bytes]:
    """The 997 where X12 is asked for and there is one; else the receipt."""
    if request.accept.best_match([JSON, X12]) == X12:
        try:
            answer = acknowledgement(house, receipt.delivery_id)
        except NotFoundError:
            pass  # it was recorded all the same, and the receipt says what became of it
        else:
            return Response(answer, status_code=status, media_type=X12)
    return Response(canonical(receipt), status_code=status, media_type=JSON)
