"""The engine's processes as the operating system shows them."""

import os
import time
from pathlib import Path

from app.infrastructure.engine.pool import EnginePool

CHILD = b"infrastructure.engine.child"


def engine_processes() -> list[int]:
    """Every engine process of ours that runs, whether it is asked, waits or stands by."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has just gone
        if int(parent) == os.getpid() and state not in "ZT" and CHILD in command:
            found.append(int(folder.name))
    return sorted(found)


def state(pid: int) -> str:
    """`Z` is a process that has ended, `T` one that was stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def stand_in(pool: EnginePool) -> int:
    """The process that stands by, as soon as it does."""
    for _ in range(2000):
        if pool._standby._ready is not None:
            return pool._standby._ready.process.pid
        time.sleep(0.005)
    raise AssertionError("nobody has come to stand by in ten seconds")
