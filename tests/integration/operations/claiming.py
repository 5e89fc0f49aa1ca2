"""A process that claims tokens, a few at a time: `python -m tests.integration.operations.claiming`.

It is given a database and tokens, waits for a line on its input so that others begin with it, and
prints what each claim was answered with, as one JSON array.
"""

import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from app.billing.release_token import token_for
from app.errors import ConflictError
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.operations.house import House
from app.operations.releasing.claim_release import claim_by_token

THREADS = 4
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def answers(house: House, tokens: Iterable[str]) -> list[tuple[str, str]]:
    """Each token with the release it was answered with, or the refusal."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda token: (token, _answer(house, token)), tokens))


def _answer(house: House, token: str) -> str:
    try:
        release = claim_by_token(house, token)
    except ConflictError as error:
        return str(error)
    assert token == token_for("main", release.unit, release.asked_decision_id)
    return release.release_id


def main(url: str, tokens: list[str]) -> None:
    """Claim them all once told to begin."""
    database = Database(url)
    with EnginePool() as engine:
        house = House(
            database=database, first_key=engine, tenant="main", actor="other", now=lambda: NOW
        )
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(answers(house, tokens)))
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
