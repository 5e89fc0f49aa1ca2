"""`tollgate jobs`: what is long is started, looked at and cancelled; `tollgate work` runs it."""

import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from app.entrypoints.drafts import working_house
from app.entrypoints.moments import INSTANT
from app.entrypoints.plainly import told_plainly
from app.infrastructure.lanes.job import ENDED, Job
from app.main import clock_of, long_work, open_database, open_jobs
from app.operations.jobs.kinds import DECIDE_ALL, EXPORT, LANES, REPLAY_MESSAGES, asked
from app.settings import Settings

LOOKS_EVERY_S = 0.2


@click.group()
def jobs() -> None:
    """Replays, back-fills and exports."""


@jobs.group()
def start() -> None:
    """Start a job, once for a name: the same again changes nothing."""


HERE = click.option("--here", is_flag=True, help="Run it in this process, and wait for its end.")


@start.command(REPLAY_MESSAGES)
@click.option("--partner", default="", help="Only this partner's.")
@click.option("--feed", default="", help="Only this feed's.")
@click.option("--from", "since", type=INSTANT, help="Arrived then or later.")
@click.option("--until", type=INSTANT, help="Arrived earlier than that; now unless said.")
@click.option("--unmapped", is_flag=True, help="Only what had something wrong with it.")
@click.option("--critical", is_flag=True, help="Decide in the critical lane instead of bulk.")
@click.option("--tag", required=True, help="The name of the replay, kept with its messages.")
@HERE
@told_plainly
def start_replay(
    partner: str,
    feed: str,
    since: datetime | None,
    until: datetime | None,
    tag: str,
    *,
    unmapped: bool,
    critical: bool,
    here: bool,
) -> None:
    """Read what came again by the maps now in force."""
    args = {
        "tag": tag,
        "partner": partner,
        "feed": feed,
        "since": since.isoformat() if since else "",
        "unmapped": "true" if unmapped else "",
        "lane": "critical" if critical else "",
    }
    _start(REPLAY_MESSAGES, tag, {**args, **_until(REPLAY_MESSAGES, tag, until)}, here=here)


@start.command(DECIDE_ALL)
@click.option("--tag", required=True, help="The name of the back-fill.")
@HERE
@told_plainly
def start_decide_all(tag: str, *, here: bool) -> None:
    """Let every unit be decided when nothing critical waits."""
    _start(DECIDE_ALL, tag, {"tag": tag}, here=here)


@start.command(EXPORT)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--records", type=click.Choice(["decisions", "releases"]), default="decisions")
@click.option("--from", "since", type=INSTANT, required=True)
@click.option("--until", type=INSTANT, help="Now unless said.")
@click.option("--tag", required=True, help="The name of the export.")
@HERE
@told_plainly
def start_export(
    folder: Path,
    records: str,
    since: datetime,
    until: datetime | None,
    tag: str,
    *,
    here: bool,
) -> None:
    """Write decisions or releases of a window to a folder, as CSV in parts."""
    args = {
        "folder": str(folder.resolve()),
        "records": records,
        "since": since.isoformat(),
    }
    _start(EXPORT, tag, {**args, **_until(EXPORT, tag, until)}, here=here)


@jobs.command("list")
@click.option("--limit", default=20, show_default=True)
@told_plainly
def list_jobs(limit: int) -> None:
    """The jobs that were started last."""
    with open_jobs(Settings()) as book:
        for job in book.jobs(limit):
            click.echo(_line(job))


@jobs.command()
@click.argument("job_id")
@told_plainly
def cancel(job_id: str) -> None:
    """End a job after the batch at hand; what it did stays done."""
    with open_jobs(Settings()) as book:
        click.echo(_line(book.cancel(job_id)))


def _until(kind: str, tag: str, until: datetime | None) -> dict[str, str]:
    """The end of the window; started again without one, a job has the end it was given first."""
    if until is None:
        with open_jobs(Settings()) as book:
            before = book.find(f"{kind}:{tag}")
        if before is not None:
            return {"until": before.args["until"]}
        with open_database(Settings()) as database:
            until = clock_of(database)()
    return {"until": until.isoformat()}


def _start(kind: str, tag: str, given: Mapping[str, str], *, here: bool) -> None:
    args = {name: text for name, text in given.items() if text}
    asked(kind, args)
    settings = Settings()
    with open_jobs(settings) as book:
        job_id = book.start(kind, LANES[kind], tag, args)
    if not here:
        click.echo(f"{job_id} waits for a process that works; `tollgate jobs list` shows it")
        return
    with working_house(settings) as house, long_work(settings, house) as work:
        while (job := work.status(job_id)).state not in ENDED:
            time.sleep(LOOKS_EVERY_S)
    click.echo(_line(job))
    sys.exit(0 if job.state == "done" else 1)


def _line(job: Job) -> str:
    error = f": {job.error}" if job.error else ""
    args = " ".join(f"{name}={text}" for name, text in sorted(job.args.items()))
    return f"{job.job_id}  {job.state}  {job.done} done  {args}{error}"
