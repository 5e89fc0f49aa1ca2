"""A real RabbitMQ on loopback, where Debian's is installed; no registry of packages has one.

`TEST_RABBITMQ_BIN` names the folder of `rabbitmq-server` where it is elsewhere.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

_STARTS_WITHIN_S = 60.0
_INSTALLED = "/usr/lib/rabbitmq/bin"


def rabbitmq_programs() -> Path | None:
    """The folder with `rabbitmq-server`, if this machine has one."""
    folder = Path(os.environ.get("TEST_RABBITMQ_BIN", _INSTALLED))
    return folder if (folder / "rabbitmq-server").exists() else None


class RunningRabbit:
    """The server, with a port mapper of its own, so that nobody else's is met."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        port, mapper = _free_port(), _free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/"
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(mapper),
            "RABBITMQ_NODENAME": f"tollgate{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(_free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.env"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }
        (folder / "plugins").write_text("[].\n", encoding="ascii")
        with (folder / "log").open("wb") as log:
            self._mapper = self._started(["epmd"], folder, log)
            self._process = self._started([str(programs / "rabbitmq-server")], folder, log)
        self._wait(port)

    def stop(self) -> None:
        """End it and its port mapper; there is no data to save."""
        for process in (self._process, self._mapper):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _started(self, command: list[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _wait(self, port: int) -> None:
        until = time.monotonic() + _STARTS_WITHIN_S
        log = self._folder / "log"
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0 and "completed" in log.read_text():
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"RabbitMQ did not start:\n{log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
