"""What every test may ask for."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.kept import running
from tests.real.demo import demo_in
from tests.real.postgresql import RunningPostgres, drop_database, new_database, start_postgres
from tests.real.prepared import CopyOf, Filling, PreparedFiles, PreparedInPostgres

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


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `tollgate demo` leaves it; nobody changes it."""
    ours = tmp_path_factory.getbasetemp()
    return demo_in(ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours)


@pytest.fixture(scope="session")
def prepared_files(tmp_path_factory: pytest.TempPathFactory) -> PreparedFiles:
    """Files of SQLite that are made once, to be copied."""
    return PreparedFiles(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def prepared_in_postgres(postgres_server: RunningPostgres) -> Iterator[PreparedInPostgres]:
    """Databases of the server that are made once, to be copied."""
    prepared = PreparedInPostgres(postgres_server)
    yield prepared
    prepared.close()


@pytest.fixture
def prepared_copy(
    request: pytest.FixtureRequest, prepared_files: PreparedFiles, tmp_path: Path
) -> Iterator[CopyOf]:
    """Makes a database with this version's tables for one test, by `sqlite` or `postgresql`.

    It is also given a name for what shall be in it, and what fills that in: the first test that
    asks for a name has it filled, all others get a copy.
    """
    copy = f"test_{secrets.token_hex(8)}"
    servers = []

    def copied(kind: str, name: str, filling: Filling) -> str:
        if kind == "sqlite":
            return prepared_files.copied(name, filling, tmp_path / "tollgate.db")
        prepared: PreparedInPostgres = request.getfixturevalue("prepared_in_postgres")
        servers.append(request.getfixturevalue("postgres_server"))
        return prepared.copied(name, filling, copy)

    yield copied
    for server in servers:
        drop_database(server, copy)
