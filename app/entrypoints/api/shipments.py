"""What is known about one unit, decided or not."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.digest import canonical
from app.entrypoints.api.asking import named
from app.entrypoints.api.documentation import UNIT, Documented, problems
from app.operations.house import House
from app.operations.looking.look_up import look_up_unit


@get(
    "/v1/shipments/{reference:str}",
    sync_to_thread=True,
    operation_id="lookUpShipment",
    operation_class=Documented,
    summary="What is known about a unit: facts with their sources, decision, release",
    description=(
        "By any number the unit goes by. Signs other than letters and digits do not count, so "
        "`PO/12-3` is asked for as `PO123`."
    ),
    tags=["shipments"],
    responses={200: UNIT, **problems(404, 409, 422, 503)},
)
def look_up_shipment(reference: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """Everything known about the unit that goes by a number."""
    known = look_up_unit(house, named(reference, "reference"))
    return Response(canonical(known), media_type="application/json")
