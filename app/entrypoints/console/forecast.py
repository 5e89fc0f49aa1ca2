"""When holds clear, by what such holds did before: all codes, or one code by whom it concerns."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.access import Person
from app.entrypoints.console.pages import page
from app.operations.house import House
from app.operations.looking.forecast import forecasts_known


@get("/forecast", sync_to_thread=True, include_in_schema=False)
def show_forecast(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    person: NamedDependency[Person],
    code: FromQuery[str] = "",
) -> Response[bytes]:
    """The page."""
    forecasts = forecasts_known(house, code)
    return page(request, "forecast.html", person, forecasts=forecasts, code=code)
