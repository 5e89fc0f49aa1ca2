"""The console over a real database, with the product's own rules and rate cards in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.infrastructure.engine.pool import EnginePool
from app.main import read_drafts
from app.operations.changing.accept_editions import Drafts
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.conftest import opened
from tests.integration.console.visiting import Visitor, visiting


@pytest.fixture(scope="session")
def drafts() -> Drafts:
    return read_drafts(Settings())


@pytest.fixture(scope="session")
def engine() -> Iterator[EnginePool]:
    with EnginePool() as pool:
        yield pool


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation on SQLite, without keys."""
    url = SecretStr(f"sqlite:///{tmp_path / 'tollgate.db'}")
    return Settings(database_url=url, max_body_bytes=100_000)


@pytest.fixture
def house(settings: Settings, engine: EnginePool, drafts: Drafts) -> Iterator[House]:
    yield from opened(settings, engine, drafts)


@pytest.fixture
def visitor(house: House, settings: Settings) -> Iterator[Visitor]:
    """Somebody on this machine who has not said who they are."""
    with visiting(house, settings) as somebody:
        yield somebody
