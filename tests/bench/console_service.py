"""`tollgate serve` with one page more: `python -m tests.bench.console_service --port PORT`.

The page is the bare indexed read that pages are measured against: one row by its primary key, told
in one line. It passes whatever every page passes and reads as every page reads.
"""

import html
import sys
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Person
from app.entrypoints import cli
from app.entrypoints.console import shell
from app.operations.house import House

BARE = "/bare"


@get(f"{BARE}/{{unit:str}}", sync_to_thread=True, include_in_schema=False)
def bare_read(
    request: Request[Any, Any, Any],
    unit: FromPath[str],
    house: NamedDependency[House],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """Where a unit stands, in a line."""
    del request, person
    with house.database.reading(house.tenant) as store:
        stands = store.standings.standing_of([unit])[unit]
    return Response(f"<p>{html.escape(stands.stage)}</p>".encode(), media_type="text/html")


def main() -> None:
    """Serve as the command does."""
    shell.ROUTES = (*shell.ROUTES, bare_read)  # type: ignore[assignment,attr-defined]  # one more than it has
    sys.argv[0] = "tollgate"
    cli.main()


if __name__ == "__main__":
    main()
