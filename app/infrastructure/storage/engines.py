"""Connections to either database, set up so that acknowledged means stored."""

import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from app.errors import DeploymentError

WAIT_SECONDS = 30
"""How long a writer waits for the one before it."""

READING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"writing": False},
    # One snapshot for everything that is read, as SQLite gives it.
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
WRITING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"writing": True},
    # After waiting for a lock, the next statement must see what the one before us wrote.
    "postgresql": {"isolation_level": "READ COMMITTED", "postgresql_readonly": False},
}


def engine_for(url: URL) -> Engine:
    """An engine with a pool; nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            # Eight destinations may be sent to at once, each with its rows locked; four processes
            # with all of theirs stay within what PostgreSQL allows unless told otherwise.
            pool_size=10,
            max_overflow=14,
        )
    except ModuleNotFoundError as error:
        raise DeploymentError(
            "PostgreSQL needs psycopg: pip install 'tollgate[postgres]'"
        ) from error


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        # A thread that waits for its turn to write holds a connection.
        pool_size=10,
        max_overflow=100,
        hide_parameters=True,
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, record: object) -> None:
    del record
    # Python's driver would begin transactions by itself, too late and never for reading.
    connection.isolation_level = None
    _switch_to_wal(connection)
    for setting in (
        "synchronous = FULL",  # a commit returns when it is on the disk
        "foreign_keys = ON",
        "recursive_triggers = ON",  # else INSERT OR REPLACE removes rows and no trigger sees it
    ):
        connection.execute(f"PRAGMA {setting}")


def _switch_to_wal(connection: Any) -> None:
    """Readers and the writer then do not wait for each other; the file remembers it."""
    for _ in range(WAIT_SECONDS * 100):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Two processes that open a new file at once: here, and only here, SQLite refuses
            # the second one at once instead of letting it wait.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        time.sleep(0.01)
    raise sqlite3.OperationalError("database is locked")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    # A transaction that reads first and writes later could not wait: it would fail at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
