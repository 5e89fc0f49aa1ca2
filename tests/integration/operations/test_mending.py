"""What was kept aside is shown with its bytes, mended by a person, and told of."""

import json

import msgspec
import pytest

from app.billing.events import MESSAGE_QUARANTINED, MessageQuarantined
from app.errors import NotFoundError, RequestError
from app.operations.house import House
from app.operations.receiving.mend_message import mend_message
from app.operations.receiving.quarantine import quarantine, show_aside
from app.operations.receiving.record_messages import record_messages
from app.operations.receiving.reread import reread
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.remapped import interchange, maps_say, receive, status
from tests.integration.operations.test_rereading import counted


def bad_count() -> bytes:
    return interchange(status("D1")).replace(b"SE*6*", b"SE*7*")


def bad_moment() -> bytes:
    return interchange(status("D1")).replace(b"*20260302*0815*", b"*2026o302*0815*")


def events_of(house: House) -> list[MessageQuarantined]:
    with house.database.writing("main") as store:
        found = [event for event in store.outbox.waiting(9) if event.type == MESSAGE_QUARANTINED]
    return [msgspec.json.decode(event.body, type=MessageQuarantined) for event in found]


def test_what_is_refused_is_told_once_in_the_transaction_that_keeps_it(house: House) -> None:
    receipt = receive(house, bad_moment())
    receive(house, bad_moment())
    (told,) = events_of(house)
    assert (told.delivery_id, told.format, told.kind) == (receipt.delivery_id, "x12", "214")
    assert told.faults[-1].code == "VALUE_UNREADABLE"
    assert [each.seq for each in quarantine(house)] == [told.seq]


def test_the_list_is_asked_by_partner_code_and_time(house: House, clock: SetClock) -> None:
    maps_say(house)
    receive(house, bad_moment())
    clock.forward(1)
    record_messages(house, b"\x00\x01 what", "noise.bin", media="")
    codes = [each.faults[-1].code for each in quarantine(house)]
    assert codes == ["FORMAT_NOT_READ", "VALUE_UNREADABLE"]
    assert len(quarantine(house, partner="bender")) == 1
    assert len(quarantine(house, code="FORMAT_NOT_READ")) == 1
    assert len(quarantine(house, since=clock.moment)) == 1
    assert len(quarantine(house, limit=1)) == 1
    assert quarantine(house, partner="nobody") == ()


def test_a_fault_is_shown_with_the_bytes_that_stand_there(house: House) -> None:
    receive(house, bad_moment())
    (aside,) = quarantine(house)
    shown = show_aside(house, aside.seq)
    found = shown.faults[-1].found
    assert found.before.endswith("LX*1~\\x0a")
    assert found.here.startswith("AT7*D1*NS***2026o302*0815*LT~")
    assert shown.open


def test_a_fault_of_an_event_is_shown_with_its_value(house: House) -> None:
    nw.record(house, nw.shipment("N1"), nw.shipment("N2", weight="-5"))
    (aside,) = quarantine(house)
    (fault,) = show_aside(house, aside.seq).faults
    assert fault.found.path == "$[1].data.shipment.weight.value"
    assert fault.found.here == '"-5"'


def test_edited_bytes_are_recorded_and_both_versions_are_kept(house: House) -> None:
    before = receive(house, bad_moment())
    (aside,) = quarantine(house)
    good = interchange(status("D1"))
    mended = mend_message(house, aside.seq, good, "the o was a zero")
    assert (mended.outcome, mended.closed) == ("recorded", (aside.seq,))
    assert quarantine(house) == ()
    shown = show_aside(house, aside.seq)
    assert not shown.open
    assert [each.reason for each in shown.mendings] == ["the o was a zero"]
    with house.database.reading("main") as store:
        assert store.messages.delivery(before.delivery_id).raw == bad_moment()
        assert store.messages.delivery(shown.mendings[0].delivery_id).raw == good


def test_mending_again_with_the_same_bytes_changes_nothing(house: House) -> None:
    receive(house, bad_moment())
    (aside,) = quarantine(house)
    mend_message(house, aside.seq, interchange(status("D1")), "a typing error")
    before = counted(house)
    again = mend_message(house, aside.seq, interchange(status("D1")), "again")
    assert again.outcome == "recorded"
    assert counted(house) == before
    assert len(show_aside(house, aside.seq).mendings) == 1


def test_what_is_still_refused_stays_open_says_why_and_is_no_message_of_its_own(
    house: House,
) -> None:
    receive(house, bad_moment())
    (aside,) = quarantine(house)
    worse = bad_moment().replace(b"LX*1", b"LX*2")
    for _ in range(2):
        mended = mend_message(house, aside.seq, worse, "hope")
        assert (mended.outcome, mended.closed) == ("refused", ())
    assert [each.seq for each in quarantine(house)] == [aside.seq]
    (tried,) = show_aside(house, aside.seq).mendings
    assert (tried.outcome, tried.faults[-1].code) == ("refused", "VALUE_UNREADABLE")


def test_an_attempt_that_a_mended_map_can_read_closes_what_it_was_made_for(house: House) -> None:
    maps_say(house, strict=True)
    receive(house, bad_moment())
    (aside,) = quarantine(house)
    tried = mend_message(house, aside.seq, bad_count(), "the o was a zero")
    assert tried.outcome == "refused"
    maps_say(house)
    assert reread(house, tried.receipt.delivery_id, tag="t").closed == 2
    assert quarantine(house) == ()


def test_one_of_several_in_a_file_is_closed_by_its_own_id(house: House) -> None:
    maps_say(house)
    one, two = status("D1"), status("D1", number=2, shipment="SHP-78")
    both = interchange(one, two).replace(b"*20260302*0815*", b"*2026o302*0815*")
    receive(house, both)
    second, first = quarantine(house)
    half = both.replace(b"2026o302", b"20260302", 1)
    assert mend_message(house, first.seq, half, "first").closed == (first.seq,)
    assert [each.seq for each in quarantine(house)] == [second.seq]
    whole = mend_message(house, second.seq, interchange(one, two), "second")
    assert whole.closed == (second.seq,)
    assert quarantine(house) == ()


def test_a_conflict_is_mended_by_another_id(house: House) -> None:
    nw.record(house, nw.shipment("N1", id="m1"))
    nw.record(house, nw.shipment("N1", weight="9999", id="m1"))
    (aside,) = quarantine(house)
    assert aside.outcome == "conflict"
    edited = json.dumps(nw.shipment("N1", weight="9999", id="m1-corrected")).encode()
    mend_message(house, aside.seq, edited, "the sender counts anew each day")
    assert quarantine(house) == ()


def test_nothing_is_mended_without_a_reason_or_without_a_fault(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    with pytest.raises(NotFoundError):
        mend_message(house, 1, b"x", "why not")
    receive(house, bad_moment())
    (aside,) = quarantine(house)
    before = counted(house)
    with pytest.raises(RequestError):
        mend_message(house, aside.seq, interchange(status("D1")), " ")
    assert counted(house) == before


def test_what_was_mended_by_other_bytes_is_not_read_again_from_the_first_ones(house: House) -> None:
    maps_say(house, strict=True)
    first = receive(house, bad_count())
    (aside,) = quarantine(house)
    edited = interchange(status("D1"), number=7)
    mend_message(house, aside.seq, edited, "the count was wrong, and so was the number")
    before = counted(house)
    still = reread(house, first.delivery_id, tag="t")
    assert (still.refused, still.recorded) == (0, 0)
    maps_say(house)
    assert reread(house, first.delivery_id, tag="t").recorded == 0
    assert counted(house) == before
