"""What was kept aside, for a person to look at: which messages, why, and the very bytes."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import msgspec

from app.evidence.intake.offending import Offending, offending
from app.evidence.intake.received import IntakeFault
from app.infrastructure.storage.rows import StoredMessage
from app.infrastructure.storage.store import Store
from app.measures import Instant
from app.operations.house import House

FAULTS = tuple[IntakeFault, ...]
MOST = 200


class Aside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message that was kept aside: a line of the list."""

    seq: int
    outcome: str
    """`refused`, or `conflict` with an earlier message of the same id."""
    partner: str = ""
    feed: str = ""
    kind: str
    message_id: str = ""
    delivery_id: str
    received_at: Instant
    faults: tuple[IntakeFault, ...]


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """What was done for it, by whom and why."""

    delivery_id: str
    """The bytes that were handed in, or its own where it was read again."""
    outcome: str
    """`recorded`, or `refused` again."""
    reason: str
    at: Instant
    actor: str
    faults: tuple[IntakeFault, ...] = ()
    """Why the bytes that were handed in were refused."""


class AsideFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, and what stands at its place."""

    fault: IntakeFault
    found: Offending


class AsideShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of a message that was kept aside."""

    message: Aside
    open: bool
    """Whether it still waits to be mended."""
    name: str
    """What the delivery was called."""
    media: str
    bytes: int
    faults: tuple[AsideFault, ...]
    mendings: tuple[Mended, ...] = ()


def quarantine(
    house: House,
    *,
    partner: str = "",
    feed: str = "",
    code: str = "",
    since: datetime | None = None,
    limit: int = MOST,
) -> tuple[Aside, ...]:
    """The messages that wait to be mended, the last one first."""
    with house.database.reading(house.tenant) as store:
        waiting = map(_aside, store.quarantine.open(partner=partner, feed=feed, since=since))
        return tuple(islice(_with_code(waiting, code), limit))


def show_aside(house: House, seq: int) -> AsideShown:
    """One message with the reasons, what stands at each place, and what was done for it.

    Raises:
        NotFoundError: no such message was kept aside.
    """
    with house.database.reading(house.tenant) as store:
        stored = store.quarantine.one(seq)
        delivery = store.messages.delivery(stored.delivery_id)
        message = _aside(stored)
        return AsideShown(
            message=message,
            open=store.quarantine.is_open(seq),
            name=delivery.name,
            media=delivery.media,
            bytes=len(delivery.raw),
            faults=tuple(
                AsideFault(
                    fault=fault, found=offending(delivery.raw, fault.place, message.message_id)
                )
                for fault in message.faults
            ),
            mendings=tuple(_mendings(store, seq)),
        )


def faults_of(message: StoredMessage) -> FAULTS:
    """What was noticed about a stored message."""
    return msgspec.json.decode(message.faults, type=FAULTS)


def _aside(message: StoredMessage) -> Aside:
    return Aside(
        seq=message.seq,
        outcome=message.outcome,
        partner=message.partner,
        feed=message.feed,
        kind=message.kind,
        message_id=message.source_message_id,
        delivery_id=message.delivery_id,
        received_at=message.received_at,
        faults=faults_of(message),
    )


def _with_code(messages: Iterator[Aside], code: str) -> Iterator[Aside]:
    return (each for each in messages if not code or code in {f.code for f in each.faults})


def _mendings(store: Store, seq: int) -> Iterator[Mended]:
    for mending in store.quarantine.mendings(seq):
        refused = mending.outcome == "refused"
        rows = store.messages.of_delivery(mending.delivery_id) if refused else ()
        yield Mended(
            delivery_id=mending.delivery_id,
            outcome=mending.outcome,
            reason=mending.reason,
            at=mending.at,
            actor=mending.actor,
            faults=tuple(f for row in rows for f in faults_of(row) if f.refused),
        )
