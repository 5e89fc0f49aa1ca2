"""An event that was told becomes one sending for each destination that wants it."""

from collections.abc import Iterator, Sequence

from app.billing.destination import Destination
from app.infrastructure.storage.rows import Sending, StoredEvent
from app.operations.house import House

AT_MOST = 500
"""Events in one transaction."""


def fan_out(house: House, destinations: Sequence[Destination], at_most: int = AT_MOST) -> int:
    """Make the sendings of what was told, exactly once; how many events that was.

    What nobody wants today is not kept for who comes tomorrow: a new destination hears of what
    happens from then on.
    """
    with house.database.reading(house.tenant) as store:
        if not store.outbox.waits():
            return 0
    moment = house.now()
    with house.database.writing(house.tenant) as store:
        store.sendings.fan_out_alone()
        events = store.outbox.waiting(at_most)
        store.sendings.add(
            Sending(
                outbox_seq=event.seq,
                destination=destination.address,
                subject=event.subject,
                next_at=moment,
            )
            for event in events
            for destination in _wanting(destinations, event)
        )
        store.outbox.fanned_out([event.seq for event in events])
    return len(events)


def _wanting(destinations: Sequence[Destination], event: StoredEvent) -> Iterator[Destination]:
    for destination in destinations:
        if destination.hears(event.type, event.customer, event.subject):
            yield destination
