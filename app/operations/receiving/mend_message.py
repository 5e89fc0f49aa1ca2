"""A person mends a message that was kept aside: edited bytes are handed in, and recorded for it.

The bytes as they came and the bytes after the edit are both kept for ever, with who did it and why,
in the transaction that records what the edited bytes say.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from app.errors import RequestError
from app.infrastructure.storage.rows import Mending, StoredMessage
from app.infrastructure.storage.store import Store
from app.operations.house import House
from app.operations.receiving.arrival import MessageReceipt
from app.operations.receiving.came import MENDED, Came
from app.operations.receiving.record_messages import Receipt, kept_by

"""The tag of what a person handed in: no sign of life of the partner's feed."""
DONE = ("recorded", "duplicate")


class Mend(msgspec.Struct, frozen=True, kw_only=True):
    """What came of handing in edited bytes."""

    seq: int
    outcome: Literal["recorded", "refused"]
    """`recorded`: it is mended; `refused`: it still waits, and the receipt says why."""
    closed: tuple[int, ...]
    """Every message that is mended by it: others of the same delivery may be."""
    receipt: Receipt


def mend_message(
    house: House, seq: int, raw: bytes, reason: str, *, name: str = "", media: str = ""
) -> Mend:
    """Record edited bytes for a message that was kept aside; the same again changes nothing.

    Args:
        house: who mends.
        seq: the message, by its place in the order of arrival.
        raw: the bytes after the edit, whole: the message alone, or the file it stood in.
        reason: what was wrong and why this is right.
        name: what to call the bytes; the delivery's own name unless said.
        media: their media type; the delivery's own unless said.

    Raises:
        NotFoundError: no such message was kept aside, or its feed is there no more.
        RequestError: no reason is given.
    """
    if not reason.strip():
        raise RequestError("a message is mended for a reason: say what was wrong")
    with house.database.reading(house.tenant) as store:
        message = store.quarantine.one(seq)
        delivery = store.messages.delivery(message.delivery_id)
    moment = house.now()
    keep = kept_by(
        house,
        raw,
        name or delivery.name,
        media=media or delivery.media,
        received_at=moment,
        came=Came(
            partner=message.partner if message.feed else "",
            feed=message.feed,
            correlation_id=message.correlation_id,
            replay=MENDED,
        ),
    )

    def mend(store: Store) -> Mend:
        receipt = keep(store)
        waiting = store.quarantine.open_of_delivery(message.delivery_id)
        closed = mended(message, waiting, receipt.messages)
        for each in closed or (message,):
            store.quarantine.add(
                Mending(
                    message_seq=each.seq,
                    delivery_id=receipt.delivery_id,
                    outcome="recorded" if closed else "refused",
                    reason=reason,
                    at=moment,
                    actor=house.actor,
                )
            )
        return Mend(
            seq=seq,
            outcome="recorded" if closed else "refused",
            closed=tuple(each.seq for each in closed),
            receipt=receipt,
        )

    return house.database.together(house.tenant, mend)


def mended(
    message: StoredMessage | None,
    waiting: Iterable[StoredMessage],
    receipts: Iterable[MessageReceipt],
) -> tuple[StoredMessage, ...]:
    """The messages that are settled now that these receipts were given.

    Args:
        message: the one the bytes were handed in for: where nothing of them was refused, it is
            settled whatever its id, which may have been what was wrong.
        waiting: what waits of the delivery; settled where its id was taken without a refusal.
        receipts: what became of the messages.
    """
    given = tuple(receipts)
    not_done = {each.message_id for each in given if each.outcome not in DONE}
    done = {each.message_id for each in given} - not_done - {""}
    settled = {each.seq: each for each in waiting if each.source_message_id in done}
    if message and (message.source_message_id in done or (given and not not_done)):
        settled[message.seq] = message
    return tuple(settled[seq] for seq in sorted(settled))
