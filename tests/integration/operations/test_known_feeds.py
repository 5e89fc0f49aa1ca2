"""Feeds can be looked at: when they were heard, how late they are, what became of what came."""

from datetime import timedelta
from typing import Any

import msgspec

from app.access import Person, Role
from app.digest import canonical
from app.evidence.intake.feed import Feed
from app.infrastructure.storage.rows import Finding
from app.operations.changing.accept_editions import accept_editions
from app.operations.clearing.assign_hold import assign_hold
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.feeds import PEOPLE, FeedKnown, known_feeds
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import START, SetClock, drafts
from tests.integration.operations.test_watching_feeds import CARRIER, WAREHOUSE


def with_feeds(house: House, *feeds: Feed) -> None:
    found = drafts()
    profiles = msgspec.structs.replace(found.profiles, feeds=feeds)
    accept_editions(house, msgspec.structs.replace(found, profiles=profiles))


def sent(house: House, feed: Feed, *events: dict[str, Any], replay: str = "") -> None:
    came = Came(partner=feed.partner, feed=feed.name, replay=replay)
    record_messages(house, canonical(list(events)), "e", media="application/json", came=came)


def delivered(number: str, minutes_ago: int, **said: Any) -> dict[str, Any]:
    """A delivery that is told of so many minutes after it happened."""
    milestone = {"status": "delivered", **said}
    event = nw.event("milestone", {"shipment": number, **milestone}, system="carrier")
    at = (START - timedelta(minutes=minutes_ago)).isoformat()
    event["time"] = at
    event["id"] = number
    event["data"]["occurred_at"] = at
    return event


def known(house: House) -> dict[str, FeedKnown]:
    return {each.feed: each for each in known_feeds(house).feeds}


def test_a_feed_is_told_with_its_lag_its_rhythm_and_what_became_of_its_messages(
    house: House, clock: SetClock
) -> None:
    with_feeds(house, CARRIER, WAREHOUSE)
    sent(house, CARRIER, *(delivered(f"N{ago}", ago) for ago in range(1, 11)))
    sent(house, CARRIER, delivered("N20", 5, surprise=True))

    feed = known(house)["abfl/status"]
    assert (feed.recorded, feed.refused, feed.conflict, feed.kept_aside) == (10, 1, 0, 1)
    assert (feed.lag_p50_s, feed.lag_p90_s) == (5 * 60, 9 * 60)
    assert (feed.last_message_at, feed.silent_after_minutes) == (START, 180)
    assert (feed.configured, feed.silent_since) == (True, None)
    assert feed.waiting == 10

    while drain_due(house, CARRIER.lane).rows:
        pass
    clock.forward(4)
    feed = known(house)["abfl/status"]
    assert feed.silent_since == START + timedelta(hours=3)
    assert feed.waiting == 0


def test_after_a_day_messages_are_counted_no_more_and_what_is_open_still_is(
    house: House, clock: SetClock
) -> None:
    with_feeds(house, CARRIER)
    sent(house, CARRIER, delivered("N1", 1))
    sent(house, CARRIER, delivered("N2", 1, surprise=True))
    clock.forward(25)
    feed = known(house)["abfl/status"]
    assert (feed.recorded, feed.refused, feed.kept_aside) == (0, 0, 1)
    assert (feed.last_message_at, feed.lag_p50_s) == (START, None)


def test_a_feed_that_was_never_heard_is_told(house: House) -> None:
    with_feeds(house, CARRIER)
    feed = known(house)["abfl/status"]
    assert (feed.last_message_at, feed.recorded, feed.waiting) == (None, 0, 0)


def test_what_comes_by_no_feed_is_told_by_its_sender_however_long_ago_it_came(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"))
    found = known(house)
    unnamed = {name: each for name, each in found.items() if not each.configured}
    assert unnamed
    assert sum(each.recorded for each in unnamed.values()) == len(nw.moved("N1"))
    assert all(each.sender for each in unnamed.values())
    clock.forward(25)
    later = {name: each for name, each in known(house).items() if not each.configured}
    assert later.keys() == unnamed.keys()
    assert {(each.recorded, each.last_message_at) for each in later.values()} == {(0, START)}


def test_every_source_that_was_ever_heard_is_told_however_many_there_are(
    house: House, clock: SetClock
) -> None:
    senders = [("tms", "a"), ("tms", "b"), ("carrier", "b"), ("carrier", "z"), ("wms", "a")]
    for system, instance in senders:
        told = nw.event("shipment", {"shipment": "N1"})
        nw.record(house, {**told, "source": f"/{system}/{instance}"})
    clock.forward(48)
    assert {each.sender for each in known(house).values()} == {"a", "b", "z"}


def test_who_acts_at_the_console_is_called_so(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N-1", "12000"))
    unit = decide_unit(house, "N-1").decision.unit
    ann = Person(name="Ann", role=Role.FINANCE)
    assign_hold(house, ann, unit, form_id="form-0001", hold="POD_MISSING", to="Bo")
    for hours in (0, 48):
        clock.forward(hours)
        assert PEOPLE in known(house)
        assert "no partner, from console" not in known(house)


def test_the_stalest_feeds_come_first(house: House, clock: SetClock) -> None:
    with_feeds(house, CARRIER, WAREHOUSE)
    sent(house, CARRIER, delivered("N1", 1))
    clock.forward(1)
    nw.record(house, *nw.moved("N2"))
    clock.forward(3)
    found = known_feeds(house)
    ordered = [(each.silent_since is None, each.last_message_at) for each in found.stale_first]
    assert ordered[:2] == [(False, None), (False, START)]
    assert {each.feed for each in found.stale_first} == {each.feed for each in found.feeds}
    rest = [at for quiet, at in ordered if quiet]
    assert rest == sorted(rest, key=lambda at: at or START - timedelta(days=99))


def test_a_feed_that_is_configured_no_more_is_told_as_such(house: House, clock: SetClock) -> None:
    with_feeds(house, CARRIER)
    sent(house, CARRIER, delivered("N1", 1))
    with_feeds(house)
    clock.forward(25)
    feed = known(house)["abfl/status"]
    assert (feed.configured, feed.last_message_at) == (False, START)


def test_replays_do_not_count_and_findings_do(house: House) -> None:
    with_feeds(house, CARRIER)
    sent(house, CARRIER, delivered("N1", 1), replay="backfill")
    finding = Finding(
        finding_id="f1",
        partner=CARRIER.partner,
        feed=CARRIER.name,
        code="NEW_CODE",
        detail="AT7-01, X9",
        at=START,
    )
    with house.database.writing(house.tenant) as store:
        store.findings.add(finding)
    feed = known(house)["abfl/status"]
    assert (feed.recorded, feed.last_message_at, feed.findings) == (0, None, 1)
    assert known_feeds(house).findings == (finding,)
