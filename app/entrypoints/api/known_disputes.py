"""What customers dispute, for whoever answers them."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from app.digest import canonical
from app.entrypoints.api.asking import named
from app.entrypoints.api.documentation import DISPUTES, Documented, problems
from app.operations.house import House
from app.operations.looking.disputes import known_disputes


@get(
    "/v1/disputes",
    sync_to_thread=True,
    operation_id="listDisputes",
    operation_class=Documented,
    summary="Every dispute: its line, what is claimed and granted, and how long it took",
    description=(
        "The oldest first, as the facts stand now; `open` leaves out what was resolved, `customer` "
        "what is another one's. Durations are whole seconds from the opening: half of those shown, "
        "or nine of ten, took no longer. What belongs to no unit yet has an empty `unit`."
    ),
    tags=["disputes"],
    responses={200: DISPUTES, **problems(422, 503)},
)
def list_disputes(
    house: NamedDependency[House],
    customer: FromQuery[str] = "",
    only_open: Annotated[bool, QueryParameter(name="open")] = False,
) -> Response[bytes]:
    """Disputes and their sums."""
    found = known_disputes(house, only_open=only_open, customer=named(customer, "customer"))
    return Response(canonical(found), media_type="application/json")
