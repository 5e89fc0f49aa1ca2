"""The console over a real database, with the product's own rules and rate cards in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import now, read_drafts
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.house import House
from app.settings import Settings
from tests.copied import copy_of
from tests.integration.console.visiting import Visitor, visiting
from tests.integration.console.week import Week, looked_at


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
    return over(tmp_path / "tollgate.db")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, engine: EnginePool, drafts: Drafts) -> Path:
    """A database with the drafts in force, made once."""
    file = tmp_path_factory.mktemp("console") / "prepared.db"
    for house in opened(over(file), engine):
        accept_editions(house, drafts)
    return file


@pytest.fixture
def house(
    settings: Settings, engine: EnginePool, prepared: Path, tmp_path: Path
) -> Iterator[House]:
    """A house over a copy of it."""
    copy_of(prepared, tmp_path / "tollgate.db")
    yield from opened(settings, engine)


@pytest.fixture
def visitor(house: House, settings: Settings) -> Iterator[Visitor]:
    """Somebody on this machine who has not said who they are."""
    with visiting(house, settings) as somebody:
        yield somebody


def over(file: Path) -> Settings:
    """An installation on this file."""
    return Settings(database_url=SecretStr(f"sqlite:///{file}"), max_body_bytes=100_000)


def opened(settings: Settings, engine: EnginePool) -> Iterator[House]:
    """A house at its current schema."""
    database = Database(settings.database_url.get_secret_value())
    database.upgrade()
    yield House(
        database=database,
        first_key=engine,
        tenant=settings.tenant,
        actor=settings.actor,
        now=now,
    )
    database.close()


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    """The demo's week, to look at and never to act in."""
    with looked_at(tmp_path_factory.mktemp("demo") / "week.db") as demo:
        yield demo
