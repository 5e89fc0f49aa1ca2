"""The database: opened once by `main.py`, asked for one transaction at a time."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

from app.errors import ConflictError, DeploymentError
from app.infrastructure.storage import clock, schema
from app.infrastructure.storage.engines import READING, WRITING, engine_for
from app.infrastructure.storage.group_commit import GroupCommit
from app.infrastructure.storage.store import Store
from app.infrastructure.storage.urls import allowed_url, shown

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """Something taken to be done: first look what, then store that it is done."""

    taking: Callable[[], AbstractContextManager[Store]]
    storing: Callable[[], AbstractContextManager[Store]]


class Database:
    """SQLite in a file, or PostgreSQL; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._url = allowed_url(url)
        self._engine = engine_for(self._url)
        # SQLite's own waiting sleeps between looks, up to 100 ms, and some threads then wait
        # for a second while others write: the threads of this process queue here instead.
        self._turn = RLock() if self._url.get_backend_name() == "sqlite" else nullcontext()
        self._group = GroupCommit(self._writing_turn)

    def __repr__(self) -> str:
        """Where it is; never the password."""
        return f"Database({shown(self._url)!r})"

    def upgrade(self) -> str:
        """Bring the tables to this version and return the revision.

        Whoever comes second, from another thread or process, waits and finds it done.
        """
        with self._turn, self._transaction(WRITING) as connection:
            return schema.upgrade(connection)

    def check_current(self) -> None:
        """Raise when the tables are missing or of another version."""
        where = shown(self._url)
        if self._url.get_backend_name() == "sqlite" and not Path(str(self._url.database)).exists():
            # Connecting would leave an empty file behind.
            raise DeploymentError(f"{where} does not exist yet; run `tollgate db upgrade`")
        with self._transaction(READING) as connection:
            schema.check_current(connection, where)

    def clock(self) -> timedelta:
        """By how much the time here is ahead of the real one: nothing but in the demo's."""
        with self._transaction(READING) as connection:
            return clock.told_ahead(connection)

    def against_clock(self, told: datetime, deliveries: Collection[str]) -> str:
        """Why `set_clock` would refuse; empty where it would not."""
        with self._transaction(READING) as connection:
            return clock.against_telling(connection, told, deliveries)

    def set_clock(self, at: datetime, told: datetime, deliveries: Collection[str]) -> None:
        """Let it be `told` here at the moment `at`, once and for good.

        Args:
            at: the real moment.
            told: the moment that it shall be; whatever was decided was decided by then.
            deliveries: the ids of all that may have been delivered, to whichever tenant.

        Raises:
            ConflictError: it was set before, other messages have come too, or something was
                decided later; it stays as it was.
        """
        with self._writing_turn() as connection:
            if why := clock.against_telling(connection, told, deliveries):
                raise ConflictError(f"the clock of {shown(self._url)} cannot be set: {why}")
            clock.tell(connection, at, told)

    @contextmanager
    def reading(self, tenant: str) -> Iterator[Store]:
        """One tenant's rows as they are at one moment; nothing can be written."""
        with self._transaction(READING) as connection:
            yield Store(connection, tenant)

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Store]:
        """One transaction: everything in it is stored when it ends, or nothing by an exception.

        In SQLite whoever writes is alone, so evaluate before, not within.
        """
        with self._writing_turn() as connection:
            store = Store(connection, tenant)
            yield store
        store.is_stored()

    def together(self, tenant: str, do: Callable[[Store], T]) -> T:
        """One act, stored when it returns, in one commit with others that come meanwhile.

        What `do` raises is raised here and nothing of it is stored. It may be called twice.
        """
        return self._group.do(tenant, do)

    @contextmanager
    def turn(self, tenant: str) -> Iterator["Turn"]:
        """Take something to do, do it for as long as it needs, and store that it is done.

        In PostgreSQL what was taken is held by row locks until the end, so that no other process
        does the same. SQLite has no such locks: nothing is held while it is done, and doing it
        twice must be harmless.
        """
        if self._url.get_backend_name() == "sqlite":
            yield Turn(partial(self.reading, tenant), partial(self.writing, tenant))
            return
        with self.writing(tenant) as store:
            same = nullcontext(store)
            yield Turn(lambda: same, lambda: same)

    def close(self) -> None:
        """Finish what is being written, and give all connections back."""
        self._group.close()
        self._engine.dispose()

    @contextmanager
    def _writing_turn(self) -> Iterator[Connection]:
        with self._turn, self._transaction(WRITING) as connection:
            yield connection

    @contextmanager
    def _transaction(self, options: Mapping[str, Mapping[str, Any]]) -> Iterator[Connection]:
        with self._in_our_words(), self._engine.connect() as connection:
            connection.execution_options(**options[connection.dialect.name])
            with connection.begin():
                yield connection

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        """What callers may meet is said in our words; any other exception is a fault in here."""
        try:
            yield
        except (OperationalError, NoFreeConnectionError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise DeploymentError(
                f"the database {shown(self._url)} could not do it: {reason}"
            ) from error
        except StatementError as error:
            if isinstance(error, DBAPIError) or error.orig is None:
                raise
            # Raised by a column of ours, while it took or gave a value.
            raise error.orig from None
