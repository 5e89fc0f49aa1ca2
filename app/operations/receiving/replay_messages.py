"""What came in a window, of a partner or feed, is read again by the maps now in force."""

from datetime import datetime

import msgspec

from app.errors import RequestError
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.rows import StoredMessage
from app.operations.house import House
from app.operations.receiving.reread import Reread, reread

AT_ONCE = 100
"""Messages looked at in one batch."""


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which messages; everything where nothing is said."""

    partner: str = ""
    feed: str = ""
    since: datetime | None = None
    """Arrived then or later."""
    before: datetime | None = None
    """Arrived earlier than that."""
    unmapped: bool = False
    """Only those with something wrong: a code that no map knew, or a refusal."""


class ReplayedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a few messages became when they were read again."""

    after: int | None
    """The last message looked at, where the next batch begins; None where none is left."""
    looked_at: int
    reread: tuple[Reread, ...]
    """Each delivery once."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole replay did."""

    deliveries: int = 0
    recorded: int = 0
    unchanged: int = 0
    refused: int = 0
    closed: int = 0


def replay_batch(
    house: House,
    selection: Selection,
    *,
    tag: str,
    lane: Lane = Lane.BULK,
    after: int = 0,
    at_most: int = AT_ONCE,
) -> ReplayedBatch:
    """Read the deliveries of the next few messages again; doing it twice is doing it once."""
    with house.database.reading(house.tenant) as store:
        rows = store.messages.page(
            partner=selection.partner,
            feed=selection.feed,
            since=selection.since,
            before=selection.before,
            after_seq=after,
            limit=at_most,
        )
    chosen = dict.fromkeys(row.delivery_id for row in rows if _is_meant(selection, row))
    return ReplayedBatch(
        after=rows[-1].seq if len(rows) == at_most else None,
        looked_at=len(rows),
        reread=tuple(reread(house, delivery, tag=tag, lane=lane) for delivery in chosen),
    )


def replay_messages(
    house: House, selection: Selection, *, tag: str, lane: Lane = Lane.BULK
) -> Replayed:
    """Read all of them again, now; what arrives meanwhile is read by the maps in force anyway.

    Raises:
        RequestError: the replay has no name.
    """
    if not tag.strip():
        raise RequestError("a replay has a name, by which its messages are known from others")
    until = selection.before or house.now()
    meant = msgspec.structs.replace(selection, before=until)
    after: int | None = 0
    done: list[Reread] = []
    while after is not None:
        batch = replay_batch(house, meant, tag=tag, lane=lane, after=after)
        after = batch.after
        done += batch.reread
    return Replayed(
        deliveries=len({each.delivery_id for each in done}),
        recorded=sum(each.recorded for each in done),
        unchanged=sum(each.unchanged for each in done),
        refused=sum(each.refused for each in done),
        closed=sum(each.closed for each in done),
    )


def _is_meant(selection: Selection, message: StoredMessage) -> bool:
    return not selection.unmapped or message.outcome != "recorded" or message.faults != b"[]"
