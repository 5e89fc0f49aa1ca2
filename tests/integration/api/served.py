"""A `tollgate serve` of its own, as a process that can be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

STARTS_WITHIN_S = 60.0
NONE: Mapping[str, str] = {}


class Served:
    """The process, and where it answers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.log = process, log
        self.url = f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, and return how it did."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)

    def children(self) -> list[int]:
        """The processes it has started."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(child) for each in listed for child in each.read_text().split()]

    def wait_until_ready(self) -> None:
        """Return as soon as it answers that it can work."""
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                # It listens only once everything is in force; with keys it does not tell us more.
                if httpx.get(f"{self.url}/ready", timeout=5).status_code in {200, 401}:
                    return
            time.sleep(0.02)
        raise AssertionError(f"it did not get ready:\n{self.log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def serving(
    database_url: str, folder: Path, *options: str, settings: Mapping[str, str] = NONE
) -> Iterator[Served]:
    """A process that is ready, killed at the end if it still runs."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    command = ("serve", "--port", str(port), *options)
    served = Served(started(database_url, log, command, settings), port, log)
    try:
        served.wait_until_ready()
        yield served
    finally:
        if served.process.poll() is None:
            served.kill()


@contextlib.contextmanager
def working(
    database_url: str, folder: Path, *options: str, settings: Mapping[str, str] = NONE
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does what is due, killed at the end if it still runs."""
    log = folder / f"work-{free_port()}.log"
    process = started(database_url, log, ("work", *options), settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def started(
    database_url: str, log: Path, command: Sequence[str], settings: Mapping[str, str] = NONE
) -> subprocess.Popen[bytes]:
    """A tollgate command as a process; what it says is added to its log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "app.entrypoints.cli", *command],
            env={**os.environ, "TOLLGATE_DATABASE_URL": database_url, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
