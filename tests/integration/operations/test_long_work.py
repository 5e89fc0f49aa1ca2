"""Long work on both databases: killed at any point, it is done once; a dead one is taken over."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from app.errors import ConflictError, DeploymentError, NotFoundError
from app.infrastructure.lanes.job import Args, Batch, Job, Kind
from app.infrastructure.lanes.job_book import JobBook, open_job_book
from app.infrastructure.lanes.long_work import LongWork, cron
from app.operations.house import House
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.long_worker import READ_AGAIN
from tests.integration.operations.remapped import interchange, maps_say, receive, status

ROOT = Path(__file__).parents[3]
MESSAGES = 60
PATIENCE_S = 60


def now() -> datetime:
    return datetime.now(UTC)


def url_of(house: House) -> str:
    return house.database._url.render_as_string(hide_password=False)


@contextmanager
def worker(house: House, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that works, until the block ends or it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.operations.long_worker", url_of(house), name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "works\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=PATIENCE_S)


def until(true: Callable[[], bool]) -> None:
    """Look again and again; what does not come true is a failure and no hanging."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.01)


def read_again(house: House) -> int:
    """How many messages have a second reading."""
    with house.database.reading("main") as store:
        rows = store.messages.page(limit=10_000)
    again = [row.source_message_id for row in rows if row.reading == 1]
    assert len(again) == len(set(again))
    assert not [row for row in rows if row.reading > 1]
    return len(again)


@pytest.fixture
def book(house: House) -> Iterator[JobBook]:
    with open_job_book(url_of(house)) as opened:
        yield opened


@pytest.fixture
def mended(house: House, clock: SetClock) -> Args:
    """Many messages came, and then the map was mended."""
    maps_say(house)
    for number in range(MESSAGES):
        receive(house, interchange(status("QQ", shipment=f"S-{number}"), number=number))
    maps_say(house, {"QQ": "delivered"})
    return {"until": (clock.moment + timedelta(hours=1)).isoformat()}


def test_killed_in_the_middle_and_started_again_every_message_is_read_again_once(
    house: House, book: JobBook, mended: Args
) -> None:
    job_id = book.start(READ_AGAIN, "replay", "t", mended)
    for killed_at in (6, 30):
        with worker(house, "one") as process:
            until(lambda at=killed_at: read_again(house) >= at)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert book.job(job_id).state == "running"
        assert read_again(house) < MESSAGES
    with worker(house, "one"):
        until(lambda: book.job(job_id).state == "done")
    assert read_again(house) == MESSAGES
    assert book.job(job_id).done == MESSAGES


# With SQLite one process at a time does the long work.
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_what_a_process_that_never_comes_back_had_in_hand_is_taken_over(
    house: House, book: JobBook, mended: Args
) -> None:
    processes = {}
    with worker(house, "one") as one, worker(house, "two") as two:
        processes.update({"one": one, "two": two})
        job_id = book.start(READ_AGAIN, "replay", "t", mended)
        until(lambda: read_again(house) >= 6)
        first = book.job(job_id).executor
        processes[first].send_signal(signal.SIGKILL)
        processes[first].wait()
        assert read_again(house) < MESSAGES
        until(lambda: book.job(job_id).state == "done")
    assert {first, book.job(job_id).executor} == {"one", "two"}
    assert read_again(house) == MESSAGES
    assert book.job(job_id).done == MESSAGES


def test_two_processes_never_work_under_one_name(house: House, book: JobBook) -> None:
    del book
    second = LongWork(url_of(house), (), executors=["one"], now=now)
    with worker(house, "one"), pytest.raises(DeploymentError, match="another process"), second:
        pass


class Steps:
    """A job of three batches that waits in the middle until it is let go on."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.in_the_middle, self.go_on = Event(), Event()
        self.wrong: Exception | None = None

    def kind(self, name: str = "steps", lane: str = "replay") -> Kind:
        return Kind(name=name, lane=lane, act=self.act)

    def act(self, args: Args, cursor: str) -> Batch:
        self.began.append(f"{args.get('name', '')}{cursor}")
        if self.wrong is not None:
            raise self.wrong
        if cursor == "1":
            self.in_the_middle.set()
            self.go_on.wait(PATIENCE_S)
        after = int(cursor or 0) + 1
        return Batch(cursor=str(after) if after < 3 else None, done=10)


def ended(work: LongWork, job_id: str) -> Job:
    until(lambda: work.status(job_id).state in ("done", "failed", "cancelled"))
    return work.status(job_id)


def test_a_job_is_started_once_for_its_key_and_told_as_it_stands(house: House) -> None:
    steps = Steps()
    with LongWork(url_of(house), [steps.kind()], executors=["one"], now=now) as work:
        job_id = work.start("steps", "k", {"name": "a"})
        steps.in_the_middle.wait(PATIENCE_S)
        assert (work.status(job_id).state, work.status(job_id).done) == ("running", 10)
        assert work.start("steps", "k", {"name": "a"}) == job_id
        with pytest.raises(ConflictError):
            work.start("steps", "k", {"name": "b"})
        with pytest.raises(NotFoundError):
            work.status("nobody:knows")
        steps.go_on.set()
        job = ended(work, job_id)
        assert (job.state, job.done, job.args) == ("done", 30, {"name": "a"})
        assert work.start("steps", "k", {"name": "a"}) == job_id
        assert [each.job_id for each in work.jobs()] == [job_id]
    assert steps.began == ["a", "a1", "a2"]


def test_a_cancelled_job_ends_after_the_batch_at_hand(house: House) -> None:
    steps = Steps()
    with LongWork(url_of(house), [steps.kind()], executors=["one"], now=now) as work:
        job_id = work.start("steps", "k", {})
        steps.in_the_middle.wait(PATIENCE_S)
        work.cancel(job_id)
        steps.go_on.set()
        assert ended(work, job_id).state == "cancelled"
    assert steps.began == ["", "1"]


def test_a_process_that_is_told_to_stop_finishes_its_batch_and_goes_on_later(house: House) -> None:
    steps = Steps()
    with LongWork(url_of(house), [steps.kind()], executors=["one"], now=now) as work:
        job_id = work.start("steps", "k", {})
        steps.in_the_middle.wait(PATIENCE_S)
        work._leaving.set()
        steps.go_on.set()
    with LongWork(url_of(house), [steps.kind()], executors=["one"], now=now) as work:
        assert ended(work, job_id).done == 30
    assert steps.began == ["", "1", "2"]


def test_lanes_do_not_wait_for_each_other(house: House) -> None:
    slow, quick = Steps(), Steps()
    quick.go_on.set()
    both = [slow.kind(), quick.kind("quick", "export")]
    with LongWork(url_of(house), both, executors=["one"], now=now) as work:
        work.start("steps", "k", {})
        slow.in_the_middle.wait(PATIENCE_S)
        assert ended(work, work.start("quick", "k", {})).state == "done"
        slow.go_on.set()


def test_what_is_done_every_second_is_done_again_and_again(house: House) -> None:
    done: list[int] = []
    with LongWork(url_of(house), (), executors=["one"], now=now) as work:
        work.every(1, "tick", lambda: done.append(1))
        until(lambda: len(done) >= 2)
        assert work.forget(datetime.now(UTC) - timedelta(minutes=1)) == 0
        until(lambda: work.forget(datetime.now(UTC)) > 0)
        assert work.jobs() == ()


@pytest.mark.parametrize(
    "seconds, told",
    [
        (1, "*/1 * * * * *"),
        (20, "*/20 * * * * *"),
        (60, "0 */1 * * * *"),
        (900, "0 */15 * * * *"),
        (3600, "0 0 */1 * * *"),
        (43200, "0 0 */12 * * *"),
    ],
)
def test_a_rhythm_in_the_words_of_cron(seconds: int, told: str) -> None:
    assert cron(seconds) == told


@pytest.mark.parametrize("seconds", [0, 7, 61, 420, 18000])
def test_a_rhythm_that_cannot_be_kept_is_refused(seconds: int) -> None:
    with pytest.raises(AssertionError):
        cron(seconds)
