"""What was billed for a unit: its documents, their balance, and what may follow."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.digest import canonical
from app.entrypoints.api.asking import named
from app.entrypoints.api.documentation import FAMILY, Documented, problems
from app.operations.house import House
from app.operations.looking.family import known_family


@get(
    "/v1/families/{reference:str}",
    sync_to_thread=True,
    operation_id="readFamily",
    operation_class=Documented,
    summary="What was billed for a unit: every document, the balance, and what may follow",
    description=(
        "Documents in the order in which they were claimed, each with its lines, the number and "
        "state the billing system told, and which document it adjusts or takes back. `proposal` is "
        "what goes out by the current decision: claimed with `release_token` where that is there, "
        "waiting where it is not; it is left out once it was claimed. `next_moves` are the kinds "
        "of document that may follow at all."
    ),
    tags=["flows"],
    responses={200: FAMILY, **problems(404, 409, 422, 503)},
)
def read_family(reference: FromPath[str], house: NamedDependency[House]) -> Response[bytes]:
    """The family of the unit that goes by a number."""
    told = known_family(house, named(reference, "reference"))
    return Response(canonical(told), media_type="application/json")
