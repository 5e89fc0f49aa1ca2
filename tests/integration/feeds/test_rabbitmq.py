"""Feeds by a real RabbitMQ, where the machine has one: the same promises as by NATS."""

from collections.abc import Iterator
from typing import Any

import aio_pika
import pytest

from app.infrastructure.brokers.letters import CORRELATION, WHY
from app.infrastructure.brokers.loop import LoopThread
from app.infrastructure.sending.broker import BrokerSender
from app.infrastructure.sending.sender import NotSentError
from app.operations.house import House
from tests.integration.feeds.conftest import (
    QUICK,
    away,
    body,
    breaking,
    feeds_at,
    outcomes,
    wait_for,
)
from tests.integration.feeds.test_nats import outgoing
from tests.integration.operations import northwind as nw
from tests.real.rabbitmq import RunningRabbit, rabbitmq_programs

EVENTS = "tollgate.in.northwind.events"


class Partner:
    """Somebody else at the same server: publishes, and looks what there is."""

    def __init__(self, url: str) -> None:
        self._loop = LoopThread("partner")
        self._connection = self.run(aio_pika.connect(url))
        self.channel: Any = self.run(self._opened())

    async def _opened(self) -> Any:
        return await self._connection.channel()

    def run(self, doing: Any) -> Any:
        return self._loop.run(doing, 10)

    def publish(self, key: str, text: bytes, **headers: str) -> None:
        named: dict[str, Any] = {name.replace("_", "-"): text for name, text in headers.items()}

        async def published() -> None:
            exchange = await self.channel.get_exchange("tollgate")
            message = aio_pika.Message(
                text, headers=named, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
            )
            await exchange.publish(message, key)

        self.run(published())

    def bound(self, queue: str, key: str) -> None:
        async def bind() -> None:
            declared = await self.channel.declare_queue(queue, durable=True)
            await declared.bind("tollgate", key)

        self.run(bind())

    def letter(self, queue: str) -> Any:
        """The next message of a queue, taken out of it; none where it is empty."""

        async def taken() -> Any:
            found = await (await self.channel.get_queue(queue)).get(fail=False)
            if found is not None:
                await found.ack()
            return found

        return self.run(taken())

    def empty(self, queue: str) -> None:
        """Take out what other tests left."""
        while self.there_is(queue) and self.letter(queue) is not None:
            pass

    def there_is(self, queue: str) -> bool:
        async def looked() -> bool:
            channel = await self._connection.channel()
            try:
                await channel.declare_queue(queue, passive=True)
            except aio_pika.exceptions.ChannelClosed:
                return False
            await channel.close()
            return True

        return bool(self.run(looked()))

    def close(self) -> None:
        self.run(self._connection.close())
        self._loop.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRabbit]:
    programs = rabbitmq_programs()
    if programs is None:
        pytest.skip("no RabbitMQ is installed here (Debian: apt-get install rabbitmq-server)")
    running = RunningRabbit(programs, tmp_path_factory.mktemp("rabbitmq"))
    yield running
    running.stop()


@pytest.fixture
def partner(server: RunningRabbit) -> Iterator[Partner]:
    found = Partner(server.url)
    for queue in ("tollgate.in", "tollgate.dead", "erp"):
        found.empty(queue)
    yield found
    found.close()


def until_open(partner: Partner) -> None:
    wait_for(lambda: partner.there_is("tollgate.in"), "the queue is there")


def test_messages_are_stored_once_in_their_affair_and_acknowledged(
    server: RunningRabbit, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        for number in (1, 2, 1):
            partner.publish(EVENTS, body(nw.shipment(f"N{number}")), X_Correlation_Id="affair-7")
        partner.publish("tollgate.in.stranger.events", b"what?")
        wait_for(lambda: outcomes(house) == {"recorded": 2, "refused": 1}, "all are stored")

    with house.database.reading("main") as store:
        affairs = {
            each.correlation_id for each in store.messages.latest(outcome="recorded", limit=9)
        }
    assert affairs == {"affair-7"}
    assert partner.letter("tollgate.in") is None
    assert partner.letter("tollgate.dead") is None


def test_while_the_database_is_away_nothing_is_lost_and_nothing_is_a_dead_letter(
    server: RunningRabbit, partner: Partner, house: House
) -> None:
    gone = away(house, times=10**9)
    database: Any = gone.database
    with feeds_at(server.url, gone):
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: database.times < 10**9, "it was tried")
    assert outcomes(house) == {}

    with feeds_at(server.url, away(house, times=30)):
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "it is stored")
    assert partner.letter("tollgate.in") is None
    assert partner.letter("tollgate.dead") is None


def test_what_fails_every_time_is_a_dead_letter_and_holds_up_nobody(
    server: RunningRabbit, partner: Partner, house: House
) -> None:
    poison = body(nw.shipment("N1"))
    broken = breaking(house, ZeroDivisionError("a fault of ours"), times=QUICK.deliveries)
    found: list[Any] = []
    with feeds_at(server.url, broken):
        until_open(partner)
        partner.publish(EVENTS, poison, X_Correlation_Id="affair-7")

        def buried() -> bool:
            found.append(partner.letter("tollgate.dead"))
            return found[-1] is not None

        wait_for(buried, "it is out of the way")
        partner.publish(EVENTS, body(nw.shipment("N2")))
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "the next is stored")

    dead = found[-1]
    assert (dead.routing_key, dead.body) == ("tollgate.dead.northwind.events", poison)
    assert dead.headers[WHY] == "ZeroDivisionError: a fault of ours"
    assert dead.headers[CORRELATION] == "affair-7"


def test_an_event_goes_to_whoever_is_bound_and_is_not_sent_where_nobody_is(
    server: RunningRabbit, partner: Partner
) -> None:
    with BrokerSender(server.url, "/tollgate/main") as sender:
        with pytest.raises(NotSentError) as refused:
            sender.send(outgoing("e1"))
        assert refused.value.retry
        partner.bound("erp", "tollgate.out.#")
        sender.send(outgoing("e1"))

    letter = partner.letter("erp")
    assert (letter.message_id, letter.routing_key) == ("e1", "tollgate.out.decision.changed")
    assert letter.headers["cloudEvents_id"] == "e1"
    assert letter.headers[CORRELATION] == "affair-7"
    assert letter.body == b'{"verdict":"release"}'
