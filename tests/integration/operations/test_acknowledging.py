"""Whoever sends X12 is told by a 997 what was accepted of it: once, under its own number."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app.billing.destination import Destination, Kind
from app.billing.events import X12_ACKNOWLEDGED, X12Acknowledged
from app.entrypoints.api.examples.sent import X12
from app.errors import NotFoundError
from app.infrastructure.sending.senders import Senders
from app.infrastructure.storage.rows import StoredEvent
from app.operations.house import House
from app.operations.receiving.acknowledge import FIRST_NUMBER, acknowledgement
from app.operations.receiving.mend_message import mend_message
from app.operations.receiving.record_messages import Receipt, record_messages
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from tests.integration.operations import northwind as nw

SENT = X12.encode()


def record(house: House, raw: bytes = SENT) -> Receipt:
    return record_messages(house, raw, "status.edi", media="application/edi-x12")


def numbered(raw: bytes, number: bytes) -> bytes:
    """The same interchange under another control number."""
    return raw.replace(b"000000007", number)


def told(house: House) -> tuple[StoredEvent, ...]:
    with house.database.writing(house.tenant) as store:
        events = store.outbox.waiting(100)
    return tuple(event for event in events if event.type == X12_ACKNOWLEDGED)


def test_what_came_is_answered_and_asking_again_gives_the_same_bytes(house: House) -> None:
    receipt = record(house)
    answer = acknowledgement(house, receipt.delivery_id)
    assert answer.startswith(b"ISA*00*          *00*          *ZZ*TOLLGATE       *ZZ*ACME  ")
    assert b"AK2*214*0001~\nAK5*A~\nAK9*A*1*1*1~\n" in answer
    assert record(house).messages[0].outcome == "duplicate"
    assert acknowledgement(house, receipt.delivery_id) == answer
    assert len(told(house)) == 1


def test_the_event_holds_the_very_997_and_is_about_the_partner(house: House) -> None:
    receipt = record(house)
    (event,) = told(house)
    said = msgspec.json.decode(event.body, type=X12Acknowledged)
    assert (event.subject, said.partner, said.delivery_id) == (
        "standard",
        "standard",
        receipt.delivery_id,
    )
    assert said.acknowledgement.encode() == acknowledgement(house, receipt.delivery_id)
    assert said.acknowledgement.endswith(f"IEA*1*{said.control_number}~\n")


def test_no_two_997s_have_the_same_number_nor_one_of_an_invoice(house: House) -> None:
    two = numbered(SENT, b"000000008") + numbered(SENT, b"000000009")
    for raw in (SENT, two):
        record(house, raw)
    numbers = [
        msgspec.json.decode(e.body, type=X12Acknowledged).control_number for e in told(house)
    ]
    assert len(set(numbers)) == 3
    assert all(FIRST_NUMBER <= number <= 999_999_999 for number in numbers)


def test_each_interchange_of_a_delivery_is_answered_in_its_order(house: House) -> None:
    other = SENT.replace(b"GE*1*7~", b"GE*1*9~").replace(b"*1015*7*X", b"*1015*9*X")
    two = numbered(SENT, b"000000008") + numbered(other, b"000000009")
    answer = acknowledgement(house, record(house, two).delivery_id)
    assert answer.count(b"ISA*") == 2
    assert answer.index(b"AK1*QM*7~") < answer.index(b"AK1*QM*9~")


def test_a_message_id_with_other_content_is_told_as_refused(house: House) -> None:
    record(house)
    other = record(house, SENT.replace(b"AT7*D1", b"AT7*X3"))
    assert other.messages[0].outcome == "conflict"
    assert b"AK5*R*23~\nAK9*R*1*1*0~\n" in acknowledgement(house, other.delivery_id)


def test_a_transaction_that_came_before_in_other_bytes_is_accepted(house: House) -> None:
    record(house)
    again = record(house, SENT + b"\n")
    assert again.messages[0].outcome == "duplicate"
    assert b"AK5*A~" in acknowledgement(house, again.delivery_id)


def test_what_is_no_x12_or_holds_no_group_has_no_997(house: House) -> None:
    for receipt in (nw.record(house, nw.shipment("N1")), record(house, b"ISA*00*cut")):
        with pytest.raises(NotFoundError, match="has no 997"):
            acknowledgement(house, receipt.delivery_id)
    with pytest.raises(NotFoundError, match="there is no delivery"):
        acknowledgement(house, "0" * 64)
    assert told(house) == ()


def test_a_997_that_we_get_is_never_answered(house: House) -> None:
    answer = acknowledgement(house, record(house).delivery_id)
    with pytest.raises(NotFoundError, match="has no 997"):
        acknowledgement(house, record(house, answer).delivery_id)


def test_bytes_that_a_person_handed_in_are_not_answered(house: House) -> None:
    record(house, SENT.replace(b"20260310*0930", b"20260231*0930"))
    with house.database.reading(house.tenant) as store:
        (aside,) = store.messages.latest(outcome="refused", limit=9)
    mended = mend_message(house, aside.seq, SENT, "there is no such day")
    assert mended.outcome == "recorded"
    with pytest.raises(NotFoundError, match="has no 997"):
        acknowledgement(house, mended.receipt.delivery_id)


def test_the_997_lands_in_the_partners_own_folder_and_in_no_others(
    house: House, tmp_path: Path
) -> None:
    places = {name: tmp_path / name for name in ("standard", "other")}
    for place in places.values():
        place.mkdir()
    destinations = tuple(
        Destination(
            partner=name,
            name="answers",
            kind=Kind.FILE,
            events=(X12_ACKNOWLEDGED,),
            folder=str(place),
        )
        for name, place in places.items()
    )
    receipt = record(house)
    fan_out(house, destinations)
    with Senders(None, house.tenant, lambda: datetime(2026, 4, 1, tzinfo=UTC)) as senders:
        send_due(house, senders, destinations)

    (written,) = places["standard"].iterdir()
    assert written.suffix == ".edi"
    assert written.read_bytes() == acknowledgement(house, receipt.delivery_id)
    assert list(places["other"].iterdir()) == []
