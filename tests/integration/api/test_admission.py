"""No sender's flood makes another wait: who finds no place is told when to come again."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from pydantic import SecretStr

from app.entrypoints.api.admission import OF_ONE_SENDER, Places
from app.errors import BusyError
from app.operations.house import House
from app.operations.receiving import record_messages as recording
from app.settings import Settings
from tests.integration.api.asking import entrance
from tests.integration.api.conftest import Client
from tests.integration.operations import northwind as nw

MEDIA = {"content-type": "application/json"}


class SlowClock:
    """A clock that stands still until it is let go: whoever records a message waits for it."""

    def __init__(self, house: House) -> None:
        self._now = house.now
        self.go_on = Event()
        self.waiting = 0

    def __call__(self) -> Any:
        self.waiting += 1
        assert self.go_on.wait(30)
        return self._now()


@pytest.fixture
def clock(house: House) -> SlowClock:
    return SlowClock(house)


@pytest.fixture
def busy(house: House, settings: Settings, clock: SlowClock) -> Iterator[Client]:
    keys = SecretStr("flood:one,small:two")
    opened = settings.model_copy(update={"api_keys": keys})
    with entrance(replace(house, now=clock), opened) as client:
        yield client
        clock.go_on.set()


def post(client: Client, key: str, number: int) -> tuple[int, str]:
    body = json.dumps(nw.order(f"{key}{number}"))
    headers = {**MEDIA, "authorization": f"Bearer {key}"}
    answer = client.post("/v1/events", content=body, headers=headers)
    return answer.status_code, answer.headers.get("retry-after", "")


def test_a_sender_with_all_its_places_taken_is_told_to_come_later_and_another_is_let_in(
    busy: Client, clock: SlowClock
) -> None:
    with ThreadPoolExecutor(OF_ONE_SENDER + 1) as threads:
        inside = [threads.submit(post, busy, "one", n) for n in range(OF_ONE_SENDER)]
        while clock.waiting < OF_ONE_SENDER:
            assert not any(each.done() for each in inside)
        assert post(busy, "one", 9) == (429, "1")
        other = threads.submit(post, busy, "two", 1)
        while clock.waiting < OF_ONE_SENDER + 1:
            assert not other.done()
        clock.go_on.set()
        assert [each.result()[0] for each in (*inside, other)] == [200] * (OF_ONE_SENDER + 1)

    assert post(busy, "one", 9) == (200, "")


def test_questions_are_answered_while_every_place_is_taken(busy: Client, clock: SlowClock) -> None:
    with ThreadPoolExecutor(OF_ONE_SENDER) as threads:
        inside = [threads.submit(post, busy, "one", n) for n in range(OF_ONE_SENDER)]
        while clock.waiting < OF_ONE_SENDER:
            assert not any(each.done() for each in inside)
        asked = busy.get("/v1/shipments/N1", headers={"authorization": "Bearer one"})
        assert asked.status_code == 404
        clock.go_on.set()
        assert [each.result()[0] for each in inside] == [200] * OF_ONE_SENDER


def test_all_places_are_given_back_and_all_together_are_limited() -> None:
    async def story() -> None:
        places = Places(of_one=2, of_all=3, patience_s=0.01)
        for sender in ("a", "a", "b"):
            await places.enter(sender)
        with pytest.raises(BusyError, match="as many messages as can be"):
            await places.enter("c")
        places.leave("a", 0.0)
        await places.enter("c")
        for sender in ("a", "b", "c"):
            places.leave(sender, 0.0)
        assert not places.inside

    asyncio.run(story())


def test_whoever_waits_is_let_in_one_of_each_sender_in_turn() -> None:
    async def story() -> None:
        places = Places(of_one=1, of_all=1, patience_s=30.0)
        entered: list[str] = []

        async def come(sender: str) -> None:
            await places.enter(sender)
            entered.append(sender)

        await places.enter("a")
        waiting = [asyncio.create_task(come(sender)) for sender in ("a", "a", "b")]
        await asyncio.sleep(0)
        for number, last in enumerate(("a", "a", "b"), start=1):
            places.leave(last, 0.0)
            while len(entered) < number:  # noqa: ASYNC110  one turn of the loop, no time
                await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        assert entered == ["a", "b", "a"]

    asyncio.run(story())


def test_a_place_that_is_handed_to_somebody_who_has_just_gone_is_not_lost() -> None:
    async def story() -> None:
        places = Places(of_one=1, patience_s=30.0)
        await places.enter("a")
        waiting = asyncio.create_task(places.enter("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        places.leave("a", 0.0)
        (ended,) = await asyncio.gather(waiting, return_exceptions=True)
        if ended is None:  # some Pythons let it in all the same
            places.leave("a", 0.0)
        assert not places.inside
        await asyncio.wait_for(places.enter("a"), 5.0)

    asyncio.run(story())


def test_a_pause_of_one_sender_takes_no_place_from_the_others_and_is_short() -> None:
    async def story() -> None:
        places = Places(of_one=1, of_all=1, patience_s=30.0)
        await places.enter("flood")
        waiting = asyncio.create_task(places.enter("flood"))
        other = asyncio.create_task(places.enter("other"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        places.leave("flood", 3600.0)
        await asyncio.wait_for(other, 5.0)
        assert not waiting.done(), "its place is left free for a while"
        places.leave("other", 0.0)
        await asyncio.wait_for(waiting, 10.0)
        assert places.inside == {"flood": 1}

    asyncio.run(story())


def test_with_many_of_one_sender_waiting_the_next_is_sent_away_at_once() -> None:
    async def story() -> None:
        places = Places(of_one=1, most_waiting=2, patience_s=30.0)
        await places.enter("a")
        waiting = [asyncio.create_task(places.enter("a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="2 messages of this sender wait"):
            await places.enter("a")
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await places.enter("b")

    asyncio.run(story())


def test_a_sender_with_too_much_waiting_to_be_decided_is_told_to_come_later(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "BACKLOG", 2)
    codes = [
        client.post("/v1/events", content=json.dumps(nw.order(str(n))), headers=MEDIA)
        for n in range(3)
    ]
    assert [each.status_code for each in codes] == [200, 200, 429]
    assert codes[2].headers["retry-after"] == "10"
    assert "wait to be decided" in codes[2].json()["detail"]

    shipment = {**nw.shipment("1"), "source": "/tms/other"}
    assert client.post("/v1/events", content=json.dumps(shipment), headers=MEDIA).status_code == 200
