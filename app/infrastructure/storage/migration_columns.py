"""Columns as migrations write them, and the triggers that make a table append-only.

Migrations are never edited once released, so what stands here only grows.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from alembic import op


def seq() -> sa.Column[int]:
    """The order of arrival."""
    # SQLite numbers rows by itself only where the type is INTEGER.
    return sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def line(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    """One line of text; a default for rows that are there already."""
    return sa.Column(
        name,
        sa.Text(),
        nullable=nullable,
        server_default=None if default is None else sa.text(default),
    )


def body(name: str) -> sa.Column[bytes]:
    """Bytes, mostly canonical JSON."""
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def number(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(
        name,
        sa.BigInteger(),
        nullable=nullable,
        server_default=None if default is None else sa.text(default),
    )


def moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """A moment in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(default: str | None) -> sa.TextClause | None:
    return None if default is None else sa.text(default)


def make_append_only(tables: Iterable[str]) -> None:
    """Let the database itself refuse to change or remove a row of these tables."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            _refuse_changes_in_sqlite(table)
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _refuse_changes_in_sqlite(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
