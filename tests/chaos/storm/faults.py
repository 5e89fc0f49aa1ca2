"""What happens to an installation, by a seed: each kind as often as it is given weight."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from tests.chaos.storm.crowd import Crowd
from tests.real.postgresql import RunningPostgres

WEIGHTS: Mapping[str, float] = {
    "a service is killed": 4,
    "a worker is killed": 5,
    "an engine is killed": 4,
    "connections are cut": 6,
    "PostgreSQL crashes": 1,
}


class Storm:
    """Breaks one thing after the other, and counts what it broke."""

    def __init__(self, crowd: Crowd, server: RunningPostgres, seed: int) -> None:
        self._crowd, self._server = crowd, server
        self._draw = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._acts: Mapping[str, Callable[[], bool]] = {
            "a service is killed": lambda: self._kill("service"),
            "a worker is killed": lambda: self._kill("worker"),
            "an engine is killed": self._kill_engine,
            "connections are cut": self._cut,
            "PostgreSQL crashes": self._crash,
        }

    def strike(self) -> None:
        """One fault; one that finds nothing to break is not counted."""
        [what] = self._draw.choices([*WEIGHTS], [*WEIGHTS.values()])
        if self._acts[what]():
            self.done[what] += 1

    def _kill(self, kind: str) -> bool:
        wanted = [each for each in self._crowd.members if each.name.startswith(kind)]
        return self._crowd.kill(self._draw.choice(wanted))

    def _kill_engine(self) -> bool:
        member = self._draw.choice(self._crowd.members)
        children = _children(member.process.pid) if member.process else []
        if not children:
            return False
        try:
            os.kill(self._draw.choice(children), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _cut(self) -> bool:
        """Every connection to the database ends, as behind a restarted proxy."""
        with psycopg.connect(self._server.url(), autocommit=True) as connection:
            query = (
                "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                "where backend_type = 'client backend' and pid <> pg_backend_pid()"
            )
            row = connection.execute(query).fetchone()
        return bool(row and row[0])

    def _crash(self) -> bool:
        self._server.restart()
        return True


def _children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        listed = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for each in listed for child in each.split()]


def blow(storm: Storm, until: Callable[[], bool], every_s: float, at_most_s: float) -> None:
    """Strike again and again until it is enough."""
    end = time.monotonic() + at_most_s
    while not until() and time.monotonic() < end:
        storm.strike()
        time.sleep(every_s)
