"""The demo's week as `tollgate demo` leaves it, lived once for all processes that run tests."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from tests.copied import copy_of

SAID = ".said.txt"
"""Behind the name of the database: what the command answered, as a pipe has it."""


def demo_in(shared: Path) -> Path:
    """The database in this folder, made by whichever process needs it first; nobody changes it."""
    file = shared / "demo.db"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            said = _live_week(shared / "demo-in-the-making.db")
            file.with_suffix(SAID).write_text(said, encoding="utf-8")
            copy_of(shared / "demo-in-the-making.db", file)
    return file


def _live_week(file: Path) -> str:
    """What `make demo` does, and its answer."""
    made = subprocess.run(
        [sys.executable, "-m", "app.entrypoints.cli", "demo"],
        env={**os.environ, "TOLLGATE_DATABASE_URL": f"sqlite:///{file}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout
