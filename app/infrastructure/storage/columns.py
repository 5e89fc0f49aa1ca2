"""Column types that mean the same in SQLite and in PostgreSQL."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from app.errors import RequestError

Number = BigInteger().with_variant(Integer(), "sqlite")
"""Order of arrival. SQLite numbers rows by itself only where the type is INTEGER."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored and returned in UTC; SQLite drops the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment in UTC, so that SQLite's texts sort as time does; or a refusal."""
        del dialect
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment without an offset says no moment"
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise RequestError(f"a moment is in no year that UTC has: {value}") from error

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        del dialect
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A day of some calendar as ISO text, which sorts as days do."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """`2026-03-06`."""
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """The day."""
        del dialect
        return None if value is None else date.fromisoformat(value)


class YesNo(TypeDecorator[bool]):
    """A truth as 1 or 0, which both databases can index and count."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """1 where it is true."""
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Whether it is true."""
        del dialect
        return None if value is None else bool(value)


class Line(TypeDecorator[str]):
    """One line of text that both databases can hold, and index.

    PostgreSQL takes no NUL and no index entry beyond about 2700 bytes; neither takes half a
    surrogate pair. What arrived from outside may hold any of these.
    """

    impl = Text
    cache_ok = True
    longest_bytes = 600

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text itself, or a refusal."""
        del dialect
        if value is None:
            return None
        try:
            fits = len(value.encode()) <= self.longest_bytes
        except UnicodeEncodeError:
            fits = False
        if not fits or "\x00" in value:
            raise RequestError(f"a text cannot be stored in a line: {ascii(value)[:80]}")
        return value


def shortened(text: str) -> str:
    """As much of what somebody else said as fits in a line; what no line can hold is left out."""
    plain = text.encode(errors="ignore").replace(b"\x00", b"")
    return plain[: Line.longest_bytes].decode(errors="ignore")
