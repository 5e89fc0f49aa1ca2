"""A feed that falls silent holds what waits for it, and what waits moves when it is back."""

import json
from dataclasses import replace as replaced
from typing import Any

import msgspec
import pytest

from app.evidence.intake.feed import Feed, Format, Lane
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.look_up import current_decisions
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from app.operations.receiving.watch_feeds import watch_feeds
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock, drafts

CARRIER = Feed(
    partner="abfl",
    name="status",
    format=Format.CLOUDEVENTS,
    system="carrier",
    instance="ABFL",
    silent_after_minutes=180,
)
WAREHOUSE = msgspec.structs.replace(
    CARRIER, partner="north", name="ships", system="wms", instance="north"
)


def with_feeds(house: House, *feeds: Feed) -> None:
    found: Drafts = drafts()
    profiles = msgspec.structs.replace(found.profiles, feeds=feeds)
    accept_editions(house, msgspec.structs.replace(found, profiles=profiles))
    drain(house)


def drain(house: House) -> None:
    while sum(drain_due(house, lane).rows for lane in Lane):
        pass


def by_feed(house: House, feed: Feed, *events: dict[str, Any]) -> None:
    came = Came(partner=feed.partner, feed=feed.name)
    raw = json.dumps(list(events)).encode()
    record_messages(house, raw, "events", media="application/json", came=came)


def blocking(house: House) -> list[str]:
    drain(house)
    (decision,) = current_decisions(house)
    return [hold.code for hold in decision.holds if hold.blocks]


@pytest.fixture
def watched(house: House) -> House:
    """A house that expects its carrier to say something every three hours."""
    with_feeds(house, CARRIER)
    return house


def under_way(house: House) -> None:
    before, delivered = nw.moved("N1")[:-1], nw.moved("N1")[-1]
    nw.record(house, *before[:3])
    by_feed(house, CARRIER, *before[3:])
    assert delivered["data"]["milestone"]["status"] == "delivered"


def test_silence_beyond_the_rhythm_holds_what_waits_and_the_return_moves_it(
    watched: House, clock: SetClock
) -> None:
    under_way(watched)
    clock.forward(2)
    assert watch_feeds(watched) == 0
    assert "SOURCE_DOWN" not in blocking(watched)

    clock.forward(1)
    assert watch_feeds(watched) == 1
    assert "SOURCE_DOWN" in blocking(watched)
    assert watch_feeds(watched) == 0

    clock.forward(1)
    by_feed(watched, CARRIER, nw.moved("N1")[-1])
    assert watch_feeds(watched) == 1
    by_feed(watched, CARRIER, nw.pod("N1"))
    assert blocking(watched) == []


def test_two_that_watch_at_once_say_it_once(watched: House, clock: SetClock) -> None:
    clock.forward(3)
    later = clock.moment
    assert watch_feeds(watched) == 1
    with watched.database.reading(watched.tenant) as store:
        before = store.counts()
    clock.moment = later
    assert watch_feeds(replaced(watched, actor="another")) == 0
    with watched.database.reading(watched.tenant) as store:
        assert store.counts() == before
        (event,) = store.outbox.about("carrier ABFL")
    assert event.type == "feed.silent"


def test_a_feed_never_heard_is_expected_from_the_day_it_was_configured(
    watched: House, clock: SetClock
) -> None:
    clock.forward(2)
    assert watch_feeds(watched) == 0
    clock.forward(1)
    assert watch_feeds(watched) == 1


def test_a_replay_is_no_sign_of_life(watched: House, clock: SetClock) -> None:
    clock.forward(3)
    assert watch_feeds(watched) == 1
    came = Came(partner="abfl", feed="status", replay="backfill")
    raw = json.dumps(nw.moved("N1")[-1]).encode()
    record_messages(watched, raw, "events", media="application/json", came=came)
    assert watch_feeds(watched) == 0


def test_with_the_carrier_down_the_warehouse_still_counts_and_is_not_held_for_it(
    house: House, clock: SetClock
) -> None:
    with_feeds(house, CARRIER, WAREHOUSE)
    under_way(house)
    clock.forward(2)
    moved = {"warehouse_shipment": "W1", "order": "O-N1", "status": "shipped", "lines": []}
    by_feed(house, WAREHOUSE, nw.event("warehouse_shipment", moved, system="wms"))
    clock.forward(1)
    assert watch_feeds(house) == 1

    drain(house)
    (decision,) = current_decisions(house)
    down = [hold for hold in decision.holds if hold.code == "SOURCE_DOWN"]
    assert [hold.subject for hold in down] == ["feed:carrier ABFL"]
    with house.database.reading(house.tenant) as store:
        assert store.facts.of_entities(["warehouse_shipment"])
