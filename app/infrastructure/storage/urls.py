"""Which database URLs are allowed, and how one is shown without its password."""

import re

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import DeploymentError

ALLOWED = "sqlite:///FILE.db or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def allowed_url(text: str) -> URL:
    """The URL with its driver; a refusal repeats nothing but the scheme."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)", text)
    if scheme is None:
        raise DeploymentError(f"the database URL has no scheme; allowed: {ALLOWED}")
    if scheme[0] not in _DRIVERS:
        raise DeploymentError(f"no database of scheme {scheme[0]!r}; allowed: {ALLOWED}")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Their texts repeat parts of the URL.
        raise _unreadable(scheme[0]) from None
    url = url.set(drivername=_DRIVERS[scheme[0]])
    return _file(url) if url.get_backend_name() == "sqlite" else _server(url)


def shown(url: URL) -> str:
    """The URL as far as it may be printed: no user, no password, no query."""
    host = "" if url.host is None else url.host
    port = "" if url.port is None else f":{url.port}"
    return f"{url.get_backend_name()}://{host}{port}/{url.database or ''}"


def _server(url: URL) -> URL:
    if not url.database:
        raise DeploymentError(f"the database URL names no database; allowed: {ALLOWED}")
    if url.host and "@" in url.host:
        # A password with that sign in it: its second half was taken for the host.
        raise _unreadable("postgresql")
    return url


def _file(url: URL) -> URL:
    if url.host:
        raise DeploymentError(f"a SQLite URL has three slashes before the file; allowed: {ALLOWED}")
    if not url.database or url.database.startswith((":memory:", "file:")):
        # Each connection would get an empty database of its own, and nothing would be kept.
        raise DeploymentError(f"a SQLite database is a file here; allowed: {ALLOWED}")
    return url


def _unreadable(scheme: str) -> DeploymentError:
    return DeploymentError(
        f"the {scheme} database URL cannot be read (in a password, @ is written %40, / %2F"
        f" and : %3A); allowed: {ALLOWED}"
    )
