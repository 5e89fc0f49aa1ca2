"""Where long work keeps its place: beside the product's own tables, and never in their way.

In PostgreSQL that is a schema of its own in the same database. With SQLite it is a file of its own
beside the product's: a file has one writer at a time, and whoever records a fact should not wait
for a scheduler's polling.

Who does long work holds a lock under its own name for as long as it lives, however it ends: that is
how others see that it died. With SQLite all are on one machine, and one of them does the long work.
"""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import CLOCK_REALTIME, clock_gettime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.errors import DeploymentError
from app.infrastructure.storage.engines import WAIT_SECONDS, engine_for
from app.infrastructure.storage.urls import allowed_url

SCHEMA = "tollgate_jobs"
SUFFIX = "-jobs"
_SUBSECOND = (3, 42)
"""Since this version SQLite's own unixepoch knows fractions of a second."""

_log = logging.getLogger(__name__)
_lock = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_unlock = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


class Held(Protocol):
    """The lock of one that does long work."""

    name: str

    def keep(self) -> None:
        """See that it is still held; to be called every few seconds."""

    def is_free(self, executor: str) -> bool:
        """Whether nobody holds the lock of that name: it died, or was stopped."""


class JobsDatabase:
    """The connections of long work; closed by whoever opened it."""

    def __init__(self, url: str) -> None:
        self._url = allowed_url(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        if self._is_sqlite:
            self._url = self._url.set(database=f"{self._url.database}{SUFFIX}")
        self.engine = _sqlite(self._url) if self._is_sqlite else engine_for(self._url)
        self._closed = False
        event.listen(self.engine, "checkin", self._end_if_late)

    @property
    def url(self) -> str:
        """With its password: for the library alone."""
        return self._url.render_as_string(hide_password=False)

    def close(self) -> None:
        """End all connections, those in use when they are given back."""
        self._closed = True
        self.engine.dispose()

    def _end_if_late(self, connection: Any, record: Any) -> None:
        """A thread of the library may outlive it by a moment: nobody would close its connection."""
        del connection
        if self._closed:
            record.invalidate()

    @contextmanager
    def executor(self, names: Sequence[str]) -> Iterator[Held]:
        """Hold the lock of the first of these names that nobody holds.

        Raises:
            DeploymentError: other processes hold them all.
        """
        if self._is_sqlite:
            with _lock_file(f"{self._url.database}.lock"):
                yield _Alone(names[0])
            return
        held = _Advisory(self.engine, names)
        try:
            yield held
        finally:
            held.close()


class _Alone:
    """With SQLite one process does the long work: every other one is gone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def keep(self) -> None:
        """The file stays locked until the process ends."""

    def is_free(self, executor: str) -> bool:
        del executor
        return True


class _Advisory:
    """A session of PostgreSQL that holds an advisory lock; it ends with the process."""

    def __init__(self, engine: Engine, names: Sequence[str]) -> None:
        self._engine = engine
        self._session = self._opened()
        taken = next((name for name in names if self._takes(name)), None)
        if taken is None:
            self._session.close()
            raise DeploymentError(
                f"another process does long work under the name {names[0]}; each needs its own"
            )
        self.name = taken

    def keep(self) -> None:
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            # The server was restarted, or the connection cut: the lock is gone with it.
            self._session.invalidate()
            self._session = self._opened()
            if not self._takes(self.name):
                _log.exception("the lock of %s was lost and is held by another", self.name)

    def is_free(self, executor: str) -> bool:
        if not self._takes(executor):
            return False
        self._session.execute(_unlock, {"name": _named(executor)})
        return True

    def close(self) -> None:
        try:
            # Said, not left to the end of the session: the server sees that end a moment later.
            self._session.execute(_unlock, {"name": _named(self.name)})
        except SQLAlchemyError:
            _log.info("the session of %s had ended, and its lock with it", self.name)
        self._session.invalidate()
        self._session.close()

    def _opened(self) -> Connection:
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # A machine that vanishes sends no goodbye: the server asks whether it is there.
        for setting, value in (("idle", 10), ("interval", 5), ("count", 3)):
            session.execute(text(f"SET tcp_keepalives_{setting} = {value}"))
        return session

    def _takes(self, executor: str) -> bool:
        return bool(self._session.execute(_lock, {"name": _named(executor)}).scalar())


def _named(executor: str) -> str:
    return f"tollgate long work {executor}"


@contextmanager
def _lock_file(path: str) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeploymentError(
                "another process does the long work of this database already; with SQLite one does"
            ) from None
        yield
    finally:
        os.close(handle)


def _sqlite(url: Any) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, record: object) -> None:
    del record
    # The library counts on the driver to begin, and a transaction that reads before it writes
    # could not wait for its turn.
    connection.isolation_level = "IMMEDIATE"
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    if sqlite3.sqlite_version_info < _SUBSECOND:
        # The library asks for it by Python's version and not by SQLite's, and gets no value.
        connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*given: str) -> float | int:
    """The moment, as SQLite since 3.42 tells it; nothing else is ever asked here."""
    assert set(given) <= {"now", "subsec"}, "only the moment is asked"
    seconds = clock_gettime(CLOCK_REALTIME)
    return seconds if "subsec" in given else int(seconds)
