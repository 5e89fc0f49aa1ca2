"""Jobs are run batch after batch, and those of a process that died are taken over by another.

A process does long work under a name that is its own and stays the same when it is started again:
what it had in hand is then its own again. Where it never comes back, another one sees that nobody
holds its lock, and takes over what it had in hand.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any, Self

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, StepOptions

from app.infrastructure.lanes.job import Args, Job, Kind
from app.infrastructure.lanes.job_book import (
    APPLICATION,
    RUN_JOB,
    VERSION,
    JobBook,
    make_tables,
)
from app.infrastructure.storage.jobs_database import SCHEMA, Held, JobsDatabase

AT_ONCE = 1
"""Jobs of one lane that one process runs at the same time."""
LOOKS_EVERY_S = 5.0
"""How often it is looked for others that died."""
ENDS_WITHIN_S = 60.0
"""How long the batch at hand may take once the process is told to stop."""
SCHEDULED = "scheduled"
KEPT = timedelta(days=1)
"""How long it is kept that a scheduled act was done."""
FORGETS_AT_ONCE = 100

_RETRIES: StepOptions = {
    "retries_allowed": True,
    "max_attempts": 6,
    "interval_seconds": 1.0,
    "backoff_rate": 2.0,
}
_log = logging.getLogger(__name__)


class _LeavingError(BaseException):
    """Ends a job's thread without an answer: the job stays in hand, and goes on later.

    Not an Exception, because the library takes every one of those for the job's own answer.
    """


class LongWork:
    """One process's share in the long work; a context manager. One at a time in a process."""

    def __init__(
        self,
        url: str,
        kinds: Sequence[Kind],
        *,
        executors: Sequence[str],
        now: Callable[[], datetime],
        looks_every_s: float = LOOKS_EVERY_S,
    ) -> None:
        """Make ready; nothing is opened yet.

        Args:
            url: the product's database.
            kinds: the kinds of jobs it runs.
            executors: names of its own, of which it takes the first that is free: the same
                whenever it is started again.
            now: the clock; it says which scheduled acts are long done.
            looks_every_s: how often it looks for others that died.
        """
        self._kinds = {kind.name: kind for kind in kinds}
        self._executors, self._looks_every_s = executors, looks_every_s
        self._url, self._now = url, now
        self._acts: dict[str, Callable[[], object]] = {}
        self._leaving, self._at_work = Event(), _AtWork()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Take the lock of our name and begin to work.

        Raises:
            DeploymentError: others work under all of its names; with SQLite, another works.
        """
        with ExitStack() as opening:
            self._database = JobsDatabase(self._url)
            opening.callback(self._database.close)
            self._held: Held = opening.enter_context(self._database.executor(self._executors))
            make_tables(self._database)
            self._book = JobBook(self._database)
            opening.callback(self._book.close)
            self._launch(opening)
            watch = Thread(target=self._watch, name="take over", daemon=True)
            watch.start()
            opening.callback(watch.join)
            opening.callback(self._leave)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the batches at hand, and leave the rest for later."""
        self._open.close()

    def start(self, kind: str, key: str, args: Args) -> str:
        """Start a job, once for a key; see JobBook."""
        return self._book.start(kind, self._kinds[kind].lane, key, args)

    def status(self, job_id: str) -> Job:
        """A job as it stands; see JobBook."""
        return self._book.job(job_id)

    def jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """The jobs that were started last."""
        return self._book.jobs(limit)

    def cancel(self, job_id: str) -> Job:
        """Let a job end after the batch at hand."""
        return self._book.cancel(job_id)

    def every(self, seconds: int, name: str, act: Callable[[], object]) -> None:
        """Act again and again, each time in one of the processes that share the database.

        For what is done every minute or more seldom: each time leaves a row behind.

        Args:
            seconds: a divisor of a minute, or minutes that divide an hour, or hours a day.
            name: stable; giving it again replaces the rhythm.
            act: may be done twice.
        """
        self._acts[name] = act
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": name,
                    "workflow_fn": self._run_scheduled,
                    "schedule": cron(seconds),
                    "context": name,
                    "queue_name": SCHEDULED,
                }
            ]
        )

    def take_over(self) -> int:
        """Take what processes that died had in hand; how many jobs it was.

        The library does this by itself only for a process that comes back under its name. Its
        call for others is internal, and stands here and nowhere else.
        """
        running = self._book.client.list_workflows(
            status="PENDING", app_version=VERSION, load_input=False, load_output=False
        )
        others = {each.executor_id for each in running if each.executor_id} - {self._held.name}
        gone = [name for name in sorted(others) if self._held.is_free(name)]
        if not gone:
            return 0
        taken = DBOS._recover_pending_workflows(gone)  # noqa: SLF001  see above
        _log.warning("%s died; %d jobs are taken over", ", ".join(gone), len(taken))
        return len(taken)

    def _launch(self, opening: ExitStack) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_engine": self._database.engine,
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": self._held.name,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "scheduler_polling_interval_sec": 1.0,
            "log_level": "WARNING",
        }
        # What the library knows of functions is a global of the process.
        DBOS.destroy(destroy_registry=True)
        DBOS(config=config)
        opening.callback(DBOS.destroy, destroy_registry=True)
        self._register()
        DBOS.launch()
        for lane in {SCHEDULED, *(kind.lane for kind in self._kinds.values())}:
            DBOS.register_queue(lane, worker_concurrency=AT_ONCE, on_conflict="always_update")

    def _register(self) -> None:
        """Functions of the library's own making: it marks them, and a method takes no mark."""

        @DBOS.workflow(name=RUN_JOB, max_recovery_attempts=None)
        def run_job(kind: str, args: dict[str, str]) -> int:
            return self._run(kind, args)

        @DBOS.workflow(name=SCHEDULED)
        def scheduled(moment: datetime, name: str) -> None:
            del moment
            self._act(name)

        self._run_scheduled = scheduled

    def _run(self, kind: str, args: dict[str, str]) -> int:
        """One job: the library remembers what each batch answered, and asks for no more of it."""
        cursor: str | None = ""
        done = 0
        with self._at_work.one():
            while cursor is not None:
                if self._leaving.is_set():
                    raise _LeavingError
                answer = DBOS.run_step(
                    {**_RETRIES, "name": kind}, self._batch, kind, args, cursor, done
                )
                cursor, done = answer
        return done

    def _batch(self, kind: str, args: dict[str, str], cursor: str, done: int) -> list[Any]:
        batch = self._kinds[kind].act(args, cursor)
        so_far = done + batch.done
        job_id = DBOS.workflow_id
        assert job_id, "a batch belongs to a job"
        self._book.client.update_workflow_attributes(job_id, {"done": so_far})
        return [batch.cursor, so_far]

    def _act(self, name: str) -> None:
        with self._at_work.one():
            act = self._acts.get(name)
            if act is None:
                _log.warning("nothing here is done under the name %s any more", name)
                return
            act()

    def forget(self, before: datetime) -> int:
        """Remove what is kept of scheduled acts that ended before then; jobs stay."""
        ended = self._book.client.list_workflows(
            name=SCHEDULED,
            status=["SUCCESS", "ERROR"],
            completed_before=before.isoformat(),
            limit=FORGETS_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        self._book.client.delete_workflows([each.workflow_id for each in ended])
        return len(ended)

    def _watch(self) -> None:
        while not self._leaving.wait(self._looks_every_s):
            try:
                self._held.keep()
                self.take_over()
                self.forget(self._now() - KEPT)
            except Exception:  # noqa: BLE001  the database may come back
                _log.exception("could not look for processes that died")

    def _leave(self) -> None:
        self._leaving.set()
        if not self._at_work.all_left(ENDS_WITHIN_S):
            _log.warning("a batch takes longer than %s s and is left behind", ENDS_WITHIN_S)


class _AtWork:
    """The jobs at work, which are waited for at the end."""

    def __init__(self) -> None:
        self._jobs, self._changed = 0, Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A job, for as long as it has a batch at hand."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def all_left(self, within_s: float) -> bool:
        """Wait until none is at work; whether they left in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._jobs == 0, within_s)

    def _count(self, by: int) -> None:
        with self._changed:
            self._jobs += by
            self._changed.notify_all()


def cron(seconds: int) -> str:
    """The rhythm in the words of cron, with seconds first.

    Raises:
        AssertionError: it does not divide a minute, an hour or a day.
    """
    for unit, most, before, after in (
        (1, 60, "", " *"),
        (60, 60, "0 ", ""),
        (3600, 24, "0 0 ", ""),
    ):
        times, rest = divmod(seconds, unit)
        if not rest and times and times < most and not most % times:
            fields = f"{before}*/{times}{after}".split()
            return " ".join([*fields, *["*"] * (6 - len(fields))])
    raise AssertionError(f"{seconds} s divide neither a minute nor an hour nor a day")
