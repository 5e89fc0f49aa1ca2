"""The HTTP entrance over a real database, with the product's own rules and rate cards in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pydantic import SecretStr

from app.entrypoints.serving import create_app
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import now, read_drafts
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings

Client = TestClient[Litestar]


@pytest.fixture(scope="session")
def drafts() -> Drafts:
    return read_drafts(Settings())


@pytest.fixture(scope="session")
def engine() -> Iterator[EnginePool]:
    with EnginePool() as pool:
        yield pool


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation on SQLite that takes small bodies."""
    url = SecretStr(f"sqlite:///{tmp_path / 'tollgate.db'}")
    return Settings(database_url=url, max_body_bytes=100_000)


@pytest.fixture
def house(settings: Settings, engine: EnginePool, drafts: Drafts) -> Iterator[House]:
    yield from opened(settings, engine, drafts)


@pytest.fixture
def client(house: House, settings: Settings) -> Iterator[Client]:
    with TestClient(create_app(house, settings)) as asking:
        yield asking


@pytest.fixture(params=["sqlite", "postgresql"])
def either_client(
    request: pytest.FixtureRequest, settings: Settings, engine: EnginePool, drafts: Drafts
) -> Iterator[Client]:
    """The entrance over each of the two databases."""
    if request.param == "postgresql":
        url = SecretStr(request.getfixturevalue("postgres_url"))
        settings = settings.model_copy(update={"database_url": url})
    for house in opened(settings, engine, drafts):
        with TestClient(create_app(house, settings)) as asking:
            yield asking


def opened(settings: Settings, engine: EnginePool, drafts: Drafts) -> Iterator[House]:
    """A house with the drafts in force."""
    database = Database(settings.database_url.get_secret_value())
    database.upgrade()
    house = House(
        database=database, first_key=engine, tenant=settings.tenant, actor="operator", now=now
    )
    accept_editions(house, drafts)
    yield house
    database.close()
