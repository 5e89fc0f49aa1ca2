"""What was given up on its way out: looked at, and tried again because a person says so."""

from typing import Annotated, Any, cast, get_args

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, RawBody

from app.digest import canonical
from app.entrypoints.api.asking import asked_retry, media_of, named
from app.entrypoints.api.documentation import SENDING, SENDINGS, Documented, problems
from app.errors import wrong_request
from app.infrastructure.storage.rows import SendingState
from app.infrastructure.storage.sendings import LARGEST
from app.operations.house import House
from app.operations.sending.known_sendings import AT_MOST, known_sendings
from app.operations.sending.retry_sending import retry_sending

STATES = get_args(SendingState)


@get(
    "/v1/sendings",
    sync_to_thread=True,
    operation_id="listSendings",
    operation_class=Documented,
    summary="What was given up, waits or has arrived, and how it goes with every destination",
    description=(
        f"The oldest first, {AT_MOST} at a time; `after` is the `seq` of the last one seen. "
        f"`state` is one of {', '.join(STATES)}, and `dead` where nothing is said: what was given "
        "up and waits for a person."
    ),
    tags=["sendings"],
    responses={200: SENDINGS, **problems(422, 503)},
)
def list_sendings(
    house: NamedDependency[House],
    wanted: Annotated[str, QueryParameter(name="state")] = "dead",
    destination: FromQuery[str] = "",
    after: FromQuery[int] = 0,
) -> Response[bytes]:
    """Destinations and sendings."""
    if wanted not in STATES:
        raise wrong_request("state", f"{wanted!r} is no state", ", ".join(STATES))
    if not 0 <= after <= LARGEST:
        raise wrong_request("after", f"{after} is no place", "the `seq` of a sending")
    named(destination, "destination")
    known = known_sendings(house, cast("SendingState", wanted), destination, after=after)
    return Response(canonical(known), media_type="application/json")


@post(
    "/v1/sendings/{seq:int}/retry",
    status_code=200,
    sync_to_thread=True,
    operation_id="retrySending",
    operation_class=Documented,
    summary="Have what was given up tried again, and say why",
    description=(
        "It is tried from its first attempt on, under the same id; the reason and who gave it are "
        "kept with it. A 409 says that it is not given up: it waits, or has arrived."
    ),
    tags=["sendings"],
    responses={200: SENDING, **problems(404, 409, 413, 415, 422, 503)},
)
def retry_one(
    request: Request[Any, Any, Any],
    seq: FromPath[int],
    body: RawBody,
    house: NamedDependency[House],
) -> Response[bytes]:
    """The sending as it waits now."""
    media_of(request, ("application/json",))
    because = asked_retry(body)
    return Response(canonical(retry_sending(house, seq, because)), media_type="application/json")
