"""Maps are mended and what came is read again: once, in any order, and nothing is taken back."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import msgspec
import pytest

from app.evidence.correlation.in_force import in_force
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.intake.feed import Feed, Format
from app.infrastructure.storage.database import Database
from app.operations.changing.accept_editions import accept_editions
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.quarantine import quarantine
from app.operations.receiving.readings import SAYS_LESS
from app.operations.receiving.record_messages import record_messages
from app.operations.receiving.reread import reread
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock, drafts
from tests.integration.operations.remapped import interchange, maps_say, receive, status

OWN = {"QQ": "delivered"}
"""The partner's own word, which nobody had mapped."""


def standing(house: House, shipment: str = "SHP-77") -> tuple[Fact, ...]:
    with house.database.reading("main") as store:
        keys = store.facts.keys_with_value(shipment)
        return in_force(store.facts.naming(keys).values())


def statuses(house: House, shipment: str = "SHP-77") -> list[MilestoneStatus]:
    said = (fact.said for fact in standing(house, shipment))
    return sorted(each.status for each in said if isinstance(each, Milestone))


def counted(house: House) -> tuple[int, int]:
    with house.database.reading("main") as store:
        return sum(store.counts().messages.values()), store.counts().facts


def test_a_code_that_is_mapped_at_last_takes_the_place_of_what_was_unmapped(house: House) -> None:
    maps_say(house)
    receipt = receive(house, interchange(status("QQ")))
    assert statuses(house) == [MilestoneStatus.UNMAPPED]

    maps_say(house, OWN)
    again = reread(house, receipt.delivery_id, tag="mended")

    assert (again.recorded, again.unchanged, again.refused) == (1, 0, 0)
    assert statuses(house) == [MilestoneStatus.DELIVERED]
    with house.database.reading("main") as store:
        (first, second) = store.messages.of_delivery(receipt.delivery_id)
    assert [first.reading, second.reading] == [0, 1]
    assert [first.replay, second.replay] == ["", "mended"]
    assert second.lane == "bulk"


def test_reading_twice_is_reading_once(house: House) -> None:
    maps_say(house)
    receipt = receive(house, interchange(status("QQ"), status("D1", number=2, shipment="SHP-78")))
    maps_say(house, OWN)
    reread(house, receipt.delivery_id, tag="once")
    before = counted(house)
    again = reread(house, receipt.delivery_id, tag="twice")
    assert (again.recorded, again.unchanged, again.refused) == (0, 2, 0)
    assert counted(house) == before


def test_back_and_forth_ends_with_what_the_maps_in_force_say(house: House) -> None:
    maps_say(house)
    receipt = receive(house, interchange(status("QQ")))
    for words, says in ((OWN, "delivered"), ({}, "unmapped"), ({"QQ": "picked_up"}, "picked_up")):
        maps_say(house, words)
        reread(house, receipt.delivery_id, tag="t")
        assert statuses(house) == [MilestoneStatus(says)]
    maps_say(house, {"QQ": "picked_up"})
    assert receive(house, interchange(status("QQ"))).messages[0].outcome == "duplicate"


def test_the_same_bytes_sent_again_after_a_map_was_mended_are_read_again_and_no_conflict(
    house: House,
) -> None:
    maps_say(house)
    receive(house, interchange(status("QQ")))
    maps_say(house, OWN)
    again = receive(house, interchange(status("QQ")), name="sent again.edi")
    assert [message.outcome for message in again.messages] == ["recorded"]
    assert statuses(house) == [MilestoneStatus.DELIVERED]
    assert receive(house, interchange(status("QQ"))).messages[0].outcome == "duplicate"


def test_other_content_under_the_same_id_stays_a_conflict_whatever_the_maps_say(
    house: House,
) -> None:
    maps_say(house)
    receive(house, interchange(status("QQ")))
    maps_say(house, OWN)
    other = receive(house, interchange(status("QQ", shipment="SHP-99")))
    assert [message.outcome for message in other.messages] == ["conflict"]


def test_what_could_not_be_read_is_recorded_and_leaves_the_quarantine(house: House) -> None:
    maps_say(house, strict=True)
    raw = interchange(status("D1")).replace(b"SE*6*", b"SE*7*")
    receipt = receive(house, raw)
    assert [message.outcome for message in receipt.messages] == ["refused"]
    assert len(quarantine(house)) == 1

    still = reread(house, receipt.delivery_id, tag="too early")
    assert (still.refused, still.closed) == (1, 0)
    assert len(quarantine(house)) == 1

    maps_say(house, strict=False)
    again = reread(house, receipt.delivery_id, tag="mended")
    assert (again.recorded, again.closed) == (1, 1)
    assert quarantine(house) == ()
    assert statuses(house) == [MilestoneStatus.DELIVERED]


def test_a_message_that_cannot_be_read_any_more_keeps_its_facts_and_is_a_finding(
    house: House,
) -> None:
    maps_say(house)
    receipt = receive(house, interchange(status("D1")).replace(b"SE*6*", b"SE*7*"))
    facts = standing(house)
    maps_say(house, strict=True)
    for _ in range(2):
        assert reread(house, receipt.delivery_id, tag="t").refused == 1
    assert standing(house) == facts
    with house.database.reading("main") as store:
        (finding,) = store.findings.latest(limit=9)
    assert finding.code == SAYS_LESS
    assert len(quarantine(house, code=SAYS_LESS)) == 1

    maps_say(house)
    assert reread(house, receipt.delivery_id, tag="t").closed == 1
    assert standing(house) == facts


def test_a_message_that_another_system_would_have_said_is_not_said_twice(house: House) -> None:
    partner = maps_say(house)
    receipt = receive(house, interchange(status("D1")))
    facts = standing(house)
    maps_say(house, systems={**partner.systems, "214": "tms"})
    again = reread(house, receipt.delivery_id, tag="t")
    assert (again.recorded, again.refused) == (0, 1)
    assert standing(house) == facts


def test_the_order_in_which_deliveries_are_read_again_does_not_matter(
    house: House, clock: SetClock
) -> None:
    maps_say(house)
    said = [interchange(status("QQ", shipment=f"S-{n}"), number=n) for n in range(3)]
    # The first message comes once more, in company.
    said.append(interchange(status("QQ", shipment="S-0"), number=0) + said[1] + said[2])
    deliveries = []
    for raw in said:
        clock.forward(1)
        deliveries.append(receive(house, raw).delivery_id)
    maps_say(house, OWN)
    for delivery in reversed(deliveries):
        reread(house, delivery, tag="backwards")
    once = counted(house)
    for order in itertools.islice(itertools.permutations(deliveries), 0, 24, 7):
        assert not any(reread(house, each, tag="again").recorded for each in order)
    assert counted(house) == once
    assert [statuses(house, f"S-{n}") for n in range(3)] == [[MilestoneStatus.DELIVERED]] * 3


@pytest.mark.parametrize("whole", [True, False])
def test_neighbours_of_an_event_that_is_still_refused_are_left_as_their_sender_expects(
    house: House, whole: bool
) -> None:
    raw = json.dumps([nw.shipment("N3"), nw.shipment("N4", weight="-5")]).encode()
    receipt = record_messages(house, raw, "x", media="application/json", whole_or_nothing=whole)
    again = reread(house, receipt.delivery_id, tag="t")
    assert again.recorded == 0
    assert counted(house)[1] == (0 if whole else 1)


def test_units_of_facts_that_changed_are_due_in_the_bulk_lane(house: House) -> None:
    maps_say(house)
    receipt = receive(house, interchange(status("QQ")))
    maps_say(house, OWN)
    with house.database.reading("main") as store:
        before = store.due.waiting("bulk")
    reread(house, receipt.delivery_id, tag="t")
    with house.database.reading("main") as store:
        assert store.due.waiting("bulk") == before + 1


def test_a_message_from_next_year_is_read_again_when_its_time_has_come(
    house: House, clock: SetClock
) -> None:
    receipt = nw.record(house, nw.shipment("N1", time="2026-05-01T00:00:00Z"))
    assert reread(house, receipt.delivery_id, tag="t").refused == 1
    clock.forward(24 * 31)
    again = reread(house, receipt.delivery_id, tag="t")
    assert (again.recorded, again.closed) == (1, 1)


def test_a_delivery_whose_feed_is_gone_is_not_read_by_guessing(house: House) -> None:
    profiles = drafts().profiles
    feed = Feed(partner="acme", name="status", format=Format.X12)
    with_feed = msgspec.structs.replace(profiles, feeds=(feed,))
    accept_editions(house, msgspec.structs.replace(drafts(), profiles=with_feed))
    came = Came(partner="acme", feed="status")
    raw = interchange(status("D1"))
    receipt = record_messages(house, raw, "s.edi", media="application/edi-x12", came=came)
    assert receipt.counted("recorded") == 1
    before = counted(house)
    accept_editions(house, drafts())
    assert reread(house, receipt.delivery_id, tag="t").refused == 1
    assert counted(house) == before


def test_two_processes_that_read_the_same_again_at_once_read_it_once(house: House) -> None:
    maps_say(house)
    number = range(8)
    said = [interchange(status("QQ", shipment=f"S-{n}"), number=n) for n in number]
    deliveries = [receive(house, raw).delivery_id for raw in said]
    maps_say(house, OWN)
    other = Database(house.database._url.render_as_string(hide_password=False))
    houses = (house, replace(house, database=other))
    together = Barrier(4)

    def again(whose: House) -> int:
        together.wait()
        return sum(reread(whose, each, tag="t").recorded for each in deliveries)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(again, houses * 2)) == len(deliveries)
    other.close()
    assert all(statuses(house, f"S-{n}") == [MilestoneStatus.DELIVERED] for n in number)
    assert counted(house) == (2 * len(deliveries), 2 * len(deliveries))
