"""Kafka: one topic an address, read by one consumer group that all processes share.

A group's offset says of everything before it that it was stored. So a batch is stored together,
then committed; a message that fails is tried again in place, for Kafka counts no deliveries, and
then goes to `tollgate.dead.PARTNER.FEED` before the offset moves past it.

One batch may hold messages of several feeds, and one that is held holds the others of its batch.
Kafka gives each topic, hence each feed, to one process: with as many processes as feeds each has
its own. Whoever needs that no feed ever waits for another with fewer takes NATS or RabbitMQ.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from app import telemetry
from app.infrastructure.brokers.letters import (
    CORRELATION,
    GROUP,
    Arrived,
    Letter,
    Limits,
    dead_letter,
    header,
)
from app.infrastructure.brokers.taking import Fate, Taking
from app.telemetry.traces import TRACEPARENT

_PATTERN = r"^tollgate\.in\..+"
_MEDIA = "content-type"
_NEW_TOPICS_SEEN_WITHIN_MS = 30_000
_log = logging.getLogger("tollgate.feeds")


class KafkaTopics:
    """The topics, through one client."""

    cloudevents = "ce_"

    def __init__(self, url: str, limits: Limits) -> None:
        self._limits = limits
        self._broker = KafkaBroker(
            urlsplit(url).netloc.split(","),
            acks="all",
            enable_idempotence=True,
            metadata_max_age_ms=_NEW_TOPICS_SEEN_WITHIN_MS,
            apply_types=False,
            decoder=_as_it_is,
            ack_policy=AckPolicy.MANUAL,
            graceful_timeout=limits.connects_within_s,
            logger=_log,
            log_level=logging.DEBUG,
        )
        self._taking: Taking | None = None

    async def open(self, taking: Taking | None = None) -> None:
        """Connect, and begin to take."""
        if taking is not None:
            self._taking = taking
            subscriber = self._broker.subscriber(
                pattern=_PATTERN,
                group_id=GROUP,
                batch=True,
                max_records=self._limits.in_flight,
                batch_timeout_ms=200,
                auto_offset_reset="earliest",
            )
            subscriber(self._on_arrived)
        await self._broker.start()

    async def divide(self, feeds: Mapping[str, int]) -> None:
        """Nothing: each address has a topic of its own, and the group shares the topics out."""

    async def publish(self, letter: Letter) -> None:
        """Into the topic of its address; returns when all replicas have it."""
        await self._broker.publish(
            letter.body,
            letter.address,
            key=letter.message_id.encode(),
            headers={**letter.headers, _MEDIA: letter.media},
        )

    async def close(self) -> None:
        """Finish what is in hand, and disconnect."""
        await self._broker.stop()

    async def _on_arrived(self, batch: KafkaMessage) -> None:
        assert isinstance(batch.raw_message, tuple), "the subscriber asks for batches"
        settled = await asyncio.gather(*(self._settled(each) for each in batch.raw_message))
        if all(settled):
            await batch.ack()
        else:
            await batch.nack()  # read again from the first of the batch; what was stored is known

    async def _settled(self, record: Any) -> bool:
        """Whether it is stored or buried; false where we stop before."""
        assert self._taking is not None, "nothing arrives before somebody takes"
        arrived = Arrived(
            address=record.topic,
            body=record.value or b"",
            media=header(record.headers, _MEDIA),
            correlation_id=header(record.headers, CORRELATION),
            traceparent=header(record.headers, TRACEPARENT),
        )
        for last in (*[False] * (self._limits.deliveries - 1), True):
            took = await self._taking.took(arrived)
            if took.fate is Fate.STORED:
                return True
            if took.fate is Fate.GIVEN_BACK:
                return False
            if not last and await self._taking.stops_within(self._limits.again_after_s):
                return False
        name = f"{record.topic}-{record.partition}-{record.offset}"
        await self.publish(dead_letter(arrived, took.why, name))
        telemetry.FEED_DEAD_LETTERS.labels("kafka").inc()
        _log.error("dead letter at %s: %s", arrived.address, took.why)
        return True


async def _as_it_is(message: Any) -> Any:
    return message
