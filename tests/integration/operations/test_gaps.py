"""Gaps in numbered streams are found once."""

from datetime import timedelta

import msgspec

from app.evidence.intake.numbering import Gap, Late
from app.infrastructure.storage.rows import Message
from app.operations.house import House
from app.operations.receiving.gaps import GAP, GRACE, LATE, gaps, watch_gaps
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.remapped import interchange, receive, status


def arrive(house: House, *numbers: int) -> None:
    """Messages of one stream; a reader of numbered formats sets stream and number."""
    delivery = nw.record(house, nw.diesel()).delivery_id
    for number in numbers:
        with house.database.writing("main") as store:
            store.messages.add(numbered(house, delivery, number))


def numbered(house: House, delivery: str, number: int) -> Message:
    return Message(
        source_system="carrier",
        source_instance="ACME",
        source_message_id=f"{number}",
        kind="x12 214",
        delivery_id=delivery,
        outcome="recorded",
        content_digest="c",
        faults=b"[]",
        received_at=house.now(),
        actor="test",
        partner="acme",
        feed="status",
        stream="ACME to US",
        sequence=number,
    )


def test_a_gap_and_what_came_late_are_findings_once(house: House, clock: SetClock) -> None:
    arrive(house, 3, 4, 8, 7)
    assert watch_gaps(house) == 0  # it may be on its way
    clock.moment += GRACE + timedelta(seconds=1)
    assert watch_gaps(house) == 2
    assert watch_gaps(house) == 0
    with house.database.reading("main") as store:
        found = store.findings.latest(partner="acme", limit=9)
        assert [(each.code, each.detail) for each in found] == [
            (LATE, "ACME to US: 7 came after 8"),
            (GAP, "ACME to US: 5 to 6 never came"),
        ]
        assert len(store.findings.latest(code=GAP, limit=9)) == 1


def test_messages_read_again_are_no_numbers_of_their_own(house: House) -> None:
    delivery = nw.record(house, nw.diesel()).delivery_id
    with house.database.writing("main") as store:
        for number in (1, 2):
            store.messages.add(numbered(house, delivery, number))
        again = msgspec.structs.replace(numbered(house, delivery, 1), reading=1)
        store.messages.add(again)
    (stream,) = gaps(house)
    assert (stream.stream, len(stream.runs), stream.runs[0].late) == ("ACME to US", 1, ())


def test_the_control_numbers_of_interchanges_are_a_stream(house: House) -> None:
    for number in (7, 9, 8, 12):
        receive(house, interchange(status("D1", shipment=f"S-{number}"), number=number))
    (stream,) = gaps(house)
    (run,) = stream.runs
    assert (run.gaps, run.late) == ((Gap(10, 11),), (Late(8, 9),))
