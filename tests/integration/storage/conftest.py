"""Both databases, upgraded and empty, for every test of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.infrastructure.storage.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that has no tables yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tollgate.db'}"
    url = request.getfixturevalue("postgres_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with this version's tables."""
    opened = Database(database_url)
    opened.upgrade()
    yield opened
    opened.close()
