"""The tests run against a real PostgreSQL, and each has a database of its own."""

import psycopg
import pytest

from tests.real import postgresql
from tests.real.postgresql import RunningPostgres, start_postgres


def test_a_real_postgresql_answers_on_loopback(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select version()").fetchone()

    assert row is not None
    assert row[0].startswith("PostgreSQL ")


def test_two_databases_of_one_server_do_not_see_each_other(
    postgres_server: RunningPostgres, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("create table only_here (id int)")

    with psycopg.connect(postgres_server.url()) as connection:
        row = connection.execute("select to_regclass('only_here')").fetchone()

    assert row == (None,)


def test_a_server_that_is_given_is_used_and_left_running(
    postgres_server: RunningPostgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PG_DSN", postgres_url)

    given = start_postgres()
    given.stop()

    assert given.url("postgres") == postgres_server.url("postgres")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("select 1")


def test_without_any_postgresql_the_error_names_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TEST_PG_DSN", raising=False)
    monkeypatch.setattr(postgresql._Owner, "can_run", lambda *_: False)

    with pytest.raises(RuntimeError, match="make pg-apt"):
        start_postgres()
