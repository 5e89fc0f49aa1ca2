"""RabbitMQ: one topic exchange, and quorum queues behind it.

    exchange `tollgate`       addresses are routing keys
    exchange `tollgate.others`     what no queue is bound to
    queue `tollgate.in.P.F`   what arrives for one configured feed
    queue `tollgate.in`       what arrives for any other; full, they refuse the sender's rather than
                              drop any
    queue `tollgate.dead`     what failed every time, and what whoever took it never answered for

What happened is published to the exchange; whoever wants to hear it binds a queue of its own to
`tollgate.out.#`. Where nobody has, publishing fails, for the message would be nowhere.
"""

import logging
from collections.abc import Mapping
from typing import Any

from aio_pika.abc import AbstractRobustConnection
from faststream import AckPolicy
from faststream.rabbit import (
    Channel,
    ExchangeType,
    QueueType,
    RabbitBroker,
    RabbitExchange,
    RabbitQueue,
)
from faststream.rabbit.message import RabbitMessage

from app import telemetry
from app.infrastructure.brokers.letters import (
    CORRELATION,
    DEAD,
    IN,
    Arrived,
    Letter,
    Limits,
    dead_letter,
    header,
)
from app.infrastructure.brokers.taking import Fate, Taking
from app.telemetry.traces import TRACEPARENT

EXCHANGE, OTHERS = "tollgate", "tollgate.others"
ARRIVING, DEAD_LETTERS = "tollgate.in", "tollgate.dead"
_UNANSWERED = f"{DEAD}unanswered"
_A_DAY_MS = 24 * 60 * 60 * 1000
_log = logging.getLogger("tollgate.feeds")


class RabbitQueues:
    """The exchange and its queues, through one connection that is made again when it breaks."""

    cloudevents = "cloudEvents_"

    def __init__(self, url: str, limits: Limits) -> None:
        self._limits = limits
        self._others = RabbitExchange(OTHERS, type=ExchangeType.TOPIC, durable=True)
        self._exchange = RabbitExchange(
            EXCHANGE,
            type=ExchangeType.TOPIC,
            durable=True,
            arguments={"alternate-exchange": OTHERS},
        )
        self._broker = RabbitBroker(
            url,
            timeout=limits.connects_within_s,
            reconnect_interval=1.0,
            # A letter that no queue takes comes back as an error.
            default_channel=Channel(prefetch_count=limits.in_flight, on_return_raises=True),
            apply_types=False,
            decoder=_as_it_is,
            ack_policy=AckPolicy.MANUAL,
            graceful_timeout=limits.connects_within_s,
            logger=_log,
            log_level=logging.DEBUG,
        )
        self._taking: Taking | None = None
        self._own: set[str] = set()
        """Addresses that have a queue of their own."""

    async def open(self, taking: Taking | None = None) -> None:
        """Connect, declare what is needed, and begin to take."""
        connection: AbstractRobustConnection = await self._broker.connect()
        assert not connection.is_closed, "connect returns when it is connected"
        await self._broker.declare_exchange(self._others)
        exchange = await self._broker.declare_exchange(self._exchange)
        if taking is not None:
            self._taking = taking
            dead = await self._broker.declare_queue(
                RabbitQueue(DEAD_LETTERS, queue_type=QueueType.QUORUM, durable=True)
            )
            await dead.bind(exchange, f"{DEAD}#")
            everybody = self._arriving(ARRIVING, f"{IN}#", self._limits.backlog)
            self._broker.subscriber(everybody, self._others)(self._on_arrived)
        await self._broker.start()

    async def divide(self, feeds: Mapping[str, int]) -> None:
        """A queue for each feed that has none yet; that of one that is gone fills until it is."""
        for address, in_flight in feeds.items():
            if address not in self._own:
                queue = self._arriving(address, address, self._limits.backlog_of_feed)
                channel = Channel(prefetch_count=in_flight, on_return_raises=True)
                subscriber = self._broker.subscriber(queue, self._exchange, channel=channel)
                subscriber(self._on_arrived)
                await subscriber.start()
                self._own.add(address)

    async def publish(self, letter: Letter) -> None:
        """To the exchange; returns when the broker has confirmed it."""
        await self._broker.publish(
            letter.body,
            exchange=self._exchange,
            routing_key=letter.address,
            headers=dict(letter.headers),
            content_type=letter.media,
            message_id=letter.message_id,
            persist=True,
            mandatory=True,
            timeout=self._limits.connects_within_s,
        )

    async def close(self) -> None:
        """Finish what is in hand, and disconnect."""
        await self._broker.stop()

    def _arriving(self, name: str, key: str, backlog: int) -> RabbitQueue:
        return RabbitQueue(
            name,
            queue_type=QueueType.QUORUM,
            durable=True,
            routing_key=key,
            arguments=_arguments(self._limits, backlog),
        )

    async def _on_arrived(self, message: RabbitMessage) -> None:
        assert self._taking is not None, "nothing arrives before somebody takes"
        arrived = Arrived(
            address=message.raw_message.routing_key or "",
            body=message.body,
            media=message.content_type or "",
            correlation_id=header(message.headers.items(), CORRELATION),
            traceparent=header(message.headers.items(), TRACEPARENT),
        )
        queue = arrived.address if arrived.address in self._own else ""
        took = await self._taking.took(arrived, queue=queue)
        if took.fate is Fate.STORED:
            await message.ack()
        elif took.fate is Fate.GIVEN_BACK:
            await message.nack(requeue=True)
        elif _deliveries(message) >= self._limits.deliveries:
            await self._bury(message, arrived, took.why)
        else:
            # RabbitMQ gives a returned message out again at once: the pause is ours.
            await self._taking.stops_within(self._limits.again_after_s)
            await message.nack(requeue=True)

    async def _bury(self, message: RabbitMessage, arrived: Arrived, why: str) -> None:
        await self.publish(dead_letter(arrived, why, message.message_id or ""))
        telemetry.FEED_DEAD_LETTERS.labels("rabbitmq").inc()
        _log.error("dead letter at %s: %s", arrived.address, why)
        await message.ack()


async def _as_it_is(message: Any) -> Any:
    return message


def _deliveries(message: RabbitMessage) -> int:
    """How often it came, this time included; a quorum queue counts what was returned."""
    returned: object = message.headers.get("x-delivery-count", 0)
    return (returned if isinstance(returned, int) else 0) + 1


def _arguments(limits: Limits, backlog: int) -> Any:
    """As the broker's manual names them; FastStream's own list is shorter."""
    return {
        "x-max-length": backlog,
        "x-overflow": "reject-publish",
        "x-delivery-limit": limits.deliveries,
        "x-dead-letter-exchange": EXCHANGE,
        "x-dead-letter-routing-key": _UNANSWERED,
        "x-dead-letter-strategy": "at-least-once",
        # We wait, message in hand, while the database is away; older brokers do not know it.
        "x-consumer-timeout": _A_DAY_MS,
    }
