"""A process that closes what is due: `python -m tests.integration.operations.closing URL MOMENT`.

It waits for a line on its input so that others begin with it, and prints the references of what it
closed, as one JSON array.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.operations.house import House
from app.operations.releasing.close_consolidation import close_periods

THREADS = 4


def closed(house: House) -> list[str]:
    """What several threads that close at once have closed, all together."""
    with ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(lambda _: close_periods(house), range(THREADS))
    return [each.invoice.reference for periods in found for each in periods]


def main(url: str, moment: str) -> None:
    """Close once told to begin."""
    database, at = Database(url), datetime.fromisoformat(moment)
    with EnginePool() as engine:
        house = House(
            database=database, first_key=engine, tenant="main", actor="other", now=lambda: at
        )
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(closed(house)))
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
