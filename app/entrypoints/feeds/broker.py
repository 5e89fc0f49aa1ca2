"""Messages arrive by a broker, at `tollgate.in.PARTNER.FEED`.

Recorded, committed, acknowledged, in this order. What is refused is in quarantine, hence stored,
hence acknowledged. Message ids of brokers are not relied on: the same message twice is known by
what it says. Each feed in force has a queue of its own, where the broker has such: one that floods
or is held leaves the others alone. Feeds that come into force later get theirs at the next look.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Self

from app.entrypoints.feeds.arriving import record_arrived
from app.infrastructure.brokers.broker import Broker
from app.infrastructure.brokers.by_url import broker_at
from app.infrastructure.brokers.letters import IN, Arrived, Limits
from app.infrastructure.brokers.loop import LoopThread
from app.infrastructure.brokers.taking import Taking
from app.operations.changing.editions_in_force import profiles_in_force
from app.operations.house import House
from app.operations.receiving.came import Came
from app.settings import Settings
from app.telemetry import affair, plain_affair
from app.telemetry.traces import called_by, trace_in

_log = logging.getLogger("tollgate.feeds")
_STOPS_WITHIN_S = 30.0


class BrokerFeeds:
    """Takes what arrives at the broker, from entering to leaving; without a broker, nothing.

    A broker that is away is asked again until it answers; meanwhile nothing arrives.
    """

    def __init__(self, settings: Settings, house: House, limits: Limits | None = None) -> None:
        self._url = settings.broker_url.get_secret_value()
        self._limits = limits or Limits()
        self._house = house
        self._take = taker(house)
        self._loop: LoopThread | None = None
        self._running: Future[None] | None = None
        self._taking: Taking | None = None

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            DeploymentError: the URL means no broker, or what speaks to it is not installed.
        """
        if self._url:
            broker_at(self._url, self._limits)
            self._loop = LoopThread("broker in")
            self._taking = Taking(self._take, self._limits)
            self._running = self._loop.start(self._run(self._taking))
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more; what is being stored is stored, the rest stays with the broker."""
        if self._loop is None or self._taking is None or self._running is None:
            return
        self._loop.call(self._taking.stop)
        try:
            self._running.result(_STOPS_WITHIN_S)
        finally:
            self._taking.close()
            self._loop.close()

    async def _run(self, taking: Taking) -> None:
        broker = await self._opened(taking)
        if broker is None:
            return
        await self._divided(broker)
        while not await taking.stops_within(self._limits.looks_every_s):
            await self._divided(broker)
        await _closed(broker)

    async def _divided(self, broker: Broker) -> None:
        """Every feed in force has a queue of its own, once we can look and the broker hears."""
        try:
            await broker.divide(await asyncio.to_thread(self._feeds))
        except Exception as error:  # noqa: BLE001  until the next look they share one
            _log.warning("feeds share a queue: %s: %s", type(error).__name__, error)

    def _feeds(self) -> dict[str, int]:
        """How many messages of each address may be in hand at once."""
        with self._house.database.reading(self._house.tenant) as store:
            feeds = profiles_in_force(store).feeds
        most = self._limits.in_flight
        return {f"{IN}{each.partner}.{each.name}": min(each.in_flight, most) for each in feeds}

    async def _opened(self, taking: Taking) -> Broker | None:
        """The broker with messages coming; none where we stop before it answers."""
        while True:
            broker = broker_at(self._url, self._limits)
            try:
                await broker.open(taking)
            except Exception as error:  # noqa: BLE001  whatever three clients raise
                _log.warning("the broker does not answer: %s: %s", type(error).__name__, error)
                await _closed(broker)
                if await taking.stops_within(self._limits.again_after_s):
                    return None
            else:
                return broker


async def _closed(broker: Broker) -> None:
    try:
        await broker.close()
    except Exception:  # noqa: BLE001  what was not acknowledged comes again
        _log.exception("the connection to the broker did not end as it should")


def taker(house: House) -> Callable[[Arrived], None]:
    """What stores a message that arrived."""

    def take(arrived: Arrived) -> None:
        correlation = plain_affair(arrived.correlation_id) or trace_in(arrived.traceparent)
        came = Came(partner=arrived.partner, feed=arrived.feed, correlation_id=correlation)
        with affair(correlation), called_by(arrived.traceparent):
            record_arrived(house, arrived.body, arrived.address, media=arrived.media, came=came)

    return take
