"""What every test may ask for."""

import secrets
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.kept import running
from tests.real.postgresql import RunningPostgres, drop_database, new_database, start_postgres

# A busy machine is no fault of what is tested: no time is ever asserted.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", action="store_true", help="keep workings that are new")


@pytest.fixture(autouse=True)
def _kept(request: pytest.FixtureRequest) -> Iterator[None]:
    with running(request.node.nodeid, writes=request.config.getoption("--keep")):
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[RunningPostgres]:
    """One real PostgreSQL for the session (with xdist, for each worker), started when asked for."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: RunningPostgres) -> Iterator[str]:
    """A database of its own for one test."""
    name = f"test_{secrets.token_hex(8)}"
    yield new_database(postgres_server, name)
    drop_database(postgres_server, name)
