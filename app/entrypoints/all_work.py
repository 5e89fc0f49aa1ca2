"""Everything a process does by itself, with what it needs open: the whole of it, or some lanes."""

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event

from app.entrypoints.drafts import bring_into_force
from app.entrypoints.exported_traces import exported_traces
from app.entrypoints.feeds.open_feeds import open_feeds
from app.entrypoints.metrics_door import told_at
from app.entrypoints.sending_out import sending_out
from app.entrypoints.working import Loop, deciding_loops, watching_loops, working
from app.errors import DeploymentError
from app.evidence.intake.feed import Lane
from app.main import long_work, open_house
from app.operations.house import House
from app.settings import Settings
from app.telemetry.logs import log_to_stderr

_log = logging.getLogger(__name__)
ACTOR = "tollgate"
"""By whose hand is done what nobody asked for."""


@contextmanager
def all_work(
    settings: Settings, house: House, lanes: Sequence[Lane] = tuple(Lane)
) -> Iterator[Event]:
    """Bytes are taken in, units decided, events sent and jobs run until the block ends.

    Yields the event by which the loops may be stopped.

    Raises:
        DeploymentError: something it needs is configured wrongly.
    """
    acting = replace(house, actor=ACTOR)
    with (
        sending_out(settings, acting) as sending,
        _jobs(settings, acting),
        open_feeds(settings, acting),
        working(
            (
                *deciding_loops(acting, lanes),
                *watching_loops(acting),
                Loop("sending", sending.send),
                Loop("asking billing systems", sending.ask, idle_s=settings.ask_every_s),
            )
        ) as stopping,
    ):
        yield stopping


@contextmanager
def _jobs(settings: Settings, house: House) -> Iterator[None]:
    """Jobs, unless the database is a file and another process does them already."""
    with ExitStack() as jobs:
        try:
            jobs.enter_context(long_work(settings, house))
        except DeploymentError as error:
            _log.warning("jobs are left to others: %s", error)
        yield


def work_forever(settings: Settings, lanes: Sequence[Lane]) -> None:
    """Do what is due until SIGTERM or SIGINT, beside any number of others on the same database.

    Raises:
        DeploymentError: the database cannot be used, or something is configured wrongly.
    """
    log_to_stderr(settings.log)
    with exported_traces(settings), open_house(settings) as house, told_at(settings, house):
        bring_into_force(settings, house)
        with all_work(settings, house, lanes) as stopping:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
            stopping.wait()
