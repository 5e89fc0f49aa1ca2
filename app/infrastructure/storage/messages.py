"""What arrived, as it arrived, and what became of each message."""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import and_, func

from app.digest import digest
from app.errors import ConflictError, NotFoundError
from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Delivery, Message, Numbered, Outcome, StoredMessage
from app.infrastructure.storage.tenant_rows import TenantRows

_message = tables.message.c
_STORED_MESSAGE = tuple(_message[name] for name in StoredMessage.__struct_fields__)
_NUMBERED = tuple(_message[name] for name in Numbered.__struct_fields__)
_DELIVERY = tuple(tables.delivery.c[name] for name in Delivery.__struct_fields__)


class Messages:
    """Deliveries and the messages in them."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def arriving(self) -> None:
        """Before facts are added: wait for whoever claims a release at this moment."""
        self._rows.arriving()

    def keep_delivery(
        self, *, raw: bytes, name: str, media: str, received_at: datetime, actor: str
    ) -> str:
        """Keep the bytes and return their digest; what came before keeps its first name."""
        self.arriving()
        delivery = Delivery(
            delivery_id=digest(raw),
            name=name,
            media=media,
            raw=raw,
            received_at=received_at,
            actor=actor,
        )
        row = msgspec.structs.asdict(delivery)
        self._rows.add(tables.delivery, [row], tables.delivery.c.delivery_id)
        return delivery.delivery_id

    def delivery(self, delivery_id: str) -> Delivery:
        """The bytes as they arrived."""
        query = self._rows.select(tables.delivery, *_DELIVERY)
        row = self._rows.first(query.where(tables.delivery.c.delivery_id == delivery_id))
        if row is None:
            raise NotFoundError(f"there is no delivery {delivery_id}")
        return Delivery(**row._asdict())

    def last_reading(
        self, source_system: str, source_instance: str, source_message_id: str
    ) -> StoredMessage | None:
        """The last reading recorded under this id, if there is one."""
        query = self._rows.select(tables.message, *_STORED_MESSAGE).where(
            _message.source_system == source_system,
            _message.source_instance == source_instance,
            _message.source_message_id == source_message_id,
            _message.outcome == "recorded",
        )
        query = query.order_by(_message.reading.desc()).limit(1)
        row = self._rows.first(query)
        return None if row is None else StoredMessage(**row._asdict())

    def add(self, message: Message) -> int:
        """Add a message and return its place in the order of arrival.

        Two processes may both have found that `last_reading` is none; the second is told here.
        """
        added = self._rows.add(tables.message, [msgspec.structs.asdict(message)], _message.seq)
        if not added:
            raise ConflictError(
                f"message {message.source_message_id} of {message.source_system}"
                f" {message.source_instance} was recorded before"
            )
        seq: int = added[0]
        return seq

    def by_seq(self, seq: int) -> StoredMessage:
        """The message at a place in the order of arrival."""
        query = self._rows.select(tables.message, *_STORED_MESSAGE).where(_message.seq == seq)
        row = self._rows.first(query)
        if row is None:
            raise NotFoundError(f"there is no message {seq}")
        return StoredMessage(**row._asdict())

    def of_delivery(self, delivery_id: str) -> tuple[StoredMessage, ...]:
        """Everything that became of the messages of one delivery, in order."""
        query = self._rows.select(tables.message, *_STORED_MESSAGE)
        query = query.where(_message.delivery_id == delivery_id).order_by(_message.seq)
        return tuple(StoredMessage(**row._asdict()) for row in self._rows.all(query))

    def latest(self, *, outcome: Outcome | None = None, limit: int) -> tuple[StoredMessage, ...]:
        """The messages that arrived last, the last one first."""
        query = self._rows.select(tables.message, *_STORED_MESSAGE)
        if outcome is not None:
            query = query.where(_message.outcome == outcome)
        query = query.order_by(_message.seq.desc()).limit(limit)
        return tuple(StoredMessage(**row._asdict()) for row in self._rows.all(query))

    def page(
        self,
        *,
        partner: str = "",
        feed: str = "",
        since: datetime | None = None,
        before: datetime | None = None,
        after_seq: int = 0,
        limit: int,
    ) -> tuple[StoredMessage, ...]:
        """Messages in the order of arrival, from the one after a place on."""
        query = self._rows.select(tables.message, *_STORED_MESSAGE)
        query = query.where(_message.seq > after_seq)
        if partner:
            query = query.where(_message.partner == partner)
        if feed:
            query = query.where(_message.feed == feed)
        if since is not None:
            query = query.where(_message.received_at >= since)
        if before is not None:
            query = query.where(_message.received_at < before)
        rows = self._rows.all(query.order_by(_message.seq).limit(limit))
        return tuple(StoredMessage(**row._asdict()) for row in rows)

    def numbered(
        self, *, since: datetime | None = None, before: datetime | None = None
    ) -> Iterator[Numbered]:
        """The first readings of messages whose sender numbers them, in the order of arrival.

        To be read to the end, before the transaction ends.
        """
        query = self._rows.select(tables.message, *_NUMBERED)
        query = query.where(_message.sequence.is_not(None), _message.reading == 0)
        if since is not None:
            query = query.where(_message.received_at >= since)
        if before is not None:
            query = query.where(_message.received_at < before)
        for row in self._rows.stream(query.order_by(_message.seq)):
            yield Numbered(**row._asdict())

    def of_facts(self, fact_ids: Collection[str]) -> dict[str, StoredMessage]:
        """The message each fact came in; facts that are not there are left out."""
        fact = tables.fact.c
        query = self._rows.select(tables.message, fact.fact_id, *_STORED_MESSAGE).join(
            tables.fact, and_(fact.tenant == _message.tenant, fact.message_seq == _message.seq)
        )
        found = {}
        for row in self._rows.among(query, fact.fact_id, fact_ids):
            columns = row._asdict()
            fact_id = str(columns.pop("fact_id"))
            found[fact_id] = StoredMessage(**columns)
        return found

    def last_heard(self, partner: str, feed: str) -> datetime | None:
        """When the feed's last message came by itself; replays are no sign of life."""
        query = self._rows.select(tables.message, _message.received_at)
        query = query.where(
            _message.partner == partner, _message.feed == feed, _message.replay == ""
        )
        found: datetime | None = self._rows.one_value(query.order_by(_message.seq.desc()).limit(1))
        return found

    def counted(self) -> dict[str, int]:
        """How many there are of each outcome."""
        query = self._rows.select(tables.message, _message.outcome, func.count().label("number"))
        rows = self._rows.all(query.group_by(_message.outcome).order_by(_message.outcome))
        return {str(row.outcome): int(row.number) for row in rows}
