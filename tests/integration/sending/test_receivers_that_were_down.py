"""From what was told to a real receiver: whoever was down gets everything, in order per unit."""

import base64
import json
from collections import defaultdict
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from app.billing.destination import Destinations
from app.digest import canonical, digest
from app.infrastructure.sending.senders import Senders
from app.main import now
from app.operations.house import House
from app.operations.sending.couriers import Couriers
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import SentOut, send_due
from app.operations.sending.send_told import send_told
from tests.integration.sending.receivers import Answer, Receiver
from tests.integration.sending.told import SetClock, counted, destination, tell

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of a good secret").decode()
UNITS = ("shipment:1", "shipment:2", "shipment:3")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "hook").write_text(SECRET + "\n")
    return folder


def test_a_receiver_that_was_down_gets_everything_once_it_is_back_in_order_per_unit(
    house: House, clock: SetClock, receiver: Receiver, secrets: Path
) -> None:
    billing = destination(url=receiver.url, secret="hook", timeout_s=20)
    receiver.always = Answer(503)
    with Senders(secrets, house.tenant, now) as senders:
        for number in range(12):
            tell(house, f'{{"n":{number}}}', subject=UNITS[number % 3])
            fan_out(house, [billing])
            send_due(house, senders, [billing])
            clock.forward(60)
        assert set(counted(house)) == {("acme/billing", "waiting")}
        tried = len(receiver.requests)
        assert tried < 24  # most of the time it was left alone

        receiver.always = Answer(204)
        for _ in range(20):
            clock.forward(4000)
            send_due(house, senders, [billing])

    assert counted(house) == {("acme/billing", "sent"): 12}
    arrived = defaultdict(list)
    for request in receiver.requests[tried:]:
        event = Webhook(SECRET).verify(request.body, request.headers)
        arrived[event["subject"]].append(event["data"]["n"])
    assert arrived == {unit: [n for n in range(12) if UNITS[n % 3] == unit] for unit in UNITS}


def test_a_secret_that_turns_up_later_is_used_and_what_waited_is_sent(
    house: House, clock: SetClock, receiver: Receiver, secrets: Path
) -> None:
    billing = destination(url=receiver.url, secret="later")
    tell(house, "{}")
    fan_out(house, [billing])
    with Senders(secrets, house.tenant, now) as senders:
        assert send_due(house, senders, [billing]).failed == 1
        with house.database.reading(house.tenant) as store:
            (waiting,) = store.sendings.listed("waiting", at_most=1)
        assert "the secret 'later' is missing" in waiting.last_error
        assert receiver.requests == []

        (secrets / "later").write_text(SECRET)
        clock.forward(60)
        assert send_due(house, senders, [billing]).sent == 1
        (secrets / "later").write_text("whsec_" + "B" * 40)
        tell(house, '{"n":2}')
        fan_out(house, [billing])
        assert send_due(house, senders, [billing]).sent == 1

    first, second = receiver.requests
    assert Webhook(SECRET).verify(first.body, first.headers)["data"] == {}
    event = Webhook("whsec_" + "B" * 40).verify(second.body, second.headers)
    assert json.loads(second.body) == event


def test_one_turn_takes_what_was_told_all_the_way_to_the_destinations_in_force(
    house: House, receiver: Receiver, secrets: Path
) -> None:
    billing = destination(url=receiver.url, secret="hook")
    tell(house, "{}")
    with Senders(secrets, house.tenant, now) as senders, Couriers[SentOut](None) as couriers:
        with house.database.writing(house.tenant) as store:
            body = canonical(Destinations(destinations=(billing,)))
            store.editions.add(digest=digest(body), kind="destinations", name="standard", body=body)
            store.editions.accept(
                kind="destinations",
                name="standard",
                digest=digest(body),
                accepted_at=house.now(),
                actor="test",
            )

        assert send_told(house, senders, couriers) == 2  # told, and sent
        assert send_told(house, senders, couriers) == 0

    assert len(receiver.requests) == 1
