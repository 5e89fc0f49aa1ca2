"""The demo's week as `tollgate demo` leaves it, lived once for all processes that run tests."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from tests.copied import copy_of


def demo_in(shared: Path) -> Path:
    """The database in this folder, made by whichever process needs it first; nobody changes it."""
    file = shared / "demo.db"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _live_week(shared / "demo-in-the-making.db")
            copy_of(shared / "demo-in-the-making.db", file)
    return file


def _live_week(file: Path) -> None:
    """What `make demo` does."""
    made = subprocess.run(
        [sys.executable, "-m", "app.entrypoints.cli", "demo"],
        env={**os.environ, "TOLLGATE_DATABASE_URL": f"sqlite:///{file}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
