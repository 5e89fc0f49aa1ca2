"""The HTTP entrance over a real database, with the product's own rules and rate cards in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pydantic import SecretStr

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import now, read_drafts
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import entrance
from tests.real.prepared import CopyOf

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
def house(
    settings: Settings, engine: EnginePool, drafts: Drafts, prepared_copy: CopyOf
) -> Iterator[House]:
    yield from opened(on("sqlite", settings, engine, drafts, prepared_copy), engine)


@pytest.fixture
def client(house: House, settings: Settings) -> Iterator[Client]:
    with entrance(house, settings) as asking:
        yield asking


@pytest.fixture(params=["sqlite", "postgresql"])
def either_client(
    request: pytest.FixtureRequest,
    settings: Settings,
    engine: EnginePool,
    drafts: Drafts,
    prepared_copy: CopyOf,
) -> Iterator[Client]:
    """The entrance over each of the two databases."""
    settings = on(request.param, settings, engine, drafts, prepared_copy)
    for house in opened(settings, engine):
        with entrance(house, settings) as asking:
            yield asking


def on(
    kind: str, settings: Settings, engine: EnginePool, drafts: Drafts, prepared_copy: CopyOf
) -> Settings:
    """The settings with a database of this kind in which the drafts are in force."""

    def accepted(database: Database) -> None:
        accept_editions(house_over(database, settings, engine), drafts)

    url = SecretStr(prepared_copy(kind, "api", accepted))
    return settings.model_copy(update={"database_url": url})


def opened(settings: Settings, engine: EnginePool) -> Iterator[House]:
    """A house over the database that is there."""
    database = Database(settings.database_url.get_secret_value())
    yield house_over(database, settings, engine)
    database.close()


def house_over(database: Database, settings: Settings, engine: EnginePool) -> House:
    return House(
        database=database, first_key=engine, tenant=settings.tenant, actor="operator", now=now
    )
