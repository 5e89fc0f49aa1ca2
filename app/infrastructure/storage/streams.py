"""What came from one sender by one feed, as a stream: how much, when, and the bytes it came in."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from app.infrastructure.storage import tables
from app.infrastructure.storage.tenant_rows import TenantRows

_message = tables.message.c
_fact = tables.fact.c
STREAM = (_message.partner, _message.feed, _message.source_instance)
"""Columns of a message by which its stream is known."""
_SOURCE = (_message.source_system, _message.source_instance)
# The word stands in the text: of a parameter PostgreSQL cannot tell that the index answers.
_RECORDED = _message.outcome == literal_column("'recorded'")


class Stream(msgspec.Struct, frozen=True, order=True):
    """A feed of a partner; of what came by no feed, what one sender sent."""

    partner: str
    feed: str
    sender: str = ""
    """Only where there is no feed."""

    def __str__(self) -> str:
        """`acme/status`, or `standard, from ABFL` of what came by no feed."""
        if self.feed:
            return f"{self.partner}/{self.feed}"
        return f"{self.partner or 'no partner'}, from {self.sender or 'somebody'}"


class Arrived(msgspec.Struct, frozen=True, order=True):
    """A delivery at the place of its first message."""

    place: int
    delivery_id: str


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages of a stream came to what."""

    stream: Stream
    recorded: int = 0
    refused: int = 0
    conflict: int = 0


class Lag(msgspec.Struct, frozen=True):
    """A fact's body and when it was received: how late it was told."""

    body: bytes
    received_at: datetime


class Streams:
    """What partners sent by themselves; replays are no part of it."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def heard(self, *, after: int = 0, since: datetime | None = None) -> dict[Stream, int]:
        """The streams of which something came, each with the place of its last message.

        Args:
            after: only of messages that arrived after this place.
            since: only of messages that arrived at this moment or later.
        """
        query = self._rows.select(tables.message, *STREAM, func.max(_message.seq).label("last"))
        query = query.where(_message.replay == "", _message.seq > after)
        if since is not None:
            query = query.where(_message.received_at >= since)
        heard: dict[Stream, int] = {}
        for row in self._rows.all(query.group_by(*STREAM)):
            stream = stream_of(row.partner, row.feed, row.source_instance)
            heard[stream] = max(heard.get(stream, 0), int(row.last))
        return heard

    def ever(self) -> Iterator[Stream]:
        """The stream of every feed and of every sender of which something ever came."""
        for partner, feed in self._feeds():
            if feed:
                yield Stream(partner, feed)
        yield from self._without_feed()

    def _without_feed(self) -> Iterator[Stream]:
        """Of every source whose messages come by no feed: one look into the index each."""
        query = self._rows.select(tables.message, *_SOURCE, _message.partner, _message.feed)
        query = query.where(_RECORDED, _message.replay == "")
        last: tuple[str, str] | None = None
        while True:
            behind = query if last is None else query.where(_behind(*last))
            row = self._rows.first(behind.order_by(*_SOURCE).limit(1))
            if row is None:
                return
            last = (str(row.source_system), str(row.source_instance))
            if not row.feed:
                yield Stream(str(row.partner), "", last[1])

    def _feeds(self) -> Iterator[tuple[str, str]]:
        """Partner and feed of everything that ever came: one look into the index each."""
        last: tuple[str, str] | None = None
        while True:
            query = self._rows.select(tables.message, _message.partner, _message.feed)
            if last is not None:
                partner, feed = last
                later = and_(_message.partner == partner, _message.feed > feed)
                query = query.where((_message.partner > partner) | later)
            row = self._rows.first(query.order_by(_message.partner, _message.feed).limit(1))
            if row is None:
                return
            last = (str(row.partner), str(row.feed))
            yield last

    def arrived(self, stream: Stream, *, messages: int, deliveries: int) -> tuple[Arrived, ...]:
        """The deliveries that came last, in the order of arrival.

        Args:
            stream: whose.
            messages: so many messages are looked at, however few deliveries they came in.
            deliveries: so many at most.
        """
        query = self._rows.select(tables.message, _message.seq, _message.delivery_id)
        latest = query.where(_of(stream)).order_by(_message.seq.desc()).limit(messages).subquery()
        place = func.min(latest.c.seq)
        grouped = select(place.label("place"), latest.c.delivery_id).group_by(latest.c.delivery_id)
        rows = self._rows.all(grouped.order_by(place.desc()).limit(deliveries))
        return tuple(sorted(Arrived(int(row.place), str(row.delivery_id)) for row in rows))

    def faults_of(self, stream: Stream, delivery: Arrived, at_most: int) -> Iterator[bytes]:
        """The faults of the messages that came in a delivery, as canonical JSON."""
        query = self._rows.select(tables.message, _message.faults)
        query = query.where(
            _of(stream),
            _message.seq >= delivery.place,
            _message.delivery_id == delivery.delivery_id,
            _message.faults != b"[]",
        )
        for row in self._rows.all(query.order_by(_message.seq).limit(at_most)):
            yield bytes(row.faults)

    def last_heard(self, stream: Stream) -> datetime | None:
        """When its last message came."""
        query = self._rows.select(tables.message, _message.received_at).where(_of(stream))
        found: datetime | None = self._rows.one_value(query.order_by(_message.seq.desc()).limit(1))
        return found

    def outcomes(self, since: datetime) -> tuple[Outcomes, ...]:
        """What the messages of every stream came to since a moment."""
        query = self._rows.select(
            tables.message, *STREAM, _message.outcome, func.count().label("number")
        )
        query = query.where(_message.replay == "", _message.received_at >= since)
        counted: dict[Stream, dict[str, int]] = {}
        for row in self._rows.all(query.group_by(*STREAM, _message.outcome)):
            of = counted.setdefault(stream_of(row.partner, row.feed, row.source_instance), {})
            of[row.outcome] = of.get(row.outcome, 0) + int(row.number)
        return tuple(Outcomes(stream=stream, **of) for stream, of in sorted(counted.items()))

    def findings(self) -> dict[tuple[str, str], int]:
        """How many findings there are of each partner's feeds, without a feed among them."""
        names = (tables.finding.c.partner, tables.finding.c.feed)
        query = self._rows.select(tables.finding, *names, func.count().label("number"))
        rows = self._rows.all(query.group_by(*names))
        return {(str(row.partner), str(row.feed)): int(row.number) for row in rows}

    def lags(self, stream: Stream, since: datetime, at_most: int) -> tuple[Lag, ...]:
        """The facts it said last since a moment, from the last so many messages."""
        query = self._rows.select(tables.message, _message.tenant, _message.seq)
        query = query.where(_of(stream), _message.received_at >= since)
        latest = query.order_by(_message.seq.desc()).limit(at_most).subquery()
        facts = self._rows.select(tables.fact, _fact.body, _fact.received_at).join(
            latest, and_(latest.c.tenant == _fact.tenant, latest.c.seq == _fact.message_seq)
        )
        return tuple(Lag(row.body, row.received_at) for row in self._rows.all(facts))


def stream_of(partner: str, feed: str, sender: str) -> Stream:
    """The stream of a message."""
    return Stream(partner, feed, "" if feed else sender)


def _behind(system: str, instance: str) -> ColumnElement[bool]:
    """Messages of the sources that sort after one."""
    rest = or_(_message.source_system > system, _message.source_instance > instance)
    return and_(_message.source_system >= system, rest)  # where the index goes on


def _of(stream: Stream) -> ColumnElement[bool]:
    """What the partner sent by itself in this stream."""
    mine = and_(
        _message.partner == stream.partner,
        _message.feed == stream.feed,
        _message.replay == "",
    )
    return mine if stream.feed else and_(mine, _message.source_instance == stream.sender)
