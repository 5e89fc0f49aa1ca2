"""NATS JetStream: streams on the server, read by durable consumers that all processes share.

    tollgate-in        what arrives; a message leaves the stream when we have stored it
    tollgate-dead      what failed every time, whole, with the reason beside it
    tollgate-given-up  the server's word that it gave a message up: whoever held it was killed
    tollgate-out       what happened; the same message id twice is one message

Each configured feed has a consumer of its own, and one has everybody else: the server cannot say
`all but these`, so that one is given what the others are given too, and passes it over. A message
leaves when all have answered for it. A consumer is never removed, nor passed over before the
server has it: what nobody asked for in time would be gone.

A stream or consumer that is there is used as it is: whoever runs the server may have tuned it. In
one that is a work queue all feeds share one consumer, for it allows no second.
"""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsMessage
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError

from app import telemetry
from app.infrastructure.brokers.letters import (
    CORRELATION,
    DEAD,
    GROUP,
    IN,
    OUT,
    Arrived,
    Letter,
    Limits,
    dead_letter,
    header,
)
from app.infrastructure.brokers.taking import Fate, Taking
from app.telemetry.traces import TRACEPARENT

ARRIVING, DEAD_LETTERS, GIVEN_UP, LEAVING = (
    "tollgate-in",
    "tollgate-dead",
    "tollgate-given-up",
    "tollgate-out",
)
_GAVE_UP = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{ARRIVING}.>"
_NOT_YET = f"{ARRIVING}.not-yet"
"""What the stream takes before there is a consumer, without which it would keep nothing."""
_MEDIA = "content-type"
_log = logging.getLogger("tollgate.feeds")


class _GaveUp(msgspec.Struct, frozen=True):
    """The part of the server's advisory that is needed."""

    stream_seq: int


class NatsStreams:
    """The streams, through one connection that is made again as often as it breaks."""

    cloudevents = "ce-"

    def __init__(self, url: str, limits: Limits) -> None:
        self._limits = limits
        self._broker = NatsBroker(
            url,
            apply_types=False,
            decoder=_as_it_is,
            ack_policy=AckPolicy.MANUAL,
            connect_timeout=int(limits.connects_within_s) or 1,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            graceful_timeout=limits.connects_within_s,
            logger=_log,
            log_level=logging.DEBUG,
        )
        self._taking: Taking | None = None
        self._streams: JetStreamContext | None = None
        self._deliveries = limits.deliveries
        self._own: set[str] = set()
        """Addresses that we take by a consumer of their own; the empty one is everybody else's."""
        self._divisible = False

    async def open(self, taking: Taking | None = None) -> None:
        """Connect, make what is missing on the server, and begin to take."""
        connection = await self._broker.connect()
        self._streams = connection.jetstream()
        await self._make(_stream(LEAVING, [f"{OUT}>"]))
        if taking is not None:
            await self._take_with(taking)
        await self._broker.start()

    async def divide(self, feeds: Mapping[str, int]) -> None:
        """A consumer for each feed that has none yet; of one that is gone it is read on.

        What is everybody else's is taken from the first time on, when it is known who has its own.
        """
        if self._divisible:
            for address, in_flight in {**await self._places(), **feeds}.items():
                await self._take_from(address, in_flight)
        await self._take_from("", self._limits.in_flight)

    async def _take_from(self, address: str, in_flight: int) -> None:
        if address in self._own:
            return
        await self._consumer(ARRIVING, self._limits.deliveries, address)
        subscriber = self._subscribe(ARRIVING, address or f"{IN}>", _durable(address), in_flight)
        subscriber(self._on_arrived)
        await subscriber.start()
        self._own.add(address)

    async def publish(self, letter: Letter) -> None:
        """Into the stream that has its address; returns when the server has stored it.

        Not by FastStream, which waits for no answer where it is not told the stream.
        """
        assert self._streams is not None, "letters are published while connected"
        await self._streams.publish(
            letter.address,
            letter.body,
            timeout=self._limits.connects_within_s,
            headers={**letter.headers, "Nats-Msg-Id": letter.message_id, _MEDIA: letter.media},
        )

    async def close(self) -> None:
        """Finish what is in hand, and disconnect."""
        await self._broker.stop()

    async def _take_with(self, taking: Taking) -> None:
        self._taking = taking
        await self._make_arriving()
        await self._make(_stream(DEAD_LETTERS, [f"{DEAD}>"]))
        await self._make(_stream(GIVEN_UP, [_GAVE_UP], retention=RetentionPolicy.WORK_QUEUE))
        await self._consumer(GIVEN_UP, -1)
        self._subscribe(GIVEN_UP, _GAVE_UP)(self._on_given_up)

    async def _make_arriving(self) -> None:
        """The stream of what arrives, which takes nothing before somebody asks for it."""
        assert self._streams is not None, "streams are made while connected"
        config = _stream(
            ARRIVING,
            [_NOT_YET],
            retention=RetentionPolicy.INTEREST,
            discard=DiscardPolicy.NEW,  # a full stream refuses the sender's, and drops none
            max_msgs=self._limits.backlog,
            max_msgs_per_subject=self._limits.backlog_of_feed,
            discard_new_per_subject=True,
        )
        found = await self._make(config)
        self._deliveries = await self._consumer(ARRIVING, self._limits.deliveries)
        if found.subjects == [_NOT_YET]:
            await self._streams.update_stream(found.evolve(subjects=[f"{IN}>"]))
        self._divisible = found.retention != RetentionPolicy.WORK_QUEUE

    def _subscribe(
        self, stream: str, subject: str, durable: str = GROUP, in_flight: int | None = None
    ) -> Any:
        return self._broker.subscriber(
            subject,
            stream=JStream(stream, declare=False),
            durable=durable,
            pull_sub=PullSub(batch_size=in_flight or self._limits.in_flight, timeout=1.0),
        )

    async def _make(self, config: StreamConfig) -> StreamConfig:
        assert self._streams is not None, "streams are made while connected"
        try:
            found = await self._streams.stream_info(str(config.name))
        except NotFoundError:
            found = await self._streams.add_stream(config)
        return found.config

    async def _places(self) -> dict[str, int]:
        """The addresses with a consumer of their own, whichever process made it, and when."""
        assert self._streams is not None, "consumers are looked at while connected"
        found: dict[str, int] = {}
        seen = 0
        while listed := await self._streams.consumers_info(ARRIVING, offset=seen):
            seen += len(listed)
            for each in listed:
                address = each.config.filter_subject or ""
                if address and each.name == _durable(address):
                    found[address] = self._limits.in_flight
        return found

    async def _consumer(self, stream: str, deliveries: int, address: str = "") -> int:
        """The durable consumer, and how often it delivers; made where it is not there."""
        assert self._streams is not None, "consumers are made while connected"
        name = _durable(address)
        try:
            found = await self._streams.consumer_info(stream, name)
        except NotFoundError:
            found = await self._streams.add_consumer(
                stream,
                ConsumerConfig(
                    durable_name=name,
                    filter_subject=address or None,
                    ack_wait=self._limits.answers_within_s,
                    max_deliver=deliveries,
                    max_ack_pending=self._limits.in_flight * 8,
                ),
            )
        return found.config.max_deliver or -1

    async def _on_arrived(self, message: NatsMessage) -> None:
        assert self._taking is not None, "nothing arrives before somebody takes"
        arrived = _arrived(message.raw_message.subject, message.body, message.headers)
        facts = message.raw_message.metadata
        queue = "" if facts.consumer == GROUP else arrived.address
        if not queue and arrived.address in self._own:
            await message.ack()  # its own consumer has it, too
            return
        took = await self._taking.took(arrived, message.in_progress, queue=queue)
        if took.fate is Fate.STORED:
            await message.ack()
        elif took.fate is Fate.FAILED and 0 < self._deliveries <= facts.num_delivered:
            await self._bury(arrived, took.why, facts.sequence.stream)
            await message.ack()
        else:
            await message.nack(delay=self._limits.again_after_s)

    async def _on_given_up(self, message: NatsMessage) -> None:
        """A message ended whoever took it, every time; no code of ours saw the last of it."""
        assert self._streams is not None, "the server speaks while connected"
        place = msgspec.json.decode(message.body, type=_GaveUp).stream_seq
        try:
            lost = await self._streams.get_msg(ARRIVING, place)
        except NotFoundError:
            await message.ack()  # it was stored after all, or is buried already
            return
        arrived = _arrived(str(lost.subject), lost.data or b"", lost.headers or {})
        why = f"it was delivered {self._deliveries} times, and never answered for"
        await self._bury(arrived, why, place)
        await self._streams.delete_msg(ARRIVING, place)
        await message.ack()

    async def _bury(self, arrived: Arrived, why: str, place: int) -> None:
        await self.publish(dead_letter(arrived, why, f"{ARRIVING}-{place}"))
        telemetry.FEED_DEAD_LETTERS.labels("nats").inc()
        _log.error("dead letter at %s: %s", arrived.address, why)


async def _as_it_is(message: Any) -> Any:
    return message


def _arrived(subject: str, body: bytes, headers: dict[str, str]) -> Arrived:
    return Arrived(
        address=subject,
        body=body,
        media=header(headers.items(), _MEDIA),
        correlation_id=header(headers.items(), CORRELATION),
        traceparent=header(headers.items(), TRACEPARENT),
    )


def _durable(address: str) -> str:
    """The consumer's name: of everybody else, or of one feed."""
    return f"{GROUP}-{address.removeprefix(IN).replace('.', '=')}" if address else GROUP


def _stream(name: str, subjects: list[str], **more: Any) -> StreamConfig:
    return StreamConfig(name=name, subjects=subjects, **more)
