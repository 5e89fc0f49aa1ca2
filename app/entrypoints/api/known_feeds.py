"""How it goes with every feed, for whoever watches an installation."""

from litestar import Response, get
from litestar.di import NamedDependency

from app.digest import canonical
from app.entrypoints.api.documentation import FEEDS, Documented, problems
from app.operations.house import House
from app.operations.looking.feeds import FINDINGS, known_feeds


@get(
    "/v1/feeds",
    sync_to_thread=True,
    operation_id="listFeeds",
    operation_class=Documented,
    summary="Every feed: when it was heard, how late it is, and what became of its messages",
    description=(
        "Configured feeds, and whatever came by none, by its sender. Messages are counted over "
        "the last 24 hours, and the lag is that of facts that happened: from then until they were "
        "received. What is kept aside and the number of findings are of all time; the last "
        f"{FINDINGS} findings are told, the last one first."
    ),
    tags=["feeds"],
    responses={200: FEEDS, **problems(503)},
)
def list_feeds(house: NamedDependency[House]) -> Response[bytes]:
    """Feeds and findings."""
    return Response(canonical(known_feeds(house)), media_type="application/json")
