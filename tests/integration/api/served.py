"""A `tollgate serve` of its own, as a process that can be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

STARTS_WITHIN_S = 20.0


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
                if httpx.get(f"{self.url}/ready", timeout=5).status_code == 200:
                    return
            time.sleep(0.02)
        raise AssertionError(f"it did not get ready:\n{self.log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def serving(database_url: str, folder: Path) -> Iterator[Served]:
    """A process that is ready, killed at the end if it still runs."""
    port = _free_port()
    log = folder / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.entrypoints.cli", "serve", "--port", str(port)],
            env={**os.environ, "TOLLGATE_DATABASE_URL": database_url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    served = Served(process, port, log)
    try:
        served.wait_until_ready()
        yield served
    finally:
        if process.poll() is None:
            served.kill()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
