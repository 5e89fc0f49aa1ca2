"""A database as it stands, for whoever wants to change it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_of(file: Path, copy: Path) -> Path:
    """The database as it stands, with what is still in its write-ahead log."""
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    return copy
