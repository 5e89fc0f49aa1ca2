"""Feeds by a real NATS server: stored before acknowledged, once, and never lost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import nats
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError

from app.billing.destination import Destination, Kind
from app.errors import DeploymentError
from app.evidence.intake.feed import Feed, Format
from app.infrastructure.brokers.letters import CORRELATION, WHY, Limits
from app.infrastructure.brokers.loop import LoopThread
from app.infrastructure.brokers.nats_streams import ARRIVING, DEAD_LETTERS
from app.infrastructure.sending.broker import BrokerSender, _signed_in, broker_maker
from app.infrastructure.sending.sender import NotSentError, Outgoing
from app.operations.changing.accept_editions import Drafts
from app.operations.house import House
from tests.integration.feeds.conftest import (
    FEEDS,
    QUICK,
    away,
    body,
    breaking,
    feeds_at,
    feeds_in_force,
    outcomes,
    wait_for,
)
from tests.integration.operations import northwind as nw
from tests.real.nats import RunningNats, running_nats

EVENTS = "tollgate.in.northwind.events"


class Partner:
    """Somebody else at the same server: publishes, and looks what there is."""

    def __init__(self, url: str) -> None:
        self._loop = LoopThread("partner")
        self._url = url
        self._client: Client = self._loop.run(nats.connect(url), 5)
        self.streams: JetStreamContext = self._client.jetstream(timeout=2)

    def publish(self, subject: str, text: bytes, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.run(self.streams.publish(subject, text, headers=named))

    def run(self, doing: Any) -> Any:
        return self._loop.run(doing, 10)

    def waiting(self, stream: str) -> int:
        return int(self.run(self.streams.stream_info(stream)).state.messages)

    def there_is(self, stream: str) -> bool:
        try:
            self.waiting(stream)
        except APIError:
            return False
        return True

    def held(self) -> dict[str, int]:
        """How many messages each consumer has in hand."""
        return {each.name: each.num_ack_pending for each in self.run(self._consumers())}

    def has_own(self, *addresses: str) -> bool:
        """Whether each of these addresses has a consumer of its own."""
        found = {each.config.filter_subject for each in self.run(self._consumers())}
        return found >= set(addresses)

    async def _consumers(self) -> Any:
        return await self.streams.consumers_info(ARRIVING)

    def letter(self, stream: str, place: int = 1) -> Any:
        return self.run(self.streams.get_msg(stream, place))

    def close(self) -> None:
        self.run(self._client.close())
        self._loop.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningNats]:
    with running_nats(tmp_path) as running:
        yield running


@pytest.fixture
def partner(server: RunningNats) -> Iterator[Partner]:
    found = Partner(server.url)
    yield found
    found.close()


def until_open(partner: Partner) -> None:
    wait_for(lambda: partner.there_is("tollgate-given-up"), "the streams are there")


def test_a_message_is_stored_in_its_affair_and_then_acknowledged(
    server: RunningNats, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")), X_Correlation_Id="affair-7")
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")

        assert outcomes(house) == {"recorded": 1}

    with house.database.reading("main") as store:
        (message,) = store.messages.latest(limit=9)
    assert (message.partner, message.feed) == ("northwind", "events")
    assert message.correlation_id == "affair-7"


def test_the_same_message_twice_is_recorded_once(
    server: RunningNats, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        for _ in range(20):
            partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "all are acknowledged")

    assert outcomes(house) == {"recorded": 1}


@pytest.mark.parametrize(
    ("subject", "partner_kept", "feed_kept"),
    [
        ("tollgate.in.stranger.events", "stranger", "events"),
        ("tollgate.in.northwind.nothing", "northwind", "nothing"),
        ("tollgate.in.northwind", "northwind", ""),
        ("tollgate.in.a.b.c", "a", "b.c"),
        ("tollgate.in." + "x" * 700 + ".y", "x" * 100, "y"),
    ],
)
def test_by_a_feed_nobody_knows_it_is_kept_in_quarantine_and_not_read(
    server: RunningNats,
    partner: Partner,
    house: House,
    subject: str,
    partner_kept: str,
    feed_kept: str,
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        partner.publish(subject, body(nw.shipment("N1")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")

    assert outcomes(house) == {"refused": 1}
    with house.database.reading("main") as store:
        (message,) = store.messages.latest(limit=9)
        assert (message.partner, message.feed) == (partner_kept, feed_kept)
        assert b"FEED_NOT_KNOWN" in message.faults
        assert store.messages.delivery(message.delivery_id).raw == body(nw.shipment("N1"))


def test_what_is_refused_is_stored_and_hence_acknowledged(
    server: RunningNats, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        partner.publish(EVENTS, b"\x00 noise")
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")

    assert outcomes(house) == {"refused": 1}
    assert partner.waiting(DEAD_LETTERS) == 0


def test_while_the_database_is_away_nothing_is_lost_and_nothing_is_a_dead_letter(
    server: RunningNats, partner: Partner, house: House
) -> None:
    broken = away(house, times=30)  # far more often than a message may fail
    with feeds_at(server.url, broken):
        until_open(partner)
        for number in range(4):
            partner.publish(EVENTS, body(nw.shipment(f"N{number}")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "all are acknowledged")

    assert outcomes(house) == {"recorded": 4}
    assert partner.waiting(DEAD_LETTERS) == 0


def test_stopped_while_the_database_is_away_the_message_stays_with_the_broker(
    server: RunningNats, partner: Partner, house: House
) -> None:
    gone = away(house, times=10**9)
    with feeds_at(server.url, gone):
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")))
        database: Any = gone.database
        wait_for(lambda: database.times < 10**9, "it was tried")

    assert (outcomes(house), partner.waiting(ARRIVING)) == ({}, 1)
    with feeds_at(server.url, house):
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")
    assert outcomes(house) == {"recorded": 1}


def test_what_fails_every_time_is_a_dead_letter_and_holds_up_nobody(
    server: RunningNats, partner: Partner, house: House
) -> None:
    poison = body(nw.shipment("N1"))
    broken = breaking(house, ZeroDivisionError("a fault of ours"), times=QUICK.deliveries)
    with feeds_at(server.url, broken):
        until_open(partner)
        partner.publish(EVENTS, poison, X_Correlation_Id="affair-7")
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is out of the way")
        partner.publish(EVENTS, body(nw.shipment("N2")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "the next is stored")

    dead = partner.letter(DEAD_LETTERS)
    assert (dead.subject, dead.data) == ("tollgate.dead.northwind.events", poison)
    assert dead.headers[WHY] == "ZeroDivisionError: a fault of ours"
    assert dead.headers[CORRELATION] == "affair-7"
    assert outcomes(house) == {"recorded": 1}


def test_what_kills_whoever_takes_it_ends_among_the_dead_letters_too(
    server: RunningNats, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        wait_for(lambda: partner.has_own(EVENTS), "the feed has its own")
    partner.publish(EVENTS, body(nw.shipment("N1")))

    async def taken_by_a_process_that_is_killed() -> None:
        durable = await partner.streams.pull_subscribe_bind("tollgate-northwind=events", ARRIVING)
        for _ in range(QUICK.deliveries):
            await durable.fetch(1, timeout=3)

    partner.run(taken_by_a_process_that_is_killed())
    with feeds_at(server.url, house):
        wait_for(lambda: partner.waiting(DEAD_LETTERS) == 1, "the server's word was heard")
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is out of the way")

    dead = partner.letter(DEAD_LETTERS)
    assert dead.data == body(nw.shipment("N1"))
    assert "delivered 3 times" in dead.headers[WHY]
    assert outcomes(house) == {}


def test_after_the_server_was_killed_and_came_back_all_that_was_published_is_stored(
    server: RunningNats, partner: Partner, house: House
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "the first is stored")
        server.kill()
        server.start()
        again = Partner(server.url)
        again.publish(EVENTS, body(nw.shipment("N2")))
        wait_for(lambda: outcomes(house) == {"recorded": 2}, "the second is stored")
        wait_for(lambda: again.waiting(ARRIVING) == 0, "both are acknowledged")
        again.close()


def test_a_server_that_comes_later_is_found(tmp_path: Path, house: House) -> None:
    server = RunningNats(tmp_path)
    with feeds_at(server.url, house):
        server.start()
        partner = Partner(server.url)
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: outcomes(house) == {"recorded": 1}, "it is stored")
        partner.close()
    server.kill()


def test_when_more_waits_than_may_the_sender_is_refused_and_what_waits_is_kept(
    server: RunningNats, partner: Partner, house: House
) -> None:
    gone = away(house, times=10**9)
    limits = Limits(
        in_flight=2, backlog=5, again_after_s=0.05, answers_within_s=5.0, connects_within_s=2.0
    )
    with feeds_at(server.url, gone, limits):
        until_open(partner)
        wait_for(lambda: partner.has_own(EVENTS), "the feed has its own")
        for number in range(5):
            partner.publish(EVENTS, body(nw.shipment(f"N{number}")))
        with pytest.raises(APIError, match="maximum messages exceeded"):
            partner.publish(EVENTS, body(nw.shipment("N9")))

        # What is fetched may be one or both: never more than may be in hand.
        wait_for(
            lambda: 1 <= partner.held()["tollgate-northwind=events"] <= 2,
            "some are held, and no more than may be",
        )
        database: Any = gone.database
        database.times = 0
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "all are stored")
    assert outcomes(house) == {"recorded": 5}


FLOODING = Feed(
    partner="flooding", name="events", format=Format.CLOUDEVENTS, in_flight=2, backlog=1
)
"""After its first message nobody decides, each further one is told to come later."""
FLOOD = "tollgate.in.flooding.events"


def flooded(partner: Partner, house: House) -> None:
    """More of the flooding feed is there than may wait, and some of it is held in hand."""
    for number in range(40):
        partner.publish(FLOOD, body(nw.shipment(f"F{number}")))
    wait_for(lambda: outcomes(house) == {"recorded": 1}, "the first is stored")
    wait_for(lambda: is_held(partner), "some are in hand, and no more than may be")


def is_held(partner: Partner) -> bool:
    return 1 <= partner.held()["tollgate-flooding=events"] <= FLOODING.in_flight


def test_a_partner_that_floods_and_is_held_leaves_the_others_alone(
    server: RunningNats, partner: Partner, house: House, drafts: Drafts
) -> None:
    feeds_in_force(house, drafts, FLOODING, *FEEDS)
    with feeds_at(server.url, house):
        until_open(partner)
        wait_for(lambda: partner.has_own(FLOOD, EVENTS), "each feed has its own")
        flooded(partner, house)

        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: outcomes(house) == {"recorded": 2}, "another's is stored", within_s=5)
        partner.publish("tollgate.in.stranger.events", body(nw.shipment("N2")))
        wait_for(lambda: "refused" in outcomes(house), "a stranger's is kept", within_s=5)

        assert is_held(partner)
        wait_for(lambda: partner.waiting(ARRIVING) == 39, "all but the flood is acknowledged")


def test_a_feed_that_comes_into_force_gets_a_consumer_of_its_own(
    server: RunningNats, partner: Partner, house: House, drafts: Drafts
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        wait_for(lambda: partner.has_own(EVENTS), "the feeds in force have their own")
        feeds_in_force(house, drafts, FLOODING, *FEEDS)
        wait_for(lambda: partner.has_own(FLOOD), "the new one has, too")
        flooded(partner, house)


def test_a_feed_that_is_gone_is_read_on_and_nothing_of_it_stays_with_the_server(
    server: RunningNats, partner: Partner, house: House, drafts: Drafts
) -> None:
    with feeds_at(server.url, house):
        until_open(partner)
        wait_for(lambda: partner.has_own(EVENTS), "the feeds in force have their own")
    feeds_in_force(house, drafts, FLOODING)
    with feeds_at(server.url, house):
        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")
    assert outcomes(house) == {"refused": 1}


def test_in_a_stream_that_is_a_work_queue_all_feeds_share_one_consumer(
    server: RunningNats, partner: Partner, house: House
) -> None:
    made = partner.streams.add_stream(
        name=ARRIVING, subjects=["tollgate.in.>"], retention="workqueue"
    )
    partner.run(made)
    with feeds_at(server.url, house):
        until_open(partner)
        partner.publish(EVENTS, body(nw.shipment("N1")))
        wait_for(lambda: partner.waiting(ARRIVING) == 0, "it is acknowledged")
        assert not partner.has_own(EVENTS)
    assert outcomes(house) == {"recorded": 1}


def test_a_flood_of_one_feed_is_refused_before_the_others_have_no_room(
    server: RunningNats, partner: Partner, house: House
) -> None:
    limits = msgspec.structs.replace(QUICK, backlog=100, backlog_of_feed=5)
    with feeds_at(server.url, away(house, times=10**9), limits):
        until_open(partner)
        for number in range(5):
            partner.publish(EVENTS, body(nw.shipment(f"N{number}")))
        with pytest.raises(APIError, match="maximum messages per subject exceeded"):
            partner.publish(EVENTS, body(nw.shipment("N9")))
        partner.publish("tollgate.in.stranger.events", body(nw.shipment("N9")))


def outgoing(event_id: str) -> Outgoing:
    return Outgoing(
        event_id=event_id,
        type="decision.changed",
        subject="shipment:N1",
        body=b'{"verdict":"release"}',
        correlation_id="affair-7",
        created_at=datetime(2026, 3, 5, tzinfo=UTC),
    )


def test_the_same_event_sent_twice_is_there_once(server: RunningNats, partner: Partner) -> None:
    with BrokerSender(server.url, "/tollgate/main") as sender:
        for event_id in ("e1", "e1", "e2"):
            sender.send(outgoing(event_id))

    assert partner.waiting("tollgate-out") == 2
    letter = partner.letter("tollgate-out")
    assert (letter.subject, letter.data) == (
        "tollgate.out.decision.changed",
        b'{"verdict":"release"}',
    )
    assert letter.headers["ce-id"] == letter.headers["Nats-Msg-Id"] == "e1"
    assert letter.headers["ce-source"] == "/tollgate/main"
    assert letter.headers[CORRELATION] == "affair-7"


def test_a_destination_may_have_an_address_of_its_own_if_a_stream_has_it(
    server: RunningNats, partner: Partner
) -> None:
    destination = Destination(
        partner="acme",
        name="bus",
        kind=Kind.BROKER,
        events=("decision.changed",),
        subject="acme.billing",
        timeout_s=2,
    )
    made = broker_maker(server.url, "/tollgate/main")
    with made(destination, "") as sender:
        with pytest.raises(NotSentError, match="NoStreamResponse"):
            sender.send(outgoing("e1"))
        partner.run(partner.streams.add_stream(name="acme", subjects=["acme.>"]))
        sender.send(outgoing("e1"))

    assert partner.letter("acme").headers["ce-id"] == "e1"


def test_without_any_broker_a_destination_says_what_is_missing() -> None:
    destination = Destination(partner="acme", name="bus", kind=Kind.BROKER, events=("x",))
    with (
        broker_maker("", "/tollgate/main")(destination, "") as sender,
        pytest.raises(DeploymentError, match="TOLLGATE_BROKER_URL"),
    ):
        sender.send(outgoing("e1"))


def test_a_secret_signs_in_and_is_in_no_message() -> None:
    assert _signed_in("amqp://old@host:5672/v", "us er:p@ss") == "amqp://us%20er:p%40ss@host:5672/v"


def test_an_event_that_is_not_confirmed_is_to_be_sent_again(
    server: RunningNats,
) -> None:
    with BrokerSender(server.url, "/tollgate/main", within_s=1.0) as sender:
        sender.send(outgoing("e1"))
        server.kill()
        with pytest.raises(NotSentError) as refused:
            sender.send(outgoing("e2"))
        assert refused.value.retry
        server.start()
        wait_for(lambda: _goes(sender, "e2"), "it is connected again")


def test_without_a_server_an_event_is_to_be_sent_again(tmp_path: Path) -> None:
    server = RunningNats(tmp_path)
    with BrokerSender(server.url, "/tollgate/main", within_s=1.0) as sender:
        with pytest.raises(NotSentError) as refused:
            sender.send(outgoing("e1"))
        assert refused.value.retry
        server.start()
        sender.send(outgoing("e1"))
    server.kill()


def _goes(sender: BrokerSender, event_id: str) -> bool:
    try:
        sender.send(outgoing(event_id))
    except NotSentError:
        return False
    return True
