"""Jobs are started, looked up and cancelled; the process that does so need not run any."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from app.errors import ConflictError, NotFoundError
from app.infrastructure.lanes.job import Args, Job
from app.infrastructure.storage.jobs_database import SCHEMA, JobsDatabase

VERSION = "1"
"""Of what jobs keep. A job goes on under the next release of the product as long as this stays:
raise it when arguments or cursors change their meaning, after the old jobs have ended."""

APPLICATION = "tollgate"
RUN_JOB = "run_job"
STATES = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "CANCELLED": "cancelled",
}
FAILED = "failed"


class JobBook:
    """All jobs of one database."""

    def __init__(self, database: JobsDatabase) -> None:
        self.client = DBOSClient(
            system_database_engine=database.engine,
            dbos_system_schema=SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
        )

    def start(self, kind: str, lane: str, key: str, args: Args) -> str:
        """Start a job, once for a key; returns its id. Starting it again changes nothing.

        Raises:
            ConflictError: a job of this kind and key was started with other arguments.
        """
        job_id = f"{kind}:{key}"
        options: EnqueueOptions = {
            "queue_name": lane,
            "workflow_name": RUN_JOB,
            "workflow_id": job_id,
            "app_version": VERSION,
        }
        self.client.enqueue(options, kind, dict(args))
        if self.job(job_id).args != dict(args):
            raise ConflictError(f"job {job_id} was started before with other arguments")
        return job_id

    def job(self, job_id: str) -> Job:
        """A job as it stands.

        Raises:
            NotFoundError: there is none of this id.
        """
        found = self.find(job_id)
        if found is None:
            raise NotFoundError(f"there is no job {job_id}")
        return found

    def find(self, job_id: str) -> Job | None:
        """A job as it stands, if there is one of this id."""
        found = self.client.list_workflows(workflow_ids=[job_id], name=RUN_JOB)
        return _job(found[0]) if found else None

    def jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """The jobs that were started last, the last one first."""
        found = self.client.list_workflows(name=RUN_JOB, limit=limit, sort_desc=True)
        return tuple(map(_job, found))

    def cancel(self, job_id: str) -> Job:
        """Let it end after the batch at hand; what it did stays done."""
        self.job(job_id)
        self.client.cancel_workflow(job_id)
        return self.job(job_id)

    def close(self) -> None:
        """Give the connections back."""
        self.client.destroy()


@contextmanager
def open_job_book(url: str) -> Iterator[JobBook]:
    """The jobs of the product's database, for whoever starts or looks them up."""
    database = JobsDatabase(url)
    try:
        make_tables(database)
        book = JobBook(database)
        try:
            yield book
        finally:
            book.close()
    finally:
        database.close()


def make_tables(database: JobsDatabase) -> None:
    """Bring the library's own tables to its version; doing it again changes nothing."""
    DBOS.migrate(database.url, schema=SCHEMA)


def _job(status: WorkflowStatus) -> Job:
    kind, args = status.input["args"] if status.input else ("", {})
    progress = status.attributes or {}
    return Job(
        job_id=status.workflow_id,
        kind=kind,
        args=dict(args),
        state=STATES.get(status.status, FAILED),
        done=int(progress.get("done", 0)),
        error=str(status.error or ""),
        executor=status.executor_id or "",
        started_at=_moment(status.created_at),
        changed_at=_moment(status.updated_at),
    )


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
