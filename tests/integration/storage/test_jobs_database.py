"""Where long work keeps its place, and who holds a name."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app.errors import DeploymentError
from app.infrastructure.storage.jobs_database import JobsDatabase, _unixepoch


@pytest.fixture
def jobs(database_url: str) -> Iterator[JobsDatabase]:
    opened = JobsDatabase(database_url)
    yield opened
    opened.close()


@pytest.fixture
def on_postgresql(postgres_url: str) -> Iterator[JobsDatabase]:
    opened = JobsDatabase(postgres_url)
    yield opened
    opened.close()


def test_with_sqlite_it_is_a_file_beside_the_products_own(tmp_path: Path) -> None:
    jobs = JobsDatabase(f"sqlite:///{tmp_path / 'tollgate.db'}")
    with jobs.engine.connect() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    jobs.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert [path.name for path in tmp_path.glob("*-jobs")] == ["tollgate.db-jobs"]


def test_the_moment_has_fractions_of_a_second_whatever_sqlite_it_is(tmp_path: Path) -> None:
    jobs = JobsDatabase(f"sqlite:///{tmp_path / 'tollgate.db'}")
    with jobs.engine.connect() as connection:
        moment = connection.execute(text("SELECT unixepoch('subsec') * 1000")).scalar()
    jobs.close()
    assert moment == pytest.approx(_unixepoch("subsec") * 1000, abs=60_000)
    assert isinstance(_unixepoch(), int)
    with pytest.raises(AssertionError):
        _unixepoch("2026-03-01")


def test_one_holds_a_name_and_gives_it_back(jobs: JobsDatabase) -> None:
    for _ in range(2):
        with jobs.executor(["one"]) as held:
            held.keep()
            assert held.name == "one"
            with pytest.raises(DeploymentError, match="another process"), jobs.executor(["one"]):
                pass


def test_each_takes_the_first_name_that_is_free(on_postgresql: JobsDatabase) -> None:
    names = ["a-1", "a-2", "a-3"]
    with on_postgresql.executor(names) as first:
        with on_postgresql.executor(names) as second:
            assert (first.name, second.name) == ("a-1", "a-2")
            assert not first.is_free("a-2")
            assert first.is_free("a-3")
        assert first.is_free("a-2")


def test_a_lock_that_was_lost_with_its_session_is_taken_again(
    on_postgresql: JobsDatabase, postgres_url: str
) -> None:
    with on_postgresql.executor(["one"]) as one, on_postgresql.executor(["two"]) as two:
        assert not two.is_free("one")
        end_their_sessions(postgres_url)
        for held in (one, two):
            held.keep()
        assert not two.is_free("one")
        assert not one.is_free("two")


def test_a_connection_that_is_given_back_after_the_end_is_closed(jobs: JobsDatabase) -> None:
    late = jobs.engine.connect()
    driver = late.connection.dbapi_connection
    assert driver is not None
    jobs.close()
    late.close()
    with pytest.raises((psycopg.OperationalError, sqlite3.ProgrammingError), match="closed"):
        driver.cursor().execute("SELECT 1")


def test_whose_session_was_ended_gives_its_name_back_all_the_same(
    on_postgresql: JobsDatabase, postgres_url: str
) -> None:
    with on_postgresql.executor(["one"]):
        end_their_sessions(postgres_url)
    with on_postgresql.executor(["one", "two"]) as held:
        assert held.name == "one"


def end_their_sessions(postgres_url: str) -> None:
    """The server ends the session of everybody who holds a name."""
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND pid <> pg_backend_pid() AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
