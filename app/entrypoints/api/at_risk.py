"""What has to be billed by when, over all that is decided and not released."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.digest import canonical
from app.entrypoints.api.asking import named
from app.entrypoints.api.documentation import AT_RISK, Documented, problems
from app.explanation.at_risk import By
from app.operations.house import House
from app.operations.looking.value_at_risk import value_at_risk


@get(
    "/v1/value-at-risk",
    sync_to_thread=True,
    operation_id="readValueAtRisk",
    operation_class=Documented,
    summary="Money that nobody will owe if it is not billed in time, by date",
    description=(
        "Every priced line of what is decided and not released, under its right to bill and under "
        "the customer's cut-off, where these run; the two are never added up. A cut-off is over "
        "when the customer's batch has closed, at its moment. Lines that no clock "
        f"runs for stand apart. `by` is one of {', '.join(By)}; without `customer` all are told."
    ),
    tags=["shipments"],
    responses={200: AT_RISK, **problems(422, 503)},
)
def read_value_at_risk(
    house: NamedDependency[House], customer: FromQuery[str] = "", by: FromQuery[str] = By.DAY.value
) -> Response[bytes]:
    """What runs out when."""
    told = value_at_risk(house, named(customer, "customer"), named(by, "by"))
    return Response(canonical(told), media_type="application/json")
