"""Bytes arrive: they are kept as they are, and with them what could be read of them.

Acknowledged means stored: one transaction holds the bytes, the messages, their faults, their
facts and the units to be decided for them, and it is committed before anybody is told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from app.digest import canonical, digest
from app.errors import BusyError, ConflictError, NotFoundError, Place
from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Feed, Lane
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import IntakeFault, Received, refusal
from app.infrastructure.storage.rows import Message, Outcome, StoredMessage
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.due_units import due_for
from app.operations.house import House
from app.operations.receiving.acknowledge import acknowledge, transactions_of
from app.operations.receiving.kept_aside import quarantined
from app.operations.receiving.readings import (
    SAYS_LESS,
    Readings,
    content_of,
    less_said,
    name_of,
    superseding,
)

BACKLOG = 5000
"""How many messages of a sender without a feed may wait to be decided."""
COME_AGAIN_S = 10
AHEAD = timedelta(days=1)
"""How far a source's clock may run ahead of ours."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """By which door bytes came, as far as it is known."""

    partner: str = ""
    feed: str = ""
    correlation_id: str = ""
    """What the sender calls the whole affair; made from the bytes where it says nothing."""
    replay: str = ""
    """The tag of a replay; empty for what a partner sends by itself."""
    lane: Lane | None = None
    """Only where it is not the feed's own."""


class MessageReceipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one message."""

    kind: str
    message_id: str
    outcome: str
    """`recorded`, `duplicate`, `refused` or `conflict`."""
    fact_ids: tuple[str, ...] = ()
    faults: tuple[IntakeFault, ...] = ()
    resends: int = 0
    """Facts whose content had come before in another message; they count once."""


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
) -> Callable[[Store], Receipt]:
    """The bytes read, and what keeps them: for whoever stores more in the same transaction."""
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
    share, backlog = _share(way, received), feed.backlog if feed else BACKLOG
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
        return Receipt(name=name, delivery_id=delivery, messages=receipts)

    return keep


def _as_taken(received: Received, receipt: MessageReceipt) -> Received:
    """The message with the faults it was kept aside for, which may not be its reader's."""
    if receipt.outcome not in ("refused", "conflict"):
        return received
    return Received(message=received.message, faults=receipt.faults)


def _share(came: Came, received: Iterable[Received]) -> str:
    """Whose turn it takes to decide what these bytes touch; empty where they touch nothing.

    A replay takes turns of its own: it never makes the partner's new messages wait or come later.
    """
    if came.replay:
        return f"replay {came.replay}"
    said = next((each.facts[0] for each in received if each.facts), None)
    return came.partner or (said.source.instance if said else "")


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
        correlation_id=came.correlation_id or house.correlation_id or digest(raw)[:32],
        lane=came.lane or (feed.lane if feed else Lane.CRITICAL),
    )


def not_ahead(received: Received, moment: datetime, name: str) -> Received:
    """The message, refused where its own clock is days ahead of ours.

    Holds and approvals expire by what sources say of the time; none may say it is next year.
    """
    ahead = [fact for fact in received.facts if fact.recorded_at > moment + AHEAD]
    if not ahead:
        return received
    detail = f"it says it was written at {ahead[0].recorded_at.isoformat()}, which is still to come"
    return refusal(received.message, "TIME_AHEAD", detail, Place(file=name, field="time"))


class Arrival:
    """One delivery being stored."""

    def __init__(
        self,
        store: Store,
        delivery: str,
        moment: datetime,
        actor: str,
        came: Came,
        earlier: Readings,
    ) -> None:
        self.store, self.delivery, self.moment, self.actor = store, delivery, moment, actor
        self.came, self.earlier = came, earlier

    def reusing_ids(self, received: Iterable[Received]) -> Iterator[int]:
        """The places of those whose message id stands for other content, here or before."""
        contents: dict[tuple[str, str, str], str] = {}
        for place, each in enumerate(received):
            if each.refused:
                continue
            name, content = name_of(each), content_of(each)
            if name not in contents:
                before = self.earlier.last(name)
                same = before is None or self.earlier.is_read_otherwise(before, each)
                contents[name] = content if same or before is None else before.content_digest
            if contents[name] != content:
                yield place

    def keep(self, received: Received, *, reused: bool = False) -> MessageReceipt:
        """Store what became of one message; `reused` where its id is known to be taken."""
        if received.refused:
            return self._kept_aside(received, "refused", received.faults)
        if reused:
            return self._conflict(received)
        name = name_of(received)
        before = self.earlier.last(name)
        if before is None:
            return self._recorded(received, received.facts, 0)
        if before.content_digest == content_of(received):
            return MessageReceipt(
                kind=received.message.kind,
                message_id=name[2],
                outcome="duplicate",
                fact_ids=tuple(fact.fact_id for fact in received.facts),
            )
        if self.earlier.is_read_otherwise(before, received):
            return self.read_again(received, before)
        return self._conflict(received)

    def read_again(self, received: Received, before: StoredMessage) -> MessageReceipt:
        """The same message by maps that were mended: its facts take the place of the earlier."""
        says_less, facts = superseding(self.earlier.standing(name_of(received)), received.facts)
        if says_less is not None:
            return self.says_less(received, says_less)
        return self._recorded(received, facts, before.reading + 1)

    def says_less(self, received: Received, detail: str) -> MessageReceipt:
        """A reading that would take facts back without new ones: a person must look."""
        place = received.faults[0].place if received.faults else Place()
        fault = IntakeFault(code=SAYS_LESS, detail=detail, place=place, refused=True)
        message = self._message(received, "refused", "", (fault,))
        self.store.findings.add(less_said(message, detail))
        return self._kept_aside(received, "refused", (fault, *received.faults))

    def _recorded(self, received: Received, facts: Sequence[Fact], reading: int) -> MessageReceipt:
        known = self.store.facts.with_content([fact.content_digest for fact in facts])
        message = self._message(received, "recorded", content_of(received), reading=reading)
        try:
            seq = self.store.messages.add(message)
        except ConflictError:
            # Another process recorded this message id between our look and our insert.
            return self.keep(received)
        self.store.facts.add(facts, message_seq=seq, received_at=self.moment)
        self.store.due.add(
            due_for(
                facts,
                lane=self.came.lane or Lane.CRITICAL,
                share=_share(self.came, (received,)),
                correlation_id=self.came.correlation_id,
                moment=self.moment,
            )
        )
        return MessageReceipt(
            kind=received.message.kind,
            message_id=received.facts[0].source.message_id,
            outcome="recorded",
            fact_ids=tuple(fact.fact_id for fact in facts),
            faults=received.faults,
            resends=sum(1 for fact in facts if fact.content_digest in known),
        )

    def _conflict(self, received: Received) -> MessageReceipt:
        fault = IntakeFault(
            code="MESSAGE_ID_REUSED",
            detail="this source used the same message id before for other content",
            place=received.faults[0].place if received.faults else Place(),
            refused=True,
        )
        return self._kept_aside(received, "conflict", (fault, *received.faults))

    def _kept_aside(
        self, received: Received, outcome: Outcome, faults: tuple[IntakeFault, ...]
    ) -> MessageReceipt:
        message = self._message(received, outcome, "", faults)
        if not self.store.quarantine.holds(message):
            seq = self.store.messages.add(message)
            self.store.outbox.add(quarantined(message, seq, faults))
        return MessageReceipt(
            kind=received.message.kind,
            message_id=received.message.message_id,
            outcome=outcome,
            faults=faults,
        )

    def _message(
        self,
        received: Received,
        outcome: Outcome,
        content: str,
        faults: tuple[IntakeFault, ...] | None = None,
        reading: int = 0,
    ) -> Message:
        head = received.message
        source = received.facts[0].source if received.facts else None
        return Message(
            source_system=source.system if source else "",
            source_instance=source.instance if source else head.sender,
            source_message_id=source.message_id if source else head.message_id,
            kind=f"{head.format} {head.kind}".strip(),
            delivery_id=self.delivery,
            outcome=outcome,
            content_digest=content or digest(canonical(faults or ())),
            faults=canonical(received.faults if faults is None else faults),
            received_at=self.moment,
            actor=self.actor,
            reading=reading,
            partner=self.came.partner or head.profile,
            feed=self.came.feed,
            lane=self.came.lane or Lane.CRITICAL,
            correlation_id=self.came.correlation_id,
            replay=self.came.replay,
            stream=head.stream,
            sequence=head.sequence,
        )
