"""A real NATS server with JetStream, on loopback, from the wheel that brings its program."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_STARTS_WITHIN_S = 10.0


class RunningNats:
    """The server; it can be killed and started again on the same port and the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = _free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it listens."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    _program(),
                    *("--addr", "127.0.0.1", "--port", str(self.port)),
                    *("--jetstream", "--store_dir", str(self._folder / "store")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + _STARTS_WITHIN_S
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.01)
        raise RuntimeError(f"nats-server did not start:\n{(self._folder / 'log').read_text()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def running_nats(folder: Path) -> Iterator[RunningNats]:
    """A server that is killed at the end."""
    server = RunningNats(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _program() -> str:
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise RuntimeError("there is no nats-server: install what requirements-dev.lock names")
    return found


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
