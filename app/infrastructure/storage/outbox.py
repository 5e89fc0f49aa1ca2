"""What the outside may want to hear, stored in the transaction that made it so."""

from collections.abc import Iterator

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import OutboxEvent, StoredEvent
from app.infrastructure.storage.tenant_rows import TenantRows

_outbox = tables.outbox.c
_waiting = tables.outbox_waiting.c
_STORED = tuple(_outbox[name] for name in StoredEvent.__struct_fields__)


class Outbox:
    """Events in the order of happening, and which of them nobody has fanned out yet."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, event: OutboxEvent) -> None:
        """Tell of something; telling it again changes nothing."""
        added = self._rows.add(tables.outbox, [msgspec.structs.asdict(event)], _outbox.seq)
        rows = [{"outbox_seq": seq} for seq in added]
        self._rows.add(tables.outbox_waiting, rows, _waiting.outbox_seq)

    def waits(self) -> bool:
        """Whether anything was not fanned out yet; for whoever only looks."""
        query = self._rows.select(tables.outbox_waiting, _waiting.outbox_seq)
        return self._rows.first(query.limit(1)) is not None

    def waiting(self, at_most: int) -> tuple[StoredEvent, ...]:
        """Events that were not fanned out to their destinations yet; nobody else's in PostgreSQL.

        A marker a row rather than a cursor: rows of transactions that overlap become visible
        out of order, and a cursor would pass some over.
        """
        query = self._rows.select(tables.outbox_waiting, _waiting.outbox_seq)
        query = query.order_by(_waiting.outbox_seq).limit(at_most)
        marked = self._rows.all(query.with_for_update(skip_locked=True))
        seqs = [int(row.outbox_seq) for row in marked]
        return tuple(self.by_seq(seqs))

    def fanned_out(self, seqs: list[int]) -> None:
        """They have their sendings, or nobody wants to hear them."""
        self._rows.remove(tables.outbox_waiting, _waiting.outbox_seq, seqs)

    def by_seq(self, seqs: list[int]) -> Iterator[StoredEvent]:
        """The events at these places, in order."""
        if not seqs:
            return
        query = self._rows.select(tables.outbox, *_STORED).where(_outbox.seq.in_(seqs))
        for row in self._rows.all(query.order_by(_outbox.seq)):
            yield StoredEvent(**row._asdict())

    def by_id(self, event_id: str) -> StoredEvent | None:
        """The event of this id, if it was told."""
        query = self._rows.select(tables.outbox, *_STORED).where(_outbox.event_id == event_id)
        row = self._rows.first(query)
        return None if row is None else StoredEvent(**row._asdict())

    def about(self, subject: str) -> tuple[StoredEvent, ...]:
        """Everything that was told about a unit, in order."""
        query = self._rows.select(tables.outbox, *_STORED).where(_outbox.subject == subject)
        return tuple(
            StoredEvent(**row._asdict()) for row in self._rows.all(query.order_by(_outbox.seq))
        )
