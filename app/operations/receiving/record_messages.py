"""Bytes arrive: they are kept as they are, and with them what could be read of them.

Acknowledged means stored: one transaction holds the bytes, the messages, their faults, their
facts and the units to be decided for them, and it is committed before anybody is told.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from app.digest import digest
from app.errors import BusyError, NotFoundError, Place
from app.evidence.intake.feed import Feed, Lane
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import Received, refusal
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.acknowledge import acknowledge, transactions_of
from app.operations.receiving.arrival import Arrival, MessageReceipt
from app.operations.receiving.came import Came, share_of
from app.operations.receiving.readings import Readings
from app.operations.receiving.told import tell_received
from app.telemetry.traces import SpanName, span

BACKLOG = 5000
"""How many messages of a sender without a feed may wait to be decided."""
COME_AGAIN_S = 10
OPS, CONSOLE = "ops", "console"
"""As which the console speaks for people, and nobody else does."""
AHEAD = timedelta(days=1)
"""How far a source's clock may run ahead of ours."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of everything in one file or body."""

    name: str
    delivery_id: str
    messages: tuple[MessageReceipt, ...]

    def counted(self, outcome: str) -> int:
        """How many messages ended that way."""
        return sum(1 for message in self.messages if message.outcome == outcome)


def record_messages(
    house: House,
    raw: bytes,
    name: str,
    *,
    media: str,
    whole_or_nothing: bool = False,
    received_at: datetime | None = None,
    came: Came | None = None,
) -> Receipt:
    """Keep the bytes, and record what they say.

    Args:
        house: who acts where.
        raw: the file or body, whole.
        name: its name, for places in messages.
        media: its media type, as far as known.
        whole_or_nothing: with one message refused, or its id used before for other content,
            no other of these bytes is recorded either; for senders who send the whole again.
        received_at: the moment of arrival, where it is not now.
        came: by which feed, in whose affair, in which lane.

    Raises:
        NotFoundError: there is no such feed.
        BusyError: too many messages of the sender wait to be decided; nothing was taken.
    """
    came = came or Came()
    with span(SpanName.RECEIVE, _affair(came, house, raw), partner=came.partner, feed=came.feed):
        keep = kept_by(
            house,
            raw,
            name,
            media=media,
            whole_or_nothing=whole_or_nothing,
            received_at=received_at,
            came=came,
        )
        return house.database.together(house.tenant, keep)


def kept_by(
    house: House,
    raw: bytes,
    name: str,
    *,
    media: str,
    whole_or_nothing: bool = False,
    received_at: datetime | None = None,
    came: Came | None = None,
    by_console: bool = False,
) -> Callable[[Store], Receipt]:
    """The bytes read, and what keeps them: for whoever stores more in the same transaction.

    `by_console` says that a person acts, whose role was asked for; nobody else speaks so.
    """
    moment = received_at or house.now()
    with house.database.reading(house.tenant) as store:
        profiles = profiles_in_force(store)
    came = came or Came()
    feed = _feed(profiles, came)
    received = tuple(
        not_ahead(each, moment, name)
        for each in read(raw, name, profiles, house.tenant, house.actor, feed)
    )
    way = _way(came, feed, house, raw)
    if not (by_console or way.replay):
        received = tuple(not_as_console(each, name) for each in received)
    share, backlog = share_of(way, received), feed.backlog if feed else BACKLOG
    # Whoever sends the whole again has the receipt, and what is replayed was not sent.
    told_by_receipt = whole_or_nothing or way.replay
    answered = () if told_by_receipt else transactions_of(raw, name, received)

    def keep(store: Store) -> Receipt:
        if share and store.due.is_full(share, backlog):
            raise BusyError(
                f"{backlog} messages of {share} wait to be decided; nothing of this one was taken",
                after_s=COME_AGAIN_S,
            )
        delivery = store.messages.keep_delivery(
            raw=raw, name=name, media=media, received_at=moment, actor=house.actor
        )
        earlier = Readings(store, profiles, house.tenant)
        earlier.remember(delivery, received)
        arrival = Arrival(store, delivery, moment, house.actor, way, earlier)
        reused = set(arrival.reusing_ids(received)) if whole_or_nothing else set()
        spoilt = {place for place, each in enumerate(received) if each.refused} | reused
        receipts = tuple(
            arrival.keep(each, reused=place in reused)
            for place, each in enumerate(received)
            if place in spoilt or not (whole_or_nothing and spoilt)
        )
        if answered:
            acknowledge(
                store,
                delivery,
                tuple(zip(answered, map(_as_taken, received, receipts), strict=True)),
                partner=way.partner,
                correlation_id=way.correlation_id,
                moment=moment,
            )
        store.once_stored(partial(tell_received, way, delivery, receipts, received))
        return Receipt(name=name, delivery_id=delivery, messages=receipts)

    return keep


def _as_taken(received: Received, receipt: MessageReceipt) -> Received:
    """The message with the faults it was kept aside for, which may not be its reader's."""
    if receipt.outcome not in ("refused", "conflict"):
        return received
    return Received(message=received.message, faults=receipt.faults)


def _feed(profiles: Profiles, came: Came) -> Feed | None:
    if not came.feed:
        return None
    feed = profiles.feed(came.partner, came.feed)
    if feed is None:
        known = ", ".join(each.address for each in profiles.feeds) or "none is configured"
        raise NotFoundError(f"there is no feed {came.partner}/{came.feed}; there are: {known}")
    return feed


def _way(came: Came, feed: Feed | None, house: House, raw: bytes) -> Came:
    """How it came, with nothing left open."""
    return msgspec.structs.replace(
        came,
        correlation_id=_affair(came, house, raw),
        lane=came.lane or (feed.lane if feed else Lane.CRITICAL),
    )


def _affair(came: Came, house: House, raw: bytes) -> str:
    return came.correlation_id or house.correlation_id or digest(raw)[:32]


def not_ahead(received: Received, moment: datetime, name: str) -> Received:
    """The message, refused where its own clock is days ahead of ours.

    Holds and approvals expire by what sources say of the time; none may say it is next year.
    """
    ahead = [fact for fact in received.facts if fact.recorded_at > moment + AHEAD]
    if not ahead:
        return received
    written = ahead[0].recorded_at.isoformat()
    detail = f"it says it was written at {written}, which is still to come: here it is {moment:%F}"
    return refusal(received.message, "TIME_AHEAD", detail, Place(file=name, field="time"))


def not_as_console(received: Received, name: str) -> Received:
    """The message, refused where a system speaks as the console.

    What the console says was said by a person whose role was asked for; a key has none.
    """
    sources = {(fact.source.system, fact.source.instance) for fact in received.facts}
    if (OPS, CONSOLE) not in sources:
        return received
    detail = (
        f"only the console itself speaks as /{OPS}/{CONSOLE}; tell it from a source of your own"
    )
    return refusal(received.message, "NOT_THE_CONSOLE", detail, Place(file=name, field="source"))
