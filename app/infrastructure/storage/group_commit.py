"""Many small writes, one commit: whoever comes while one is on its way to the disk shares the next.

Each act runs within a savepoint of its own, so one that is refused takes nobody with it; and each
caller is told only when its act is committed. Nobody waits for a timer: a lone act is committed at
once, and groups form by themselves under load.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.infrastructure.storage.store import Store
from app.telemetry import COMMITTED_TOGETHER

T = TypeVar("T")
MOST_TOGETHER = 64


class _Act:
    """One act that waits for its commit."""

    def __init__(self, tenant: str, do: Callable[[Store], Any]) -> None:
        self.tenant = tenant
        self.do = do
        self.done: Future[Callable[[], Any]] = Future()
        """What to call, in the caller's own thread, for what the act returned."""

    def on(self, connection: Connection) -> Callable[[], None]:
        """Do it within a savepoint; what to tell the caller once the whole is committed."""
        try:
            with connection.begin_nested():
                store = Store(connection, self.tenant)
                result = self.do(store)
        except SQLAlchemyError:
            raise  # the whole is rolled back, and each tried alone
        # Also what is no Exception: it would end the one thread that writes, and all would wait.
        except BaseException as error:  # noqa: BLE001  handed to whoever asked, whatever it is
            failed = error
            return lambda: self.done.set_exception(failed)

        def stored() -> Any:
            store.is_stored()
            return result

        return lambda: self.done.set_result(stored)


class GroupCommit:
    """One thread that writes for all others of the process."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._acts: SimpleQueue[_Act | None] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None

    def do(self, tenant: str, do: Callable[[Store], T]) -> T:
        """Do it, and return when it is stored for good; its exceptions are the caller's.

        `do` may be called a second time, where another process stood in the way of the first.
        """
        act = _Act(tenant, do)
        with self._starting:
            # Under the lock: put behind the word to close, it would be found by nobody.
            self._start()
            self._acts.put(act)
        result: T = act.done.result()()
        return result

    def close(self) -> None:
        """Finish what waits."""
        with self._starting:
            if self._thread is not None:
                self._acts.put(None)
                self._thread.join()
                self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._write, name="group commit", daemon=True)
            self._thread.start()

    def _write(self) -> None:
        while (first := self._acts.get()) is not None:
            group, last = self._with_company(first)
            self._commit(group)
            if last:
                return

    def _with_company(self, first: _Act) -> tuple[list[_Act], bool]:
        """The first and whoever waits already; and whether it is time to close."""
        group = [first]
        while len(group) < MOST_TOGETHER and not self._acts.empty():
            act = self._acts.get()
            if act is None:
                return group, True
            group.append(act)
        return group, False

    def _commit(self, group: Sequence[_Act]) -> None:
        try:
            with self._transaction() as connection:
                tell = [act.on(connection) for act in group]
        except BaseException as error:  # noqa: BLE001  none of them is stored; each is told
            if len(group) == 1:
                group[0].done.set_exception(error)
                return
            # Two processes whose groups name the same messages in another order lock each other
            # out; one by one they cannot.
            for act in group:
                self._commit([act])
            return
        COMMITTED_TOGETHER.observe(len(group))
        for say in tell:
            say()
