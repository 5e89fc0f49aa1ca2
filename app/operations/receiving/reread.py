"""A delivery's bytes are read again by the maps now in force, and what changed is recorded.

Reading twice is reading once, in whatever order: what says the same does nothing, what can be read
at last is recorded and leaves the quarantine, and what says something else than before is recorded
as the next reading, whose facts take the place of the earlier ones. Where a reading would take
facts back without others in their place, it is refused with a finding.
"""

from collections.abc import Sequence

import msgspec

from app.evidence.intake.feed import Lane
from app.evidence.intake.read import read
from app.evidence.intake.received import Received
from app.infrastructure.storage.rows import Mending, StoredMessage
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.arrival import Arrival, MessageReceipt
from app.operations.receiving.came import Came
from app.operations.receiving.mend_message import DONE, mended
from app.operations.receiving.readings import Name, Readings, content_of, less_said, name_of
from app.operations.receiving.record_messages import not_ahead
from app.telemetry import REPROCESSED

NOT_NAMED = "a message that was recorded is not in the new reading"
NOT_READ = "it was recorded before and cannot be read any more"


class Reread(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of reading one delivery again."""

    delivery_id: str
    recorded: int = 0
    """Messages that say something else than before, or could be read for the first time."""
    unchanged: int = 0
    refused: int = 0
    """Messages that cannot be read, as before, or would take facts back."""
    closed: int = 0
    """Messages that left the quarantine."""


def reread(house: House, delivery_id: str, *, tag: str, lane: Lane = Lane.BULK) -> Reread:
    """Read one delivery again.

    Args:
        house: who asks for it.
        delivery_id: the bytes.
        tag: the name of the replay, kept with every message recorded by it.
        lane: in which its units are decided.

    Raises:
        NotFoundError: there is no such delivery.
    """
    with house.database.reading(house.tenant) as store:
        profiles = profiles_in_force(store)
        delivery = store.messages.delivery(delivery_id)
        first = next(iter(store.messages.of_delivery(delivery_id)), None)
    if first is None:
        return Reread(delivery_id=delivery_id)  # all it says came in another delivery
    feed = profiles.feed(first.partner, first.feed)
    if first.feed and feed is None:
        return Reread(delivery_id=delivery_id, refused=1)
    moment = house.now()
    received = tuple(
        not_ahead(each, moment, delivery.name)
        for each in read(delivery.raw, delivery.name, profiles, house.tenant, house.actor, feed)
    )
    came = Came(
        partner=first.partner,
        feed=first.feed,
        correlation_id=first.correlation_id,
        replay=tag,
        lane=lane,
    )

    def keep(store: Store) -> Reread:
        store.messages.arriving()
        earlier = Readings(store, profiles, house.tenant)
        earlier.remember(delivery_id, received)
        arrival = Arrival(store, delivery_id, moment, house.actor, came, earlier)
        again = _Again(store, arrival).record(received)
        store.once_stored(lambda: REPROCESSED.labels("replayed").inc(len(received)))
        return again

    return house.database.together(house.tenant, keep)


class _Again:
    """One delivery being recorded again."""

    def __init__(self, store: Store, arrival: Arrival) -> None:
        self._store, self._arrival = store, arrival
        self._rows = store.messages.of_delivery(arrival.delivery)
        self._waiting = store.quarantine.open_of_delivery(arrival.delivery)
        self._ids = {row.source_message_id for row in self._rows}
        open_ = {row.seq for row in self._waiting}
        self._aside = {row.source_message_id for row in self._rows if row.outcome != "recorded"}
        self._settled = {
            row.source_message_id
            for row in self._rows
            if row.outcome != "recorded" and row.seq not in open_
        }

    def record(self, received: Sequence[Received]) -> Reread:
        """Store what changed."""
        gone = self._gone(received)
        not_read = {each.message.message_id for each in received if each.refused}
        renamed = [row for row in gone.values() if row.source_message_id not in not_read]
        for row in renamed:
            self._store.findings.add(less_said(row, NOT_NAMED))
        lost = {row.source_message_id for row in gone.values()}
        receipts = [self._one(each, lost, renamed, not_read) for each in received]
        outcomes = [receipt.outcome for receipt in receipts]
        recorded, unchanged = outcomes.count("recorded"), outcomes.count("duplicate")
        return Reread(
            delivery_id=self._arrival.delivery,
            recorded=recorded,
            unchanged=unchanged,
            refused=len(outcomes) - recorded - unchanged,
            closed=self._close(receipts),
        )

    def _gone(self, received: Sequence[Received]) -> dict[Name, StoredMessage]:
        """What these bytes said before under a name that is in none of their messages now."""
        named = {name_of(each) for each in received if not each.refused}
        rows = (row for row in self._rows if row.outcome == "recorded")
        before = {
            (row.source_system, row.source_instance, row.source_message_id): row for row in rows
        }
        return {name: row for name, row in before.items() if name not in named}

    def _one(
        self,
        received: Received,
        lost: set[str],
        renamed: Sequence[StoredMessage],
        not_read: set[str],
    ) -> MessageReceipt:
        if received.refused:
            if received.message.message_id in lost:
                return self._arrival.says_less(received, NOT_READ)
            settled = self._settled & {received.message.message_id}
            return _left(received, "duplicate" if settled else "refused")
        before = self._arrival.earlier.last(name_of(received))
        if before is None:
            if self._settled & {received.facts[0].source.message_id, ""}:
                # A person handed in other bytes for it, perhaps under another id: those count.
                return _left(received, "duplicate")
            if renamed and received.facts[0].source.message_id not in self._aside:
                return self._arrival.says_less(received, f"{NOT_NAMED}, or by another name")
            if not_read and not self._ids & {received.facts[0].source.message_id, ""}:
                # Its sender sends the whole again when one of it was refused.
                return _left(received, "left")
            return self._arrival.keep(received)
        if before.content_digest == content_of(received):
            return _left(received, "duplicate")
        if not self._arrival.earlier.is_read_otherwise(before, received):
            return _left(received, "conflict")
        if before.delivery_id != self._arrival.delivery:
            # It came first in other bytes, and is read again with those.
            return _left(received, "duplicate")
        return self._arrival.read_again(received, before)

    def _close(self, receipts: Sequence[MessageReceipt]) -> int:
        """Let what could be read leave the quarantine, and what these bytes were handed in for."""
        whole = all(receipt.outcome in DONE for receipt in receipts)
        settled = self._waiting if whole else mended(None, self._waiting, receipts)
        handed_in = self._store.quarantine.mended_by(self._arrival.delivery) if whole else ()
        others = [seq for seq in handed_in if self._store.quarantine.is_open(seq)]
        seqs = dict.fromkeys((*(each.seq for each in settled), *others))
        for seq in seqs:
            self._store.quarantine.add(
                Mending(
                    message_seq=seq,
                    delivery_id=self._arrival.delivery,
                    outcome="recorded",
                    reason=f"read again by the maps in force: {self._arrival.came.replay}",
                    at=self._arrival.moment,
                    actor=self._arrival.actor,
                )
            )
        return len(seqs)


def _left(received: Received, outcome: str) -> MessageReceipt:
    """Nothing was stored for it."""
    return MessageReceipt(
        kind=received.message.kind,
        message_id=received.message.message_id,
        outcome=outcome,
        faults=received.faults,
    )
