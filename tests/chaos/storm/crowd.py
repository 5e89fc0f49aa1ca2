"""The processes of an installation, each started again when it dies, as orchestrators do."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.integration.api.served import free_port, started


class Member:
    """One process: what it is, and the one that runs now."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.command, self.log = name, command, log
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.starts = 0


class Crowd:
    """Two services and two workers on one database; whoever dies is started again."""

    def __init__(self, database_url: str, folder: Path, settings: Mapping[str, str]) -> None:
        self._url, self._settings = database_url, settings
        ports = (free_port(), free_port())
        self.urls = tuple(f"http://127.0.0.1:{port}" for port in ports)
        services = [
            (f"service {at}", ("serve", "--no-work", "--port", str(port)))
            for at, port in enumerate(ports)
        ]
        workers = [(f"worker {at}", ("work",)) for at in range(2)]
        self.members = [
            Member(name, command, folder / f"{name.replace(' ', '-')}.log")
            for name, command in (*services, *workers)
        ]
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)

    def start(self) -> None:
        """Start them all, and watch over them."""
        for member in self.members:
            self._start(member)
        self._watch.start()

    def kill(self, member: Member) -> bool:
        """End one as a power cut would; false where it is not there at the moment."""
        with self._lock:
            process = member.process
            if process is None or process.poll() is not None:
                return False
            process.kill()
            process.wait()
            member.kills += 1
        return True

    def stop(self) -> None:
        """End all of them for good."""
        self._stopping.set()
        self._watch.join()
        for member in self.members:
            if member.process is not None:
                member.process.kill()
                member.process.wait()

    def _start(self, member: Member) -> None:
        member.process = started(self._url, member.log, member.command, self._settings)
        member.starts += 1

    def _keep_alive(self) -> None:
        while not self._stopping.is_set():
            for member in self.members:
                with self._lock:
                    if member.process is None or member.process.poll() is not None:
                        self._start(member)
            time.sleep(0.1)
