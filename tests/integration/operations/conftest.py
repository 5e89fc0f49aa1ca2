"""A house on a real database, with the repository's own rules and rate cards in force."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import read_drafts
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings
from tests.real.prepared import CopyOf

START = datetime(2026, 4, 1, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, hours: int) -> None:
        self.moment += timedelta(hours=hours)


@cache
def drafts() -> Drafts:
    return read_drafts(Settings())


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def engine() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, prepared_copy: CopyOf, clock: SetClock, engine: EnginePool
) -> Iterator[House]:
    """A tollgate on SQLite, and the same one on PostgreSQL."""

    def opened(database: Database) -> House:
        return House(database=database, first_key=engine, tenant="main", actor="test", now=clock)

    def accepted(database: Database) -> None:
        accept_editions(opened(database), drafts())

    database = Database(prepared_copy(request.param, "in force", accepted))
    yield opened(database)
    database.close()
