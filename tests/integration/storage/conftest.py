"""Both databases, upgraded and empty, for every test of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.infrastructure.storage.database import Database
from tests.real.prepared import CopyOf, nothing


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that has no tables yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tollgate.db'}"
    url = request.getfixturevalue("postgres_url")
    assert isinstance(url, str)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url_with_tables(request: pytest.FixtureRequest, prepared_copy: CopyOf) -> str:
    """A database with this version's tables, and nothing in them."""
    return prepared_copy(request.param, "nothing", nothing)


@pytest.fixture
def database(url_with_tables: str) -> Iterator[Database]:
    """The same, opened."""
    opened = Database(url_with_tables)
    yield opened
    opened.close()
