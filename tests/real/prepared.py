"""Databases that are made once in a session; a test that needs one gets a copy of its own.

Migrating an empty database costs more than most tests do. That migrations make what they should
is tested where nothing is copied (`tests/integration/storage`).
"""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from app.infrastructure.storage.database import Database
from tests.real.postgresql import RunningPostgres, drop_database, new_database

Filling = Callable[[Database], None]
CopyOf = Callable[[str, str, Filling], str]


def nothing(database: Database) -> None:
    """Fills in nothing: the tables are there, and empty."""
    del database


class PreparedFiles:
    """A file of SQLite for each name, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copied(self, name: str, filling: Filling, copy: Path) -> str:
        """Copy what has this name to where no file is yet, and say its URL."""
        made = self._folder / f"{name}.db"
        if not made.exists():
            half = made.with_suffix(".half")
            _make(f"sqlite:///{half}", filling)
            half.rename(made)
        shutil.copy(made, copy)
        return f"sqlite:///{copy}"


class PreparedInPostgres:
    """A database of the server for each name; whoever made this closes it."""

    def __init__(self, server: RunningPostgres) -> None:
        self._server = server
        self._made: dict[str, str] = {}

    def copied(self, name: str, filling: Filling, copy: str) -> str:
        """The same as a new database of the server."""
        if name not in self._made:
            made = f"prepared_{secrets.token_hex(8)}"
            _make(new_database(self._server, made), filling)
            self._made[name] = made
        return new_database(self._server, copy, like=self._made[name])

    def close(self) -> None:
        """Remove what was made; the server may be one that stays."""
        for made in self._made.values():
            drop_database(self._server, made)


def _make(url: str, filling: Filling) -> None:
    database = Database(url)
    try:
        database.upgrade()
        filling(database)
    finally:
        database.close()
