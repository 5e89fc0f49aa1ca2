"""The told time of a database: the demo's lives in its week, and every other one has none.

The table has at most one row, whichever tenant asks: the moment at which a time was told, and that
time. From then on it goes on as the real one does.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from app.infrastructure.storage import tables

_clock = tables.clock.c
_taken = tables.decision_taken.c
_delivery = tables.delivery.c


def told_ahead(connection: Connection) -> timedelta:
    """By how much the told time is ahead of the real one; nothing where none was told."""
    row = connection.execute(select(_clock.at, _clock.told).order_by(_clock.seq)).first()
    return timedelta(0) if row is None else row.told - row.at


def against_telling(connection: Connection, told: datetime, deliveries: Collection[str]) -> str:
    """Why no time may be told here; empty where it may.

    Args:
        connection: where.
        told: the time that would be told; everything here has happened by then.
        deliveries: the ids of all that may have been delivered.
    """
    if connection.execute(select(_clock.seq)).first() is not None:
        return "a time was told before"
    other = select(_delivery.delivery_id).where(_delivery.delivery_id.not_in(deliveries))
    if connection.execute(other.limit(1)).first() is not None:
        return "it holds other messages too"
    if connection.execute(select(_taken.seq).where(_taken.taken_at > told).limit(1)).first():
        return f"something was decided after {told.isoformat()}"
    return ""


def tell(connection: Connection, at: datetime, told: datetime) -> None:
    """Let it be `told` at the moment `at`."""
    connection.execute(insert(tables.clock).values(at=at, told=told))
