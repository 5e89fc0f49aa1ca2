"""Bytes that came by a feed nobody knows are kept: in quarantine, and read by no guess."""

from functools import partial

import msgspec

from app.digest import digest
from app.errors import Place
from app.evidence.intake.feed import Lane
from app.evidence.intake.received import MessageHead, refusal
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.arrival import Arrival
from app.operations.receiving.came import Came
from app.operations.receiving.readings import Readings
from app.operations.receiving.record_messages import Receipt
from app.operations.receiving.told import tell_received

FEED_NOT_KNOWN = "FEED_NOT_KNOWN"


def keep_unread(
    house: House, raw: bytes, name: str, *, media: str, came: Came, detail: str
) -> Receipt:
    """Keep the bytes as one refused message.

    Args:
        house: who acts where.
        raw: the file or body, whole.
        name: its name, for places in messages.
        media: its media type, as far as known.
        came: by which feed it says it came.
        detail: why nobody knows how they are read.
    """
    moment = house.now()
    received = refusal(MessageHead(format="unknown"), FEED_NOT_KNOWN, detail, Place(file=name))
    affair = came.correlation_id or house.correlation_id or digest(raw)[:32]
    way = msgspec.structs.replace(came, correlation_id=affair, lane=came.lane or Lane.CRITICAL)

    def keep(store: Store) -> Receipt:
        delivery = store.messages.keep_delivery(
            raw=raw, name=name, media=media, received_at=moment, actor=house.actor
        )
        earlier = Readings(store, profiles_in_force(store), house.tenant)
        kept = Arrival(store, delivery, moment, house.actor, way, earlier).keep(received)
        store.once_stored(partial(tell_received, way, delivery, (kept,), (received,)))
        return Receipt(name=name, delivery_id=delivery, messages=(kept,))

    return house.database.together(house.tenant, keep)
