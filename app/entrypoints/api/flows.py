"""How far a unit has come on its way to money."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.digest import canonical
from app.entrypoints.api.asking import named
from app.entrypoints.api.documentation import FLOWS, Documented, problems
from app.operations.house import House
from app.operations.looking.flows import unit_flows


@get(
    "/v1/flows/{reference:str}",
    sync_to_thread=True,
    operation_id="readFlows",
    operation_class=Documented,
    summary="Where a unit stands: order to ship, ship to invoice, exception to credit",
    description=(
        "Each stage is done (when, and by which fact, decision, release or invoice), waiting (for "
        "what, whose turn it is, since when), still ahead, passed over (a later one is done "
        "without it), or not needed. `flow` is one of `order_to_ship`, `ship_to_invoice` and "
        "`exception_to_credit`, which gives one flow for each exception; without it all are told."
    ),
    tags=["flows"],
    responses={200: FLOWS, **problems(404, 409, 422, 503)},
)
def read_flows(
    reference: FromPath[str], house: NamedDependency[House], flow: FromQuery[str] = ""
) -> Response[bytes]:
    """The flows of the unit that goes by a number."""
    told = unit_flows(house, named(reference, "reference"), named(flow, "flow"))
    return Response(canonical(told), media_type="application/json")
