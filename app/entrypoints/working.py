"""What a process does by itself: loops, each in a thread of its own, until told to stop.

A loop does a little, and again at once while there is more to do; with nothing to do it looks again
after a moment. A loop that fails says so and goes on: a database that is away for an hour costs an
hour, not the process. What one loop does is an operation's; nothing is decided here.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from app.errors import DeploymentError
from app.evidence.intake.feed import Lane
from app.operations.deciding.drain_due import drain_due, something_waits
from app.operations.house import House
from app.operations.looking.board import keep_board
from app.operations.looking.forecast import fit_forecast
from app.operations.looking.keep_standing import keep_standings, rank_holds_anew
from app.operations.looking.kpis import keep_kpis
from app.operations.looking.rule_totals import keep_rules
from app.operations.looking.watch_board import watch_board
from app.operations.receiving.gaps import watch_gaps
from app.operations.receiving.watch_drift import Looks, watch_drift
from app.operations.receiving.watch_feeds import watch_feeds
from app.operations.releasing.close_consolidation import close_due
from app.operations.releasing.watch_expiries import watch_expiries
from app.telemetry import LOOP_FAILED

IDLE_S = 0.2
WATCH_EVERY_S = 10.0
DRIFT_EVERY_S = 60.0
GAPS_EVERY_S = 300.0
CLOSES_EVERY_S = 10.0
EXPIRIES_EVERY_S = 60.0
RANKS_EVERY_S = 60.0
COUNTS_EVERY_S = 5.0
FORECASTS_EVERY_S = 60.0
KPIS_EVERY_S = 15.0
AWAY_S = 2.0
"""How long to wait after a failure."""
BULK_AT_MOST = 5
"""A bulk turn is short, so that what is critical never waits long for the processor."""
BULK_EVERY_S = 1.0
"""How long bulk gives way to critical at most; it slows down and never stands still."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loop:
    """One thing that is done again and again."""

    name: str
    act: Callable[[], int]
    """Does a little and tells how much; nothing means that nothing waits."""
    idle_s: float = IDLE_S


class _Running:
    """One loop in its thread."""

    def __init__(self, loop: Loop, stopping: Event) -> None:
        self._loop = loop
        self._stopping = stopping
        LOOP_FAILED.labels(loop.name)  # told as nothing before it fails: an alarm needs a start
        self.thread = Thread(target=self._run, name=loop.name, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._once())

    def _once(self) -> float:
        """Do it once; how long to wait before the next time."""
        try:
            return 0.0 if self._loop.act() else self._loop.idle_s
        except DeploymentError as error:
            _log.warning("%s: %s; trying again", self._loop.name, error)
        except Exception:  # noqa: BLE001  a loop that ends would be work that stops unseen
            _log.exception("%s failed; trying again", self._loop.name)
        LOOP_FAILED.labels(self._loop.name).inc()
        return AWAY_S


@contextmanager
def working(loops: Sequence[Loop]) -> Iterator[Event]:
    """The loops run until the block ends; each finishes what it is doing.

    Yields the event by which anything else may stop them.
    """
    stopping = Event()
    running = [_Running(loop, stopping) for loop in loops]
    try:
        yield stopping
    finally:
        stopping.set()
        for each in running:
            each.thread.join()


def watching_loops(house: House) -> tuple[Loop, ...]:
    """What is looked after now and then."""
    looks = Looks()

    def gaps() -> int:
        watch_gaps(house)
        return 0  # all streams are looked at in one go

    def drift() -> int:
        watch_drift(house, looks)
        return 0  # so are all that something came of

    return (
        Loop("watching feeds", lambda: watch_feeds(house), idle_s=WATCH_EVERY_S),
        Loop("watching expiries", lambda: watch_expiries(house), idle_s=EXPIRIES_EVERY_S),
        Loop("watching for gaps", gaps, idle_s=GAPS_EVERY_S),
        Loop("watching for drift", drift, idle_s=DRIFT_EVERY_S),
        Loop("closing periods", lambda: close_due(house), idle_s=CLOSES_EVERY_S),
        Loop("noting where units stand", lambda: keep_standings(house)),
        Loop("counting for alarms", lambda: watch_board(house), idle_s=WATCH_EVERY_S),
        Loop("counting the board", lambda: keep_board(house), idle_s=COUNTS_EVERY_S),
        Loop("counting rules", lambda: keep_rules(house), idle_s=COUNTS_EVERY_S),
        Loop("ranking holds", lambda: rank_holds_anew(house), idle_s=RANKS_EVERY_S),
        Loop("fitting forecasts", lambda: fit_forecast(house), idle_s=FORECASTS_EVERY_S),
        Loop("counting KPIs", lambda: keep_kpis(house), idle_s=KPIS_EVERY_S),
    )


def deciding_loops(house: House, lanes: Sequence[Lane] = tuple(Lane)) -> tuple[Loop, ...]:
    """A loop a lane; bulk gives way while anything critical waits."""
    return tuple(_lane(house, lane) for lane in lanes)


def _lane(house: House, lane: Lane) -> Loop:
    if lane is Lane.CRITICAL:
        return Loop("deciding critical", lambda: drain_due(house, lane).rows)
    return Loop("deciding bulk", _GivingWay(house, lane))


class _GivingWay:
    """Drains a lane when nothing critical waits, and all the same a little once in a while."""

    def __init__(self, house: House, lane: Lane) -> None:
        self._house, self._lane = house, lane
        self._given_way_since = house.now()

    def __call__(self) -> int:
        moment = self._house.now()
        waited = (moment - self._given_way_since).total_seconds()
        if something_waits(self._house, Lane.CRITICAL) and waited < BULK_EVERY_S:
            return 0
        self._given_way_since = moment
        return drain_due(self._house, self._lane, BULK_AT_MOST).rows
