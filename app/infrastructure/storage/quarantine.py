"""Messages that were kept aside, and what was done to mend them.

A message is open until a mending of it was recorded. Bytes that were handed in to mend a message
and were refused again are an attempt at that message, and no message of their own.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, func

from app.errors import NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Mending, Message, StoredMessage
from app.infrastructure.storage.streams import STREAM, Stream, stream_of
from app.infrastructure.storage.tenant_rows import TenantRows

_message = tables.message.c
_mending = tables.mending.c
_MESSAGE = tuple(_message[name] for name in StoredMessage.__struct_fields__)
_MENDING = tuple(_mending[name] for name in Mending.__struct_fields__)
PAGE = 100
KEPT_ASIDE = ("refused", "conflict")


class Quarantine:
    """What waits for a person, or for a map to be mended."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def open(
        self, *, partner: str = "", feed: str = "", since: datetime | None = None
    ) -> Iterator[StoredMessage]:
        """The messages that are open, the last one first."""
        query = self._aside().where(~_mended(), ~_attempt())
        if partner:
            query = query.where(_message.partner == partner)
        if feed:
            query = query.where(_message.feed == feed)
        if since is not None:
            query = query.where(_message.received_at >= since)
        query = query.order_by(_message.seq.desc()).limit(PAGE)
        # In pages, and not as a stream: whoever looks at the first few leaves the rest unread.
        rows = self._rows.all(query)
        while rows:
            for row in rows:
                yield StoredMessage(**row._asdict())
            rows = self._rows.all(query.where(_message.seq < rows[-1].seq))

    def counted(self) -> dict[Stream, int]:
        """How many messages of every stream are open."""
        query = self._rows.select(tables.message, *STREAM, func.count().label("number"))
        query = query.where(still_open())
        counted: Counter[Stream] = Counter()
        for row in self._rows.all(query.group_by(*STREAM)):
            counted[stream_of(row.partner, row.feed, row.source_instance)] += int(row.number)
        return counted

    def holds(self, message: Message) -> bool:
        """Whether the same bytes were kept aside before for the same reasons."""
        query = self._rows.select(tables.message, _message.seq).where(
            _message.delivery_id == message.delivery_id,
            _message.outcome == message.outcome,
            _message.content_digest == message.content_digest,
        )
        return self._rows.first(query) is not None

    def one(self, seq: int) -> StoredMessage:
        """A message that was kept aside, open or not."""
        row = self._rows.first(self._aside().where(_message.seq == seq))
        if row is None:
            raise NotFoundError(f"no message {seq} was kept aside")
        return StoredMessage(**row._asdict())

    def is_open(self, seq: int) -> bool:
        """Whether nothing that was done for it was recorded yet."""
        query = self._rows.select(tables.mending, _mending.seq)
        query = query.where(_mending.message_seq == seq, _mending.outcome == "recorded")
        return self._rows.first(query) is None

    def open_of_delivery(self, delivery_id: str) -> tuple[StoredMessage, ...]:
        """The open messages of one delivery, attempts to mend others among them."""
        query = self._aside().where(_message.delivery_id == delivery_id, ~_mended())
        rows = self._rows.all(query.order_by(_message.seq))
        return tuple(StoredMessage(**row._asdict()) for row in rows)

    def mended_by(self, delivery_id: str) -> tuple[int, ...]:
        """The messages that these bytes were handed in for."""
        query = self._rows.select(tables.mending, _mending.message_seq)
        query = query.where(_mending.delivery_id == delivery_id).distinct()
        return tuple(sorted(int(row.message_seq) for row in self._rows.all(query)))

    def add(self, mending: Mending) -> None:
        """Keep what was done; the same again changes nothing."""
        self._rows.add(tables.mending, [msgspec.structs.asdict(mending)], _mending.seq)

    def mendings(self, seq: int) -> tuple[Mending, ...]:
        """What was done for a message, in order."""
        query = self._rows.select(tables.mending, *_MENDING).where(_mending.message_seq == seq)
        rows = self._rows.all(query.order_by(_mending.seq))
        return tuple(Mending(**row._asdict()) for row in rows)

    def _aside(self) -> Select[Any]:
        query = self._rows.select(tables.message, *_MESSAGE)
        return query.where(_message.outcome.in_(KEPT_ASIDE))


def still_open() -> ColumnElement[bool]:
    """Whether a message was kept aside, is a message of its own, and was not mended yet."""
    return and_(_message.outcome.in_(KEPT_ASIDE), ~_mended(), ~_attempt())


def _mended() -> ColumnElement[bool]:
    return exists().where(
        and_(
            _mending.tenant == _message.tenant,
            _mending.message_seq == _message.seq,
            _mending.outcome == "recorded",
        )
    )


def _attempt() -> ColumnElement[bool]:
    """Whether its bytes were handed in for a message of another delivery, and came by that."""
    other = tables.message.alias("other").c
    return exists().where(
        and_(
            _mending.tenant == _message.tenant,
            _mending.delivery_id == _message.delivery_id,
            _mending.at <= _message.received_at,
            other.tenant == _mending.tenant,
            other.seq == _mending.message_seq,
            other.delivery_id != _mending.delivery_id,
        )
    )
