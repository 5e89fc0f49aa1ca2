"""Feeds by Kafka's protocol, spoken by a mock cluster: the same promises as by NATS."""

from collections.abc import Iterator

import pytest

from app.infrastructure.brokers.letters import CORRELATION, WHY
from app.infrastructure.sending.broker import BrokerSender
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
from tests.real.kafka import MockKafka, mock_kafka

EVENTS, DEAD = "tollgate.in.northwind.events", "tollgate.dead.northwind.events"


@pytest.fixture
def cluster() -> Iterator[MockKafka]:
    with mock_kafka() as running:
        yield running


def test_messages_are_stored_once_in_their_affair_and_read_on_from_there(
    cluster: MockKafka, house: House
) -> None:
    for number in range(5):
        cluster.publish(EVENTS, body(nw.shipment(f"N{number}")), {CORRELATION: f"affair-{number}"})
    cluster.publish(EVENTS, body(nw.shipment("N1")))
    cluster.publish("tollgate.in.stranger.events", b"what?")
    with feeds_at(cluster.url, house):
        wait_for(lambda: outcomes(house) == {"recorded": 5, "refused": 1}, "all are stored")
        # The second N1 stores nothing that could be waited for.
        wait_for(lambda: cluster.committed(EVENTS, group="tollgate") == 6, "all are behind us")

    with house.database.reading("main") as store:
        affairs = {
            each.correlation_id for each in store.messages.latest(outcome="recorded", limit=9)
        }
    assert affairs == {f"affair-{number}" for number in range(5)}
    assert cluster.committed(EVENTS, group="tollgate") == 6


def test_while_the_database_is_away_the_offset_stays(cluster: MockKafka, house: House) -> None:
    cluster.publish(EVENTS, body(nw.shipment("N1")))
    gone = away(house, times=10**9)
    with feeds_at(cluster.url, gone):
        wait_for(lambda: gone.database.times < 10**9, "it was tried")  # type: ignore[attr-defined]

    assert cluster.committed(EVENTS, group="tollgate") == 0
    assert outcomes(house) == {}


def test_when_the_database_is_back_what_waited_is_stored(cluster: MockKafka, house: House) -> None:
    cluster.publish(EVENTS, body(nw.shipment("N1")))
    with feeds_at(cluster.url, away(house, times=10)):
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "it is stored")

    assert cluster.committed(EVENTS, group="tollgate") == 1
    assert cluster.read(DEAD) == []


def test_what_fails_every_time_is_a_dead_letter_and_holds_up_nobody(
    cluster: MockKafka, house: House
) -> None:
    poison = body(nw.shipment("N1"))
    cluster.publish(EVENTS, poison, {CORRELATION: "affair-7"})
    broken = breaking(house, ZeroDivisionError("a fault of ours"), times=QUICK.deliveries)
    with feeds_at(cluster.url, broken):
        wait_for(lambda: broken.database.times == 0, "it was tried")  # type: ignore[attr-defined]
        cluster.publish(EVENTS, body(nw.shipment("N2")))
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "the next is stored")

    (dead,) = cluster.read(DEAD)
    assert dead.value() == poison
    headers = dict(dead.headers() or [])
    assert headers[WHY] == b"ZeroDivisionError: a fault of ours"
    assert headers[CORRELATION] == b"affair-7"


def test_an_event_goes_to_the_topic_of_its_type(cluster: MockKafka) -> None:
    with BrokerSender(cluster.url, "/tollgate/main") as sender:
        sender.send(outgoing("e1"))

    (letter,) = cluster.read("tollgate.out.decision.changed")
    headers = dict(letter.headers() or [])
    assert (letter.key(), headers["ce_id"], headers[CORRELATION]) == (b"e1", b"e1", b"affair-7")
    assert letter.value() == b'{"verdict":"release"}'
