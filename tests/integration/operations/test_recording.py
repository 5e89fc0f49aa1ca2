"""What is kept of messages: once, whole, and with the reason where they cannot be read."""

import json

from app.operations.house import House
from app.operations.receiving.record_messages import record_messages
from tests.integration.operations import northwind as nw


def counts(house: House) -> tuple[dict[str, int], int]:
    with house.database.reading("main") as store:
        found = store.counts()
    return found.messages, found.facts


def test_the_same_message_twice_is_one(house: House) -> None:
    first = nw.record(house, nw.shipment("N1"))
    again = nw.record(house, nw.shipment("N1"))
    assert [first.messages[0].outcome, again.messages[0].outcome] == ["recorded", "duplicate"]
    assert first.messages[0].fact_ids == again.messages[0].fact_ids
    assert counts(house) == ({"recorded": 1}, 1)


def test_the_same_content_under_another_message_id_is_seen_as_a_resend(house: House) -> None:
    nw.record(house, nw.shipment("N1", id="m1"))
    again = nw.record(house, nw.shipment("N1", id="m2"))
    assert (again.messages[0].outcome, again.messages[0].resends) == ("recorded", 1)


def test_a_message_id_with_other_content_is_refused_and_kept(house: House) -> None:
    nw.record(house, nw.shipment("N1", id="m1"))
    other = nw.record(house, nw.shipment("N1", weight="9999", id="m1"))
    assert other.messages[0].outcome == "conflict"
    assert other.messages[0].faults[0].code == "MESSAGE_ID_REUSED"
    assert counts(house) == ({"recorded": 1, "conflict": 1}, 1)


def test_good_neighbours_of_a_bad_event_count_unless_the_sender_sends_all_again(
    house: House,
) -> None:
    bad = nw.shipment("N2", weight="-5")
    receipt = nw.record(house, nw.shipment("N1"), bad)
    assert [message.outcome for message in receipt.messages] == ["recorded", "refused"]
    assert "$[1]" in str(receipt.messages[1].faults[0].place)
    raw = json.dumps([nw.shipment("N3"), bad]).encode()
    whole = record_messages(house, raw, "x.json", media="application/json", whole_or_nothing=True)
    assert [message.outcome for message in whole.messages] == ["refused"]
    assert counts(house)[1] == 1


def test_bytes_that_nobody_can_read_are_kept_with_the_reason(house: House) -> None:
    receipt = record_messages(house, b"\x00\x01 what", "noise.bin", media="")
    assert receipt.messages[0].outcome == "refused"
    with house.database.reading("main") as store:
        assert store.messages.delivery(receipt.delivery_id).raw == b"\x00\x01 what"
        (message,) = store.messages.latest(outcome="refused", limit=9)
    assert b"FORMAT_NOT_READ" in message.faults


def test_one_tenant_does_not_see_the_facts_of_another(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    with house.database.reading("other") as store:
        assert store.facts.keys_with_value("N1") == ()


def test_a_message_from_next_year_is_refused(house: House) -> None:
    ahead = nw.record(house, nw.shipment("N1", time="2098-01-01T00:00:00Z"))
    assert ahead.messages[0].outcome == "refused"
    assert ahead.messages[0].faults[0].code == "TIME_AHEAD"
