"""The one place where the tenant is bound: every read and every addition passes through it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

_IN_ONE_LIST = 500
"""Values in one IN: far below what either database takes, and few enough to be planned well."""

_FETCHED_AT_ONCE = 200


class TenantRows:
    """The rows of one tenant, within one transaction."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        assert tenant, "rows belong to a tenant"
        self.tenant = tenant
        self._connection = connection
        self._insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert

    def select(self, table: FromClause, *what: ColumnElement[Any]) -> Select[Any]:
        """A query of this tenant's rows; whoever joins must join `tenant` too."""
        return select(*(what or table.columns)).where(table.c.tenant == self.tenant)

    def plain(self, *what: ColumnElement[Any]) -> Select[Any]:
        """A query over what another query of this tenant's rows gives."""
        return select(*what)

    def first(self, query: Select[Any]) -> Row[Any] | None:
        """The first row, or none."""
        return self._connection.execute(query).first()

    def one_value(self, query: Select[Any]) -> Any:
        """The first column of the first row, or none."""
        return self._connection.execute(query).scalar()

    def all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Every row, at once."""
        return self._connection.execute(query).all()

    def stream(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """Every row, a few at a time; to be read before the transaction ends."""
        options = {"yield_per": _FETCHED_AT_ONCE}
        yield from self._connection.execute(query, execution_options=options)

    def among(
        self, query: Select[Any], column: ColumnElement[str], values: Collection[str]
    ) -> Iterator[Row[Any]]:
        """The rows whose column has one of the values; asked in lists of a bearable length."""
        wanted = sorted(set(values))
        for start in range(0, len(wanted), _IN_ONE_LIST):
            part = wanted[start : start + _IN_ONE_LIST]
            yield from self._connection.execute(query.where(column.in_(part)))

    def add(
        self, table: Table, rows: Sequence[Mapping[str, object]], told: Column[Any]
    ) -> list[Any]:
        """Add the rows that are not there yet, and tell one column of each that was added.

        A row that is there is left alone without an error, because in PostgreSQL an error
        would end the whole transaction.
        """
        if not rows:
            return []
        statement = self._insert(table).on_conflict_do_nothing().returning(told)
        given = [{**row, "tenant": self.tenant} for row in rows]
        return list(self._connection.execute(statement, given).scalars())

    def remove(self, table: Table, column: ColumnElement[Any], values: Collection[Any]) -> None:
        """Remove rows of a table that is a list of things to do; all others refuse it."""
        wanted = sorted(set(values))
        for start in range(0, len(wanted), _IN_ONE_LIST):
            part = wanted[start : start + _IN_ONE_LIST]
            mine = (table.c.tenant == self.tenant, column.in_(part))
            self._connection.execute(delete(table).where(*mine))

    def change(self, table: Table, which: ColumnElement[bool], **values: object) -> int:
        """Change rows of a table that is a list of things to do; how many they were."""
        mine = (table.c.tenant == self.tenant, which)
        return self._connection.execute(update(table).where(*mine).values(**values)).rowcount

    def arriving(self) -> None:
        """Let facts come in beside others, but not while somebody claims a release.

        In SQLite whoever writes is alone anyway.
        """
        self._lock(func.pg_advisory_xact_lock_shared)

    def no_arrivals(self) -> None:
        """Wait for facts on their way in, and let no more come in before we end."""
        self._lock(func.pg_advisory_xact_lock)

    def alone(self, at: str) -> None:
        """Wait until nobody else is at it, and let nobody begin before we end.

        In SQLite whoever writes is alone anyway.
        """
        self._lock(func.pg_advisory_xact_lock, f"{self.tenant} {at}")

    def beside(self, at: str) -> None:
        """Be at it beside others, but not while somebody is alone at it."""
        self._lock(func.pg_advisory_xact_lock_shared, f"{self.tenant} {at}")

    def _lock(self, lock: Callable[[ColumnElement[Any]], ColumnElement[Any]], on: str = "") -> None:
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(lock(func.hashtextextended(on or self.tenant, 0))))
