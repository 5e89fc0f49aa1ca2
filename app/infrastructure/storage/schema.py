"""Bringing a database to this version's tables, and telling whether it is there."""

import threading

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.errors import DeploymentError

_UPGRADE_LOCK_KEY = 7_011_965_539
"""Any number that nothing else in the database locks."""

# Alembic keeps what it is working on in module globals.
_one_thread_upgrades = threading.Lock()


def upgrade(connection: Connection) -> str:
    """Apply the missing revisions within the open transaction; return the revision reached."""
    with _one_thread_upgrades:
        if connection.dialect.name == "postgresql":
            # Until our transaction ends; in SQLite whoever writes is alone anyway.
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": _UPGRADE_LOCK_KEY})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return ", ".join(_revisions(connection))


def check_current(connection: Connection, where: str) -> None:
    """Raise when the database has not this version's tables."""
    wanted = ScriptDirectory.from_config(_config())
    heads = tuple(wanted.get_heads())
    found = _revisions(connection)
    if found == heads:
        return
    if not found:
        raise DeploymentError(f"{where} has no tables yet; run `tollgate db upgrade`")
    known = {script.revision for script in wanted.walk_revisions()}
    if not set(found) <= known:
        raise DeploymentError(
            f"{where} is at revision {', '.join(found)}, which this version does not know;"
            " run the newer version of tollgate that made it"
        )
    raise DeploymentError(
        f"{where} is at revision {', '.join(found)}, this version needs {', '.join(heads)};"
        " run `tollgate db upgrade`"
    )


def _config() -> Config:
    """What alembic.ini would say; the place is named by package, so it may be anywhere."""
    config = Config()
    config.set_main_option("script_location", "app.infrastructure.storage:migrations")
    return config


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()
