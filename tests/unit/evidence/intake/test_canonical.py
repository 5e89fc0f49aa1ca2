"""Our own JSON: CloudEvents, one, a batch, or one a line."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.evidence.facts.freight import Shipment
from app.evidence.facts.reference import Reference, ReferenceKind
from tests.unit.evidence.intake.made_up import codes, read_all, read_one

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "m-1",
    "source": "/tms/bluewave",
    "type": "tollgate.fact.shipment.v1",
    "time": "2026-03-02T14:05:00-06:00",
    "datacontenttype": "application/json",
    "traceparent": "00-1",
    "data": {
        "classifier": "actual",
        "occurred_at": "2026-03-02T13:58:00-06:00",
        "references": [{"kind": "bol", "value": "B-77120"}],
        "shipment": {
            "shipment": "4711",
            "load": "L-1",
            "weight": {"value": "5472.5", "unit": "lb"},
        },
    },
}


def text(event: object) -> bytes:
    return json.dumps(event).encode()


def with_change(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    event = deepcopy(EVENT)
    change(event)
    return event


def test_an_event_becomes_one_fact_with_the_references_it_implies() -> None:
    received = read_one(text(EVENT))
    (fact,) = received.facts
    assert (fact.source.system, fact.source.instance) == ("tms", "bluewave")
    assert fact.source.message_id == received.message.message_id == "m-1"
    assert fact.recorded_at.isoformat() == "2026-03-02T14:05:00-06:00"
    assert fact.references == (
        Reference(kind=ReferenceKind.SHIPMENT, value="4711"),
        Reference(kind=ReferenceKind.LOAD, value="L-1"),
        Reference(kind=ReferenceKind.BOL, value="B-77120"),
    )


def test_a_decimal_is_exact_whether_text_or_number() -> None:
    digits = "5472.500"  # a binary float would lose the zeros, and with them what was said
    for written in (f'"{digits}"', digits):
        raw = text(EVENT).replace(b'"5472.5"', written.encode())
        said = read_one(raw).facts[0].said
        assert isinstance(said, Shipment)
        assert said.weight is not None
        assert str(said.weight.value) == digits


def test_batch_and_lines_say_the_same_as_single_events() -> None:
    other = with_change(lambda event: event.update(id="m-2"))
    single = read_one(text(EVENT)).facts + read_one(text(other)).facts
    for raw in (text([EVENT, other]), text(EVENT) + b"\n\n" + text(other) + b"\n"):
        assert tuple(fact for each in read_all(raw) for fact in each.facts) == single


def test_indented_json_is_one_event() -> None:
    assert read_one(json.dumps(EVENT, indent=2).encode()).facts == read_one(text(EVENT)).facts


def test_every_wrong_event_of_a_batch_is_reported_and_the_others_count() -> None:
    wrong = with_change(lambda event: event["data"]["shipment"]["weight"].update(value="-1"))
    unnamed = with_change(lambda event: event.pop("id"))
    first, second, third, fourth = read_all(text([wrong, EVENT, unnamed, 5]))
    assert second.facts
    assert first.faults[0].place.field == "$[0].data.shipment.weight.value"
    assert third.faults[0].place.field == "$[2].id"
    assert fourth.faults[0].place.field == "$[3]"


def test_a_wrong_line_is_refused_alone_at_its_byte() -> None:
    raw = text(EVENT) + b'\n{"a":\n' + text(EVENT)
    first, second, third = read_all(raw)
    assert first.facts
    assert third.facts
    assert second.faults[0].code == "JSON_UNREADABLE"
    assert second.faults[0].place.byte_offset == raw.index(b'{"a":') + 5


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        (lambda e: e.update(specversion="0.3"), "$.specversion", '"1.0"'),
        (lambda e: e.pop("time"), "$.time", "with its offset"),
        (lambda e: e.update(time="2026-03-02T14:05:00"), "$.time", "with its offset"),
        (lambda e: e.update(source="tms"), "$.source", "/tms/bluewave"),
        (lambda e: e.update(type="tollgate.fact.ship.v1"), "$.type", "shipment"),
        (lambda e: e.update(Specversion="1"), "$.Specversion", "did you mean `specversion`"),
        (lambda e: e.update(datacontenttype="text/xml"), "$.datacontenttype", "application/json"),
        (lambda e: e.update(trace={}), "$.trace", "single value"),
        (lambda e: e["data"].pop("shipment"), "$.data", "`shipment` is missing"),
        (lambda e: e["data"].update(classifier="real"), "$.data.classifier", "planned"),
        (lambda e: e["data"].pop("occurred_at"), "$.data", "occurred_at"),
        (lambda e: e["data"].update(occured_at="x"), "$.data.occured_at", "occurred_at"),
        (lambda e: e["data"]["shipment"].update(wieght=1), "$.data.shipment.wieght", "`weight`"),
        (lambda e: e["data"]["shipment"].update(pieces="NaN"), "$.data.shipment.pieces", "NaN"),
        (lambda e: e["data"]["shipment"].update(pieces=-1), "$.data.shipment.pieces", "0 or more"),
        (
            lambda e: e["data"]["shipment"].update(pieces="1E+99"),
            "$.data.shipment.pieces",
            "digits",
        ),
        (
            lambda e: e["data"]["shipment"]["weight"].update(unit="cwt"),
            "$.data.shipment.weight.unit",
            "lb, kg",
        ),
        (lambda e: e["data"]["shipment"].update(shipment="-"), "$.data.shipment", "names nothing"),
        (lambda e: e["data"].update(revision=10**50), "$.data.revision", "beyond"),
        (lambda e: e["data"].update(revision=-1), "$.data.revision", ">= 0"),
        (lambda e: e.update(id="\x00"), "$.id", "zero character"),
        (lambda e: e["data"]["shipment"].update({"\ud800": 1}), "$.data.shipment", "surrogate"),
        (
            lambda e: e["data"]["references"].append({"kind": "bol", "value": " "}),
            "$.data.references[1].value",
            "names nothing",
        ),
        (
            lambda e: e["data"]["shipment"].update(carrier="\ud800"),
            "$.data.shipment.carrier",
            "surrogate",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_path(
    change: Callable[[dict[str, Any]], object], path: str, says: str
) -> None:
    received = read_one(text(with_change(change)))
    assert received.facts == ()
    assert [fault.place.field for fault in received.faults] == [path]
    assert says in received.faults[0].detail


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (text(EVENT)[:-3], len(text(EVENT)) - 3),
        (b'{"a": NaN}', 6),
        (b'{"a": -Infinity}', 6),
        (b'{"a": 1, "a": 2}', 0),
        (b"[" * 100_000, 0),
        (b"[]", 0),
        (b'{"a": "\xff"}', 7),
        (b'{"a": 1' + b"0" * 5000 + b"}", 0),
    ],
)
def test_what_is_no_json_is_refused_whole_with_its_byte(raw: bytes, offset: int) -> None:
    received = read_one(raw)
    assert codes(received) == ["JSON_UNREADABLE"]
    assert received.faults[0].place.byte_offset == offset


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "nothing"),
        (b" \n", "nothing"),
        (b"\xff\xfe{\x00", "UTF-16"),
        (b"order,weight\n1,2", "order,weight"),
    ],
)
def test_an_unknown_format_is_refused_with_a_clear_word(raw: bytes, says: str) -> None:
    received = read_one(raw)
    assert codes(received) == ["FORMAT_NOT_READ"]
    assert says in received.faults[0].detail


def test_an_event_may_carry_its_number_in_the_source_and_what_it_is_followed_by() -> None:
    def numbered(event: dict[str, Any]) -> None:
        event["sequence"] = "0000041"
        event["correlationid"] = "req-7"

    head = read_one(text(with_change(numbered))).message
    assert (head.stream, head.sequence, head.correlation_id) == ("/tms/bluewave", 41, "req-7")
    plain = read_one(text(EVENT)).message
    assert (plain.stream, plain.sequence, plain.correlation_id) == ("/tms/bluewave", None, "")


@pytest.mark.parametrize(
    ("sequence", "number"),
    [(41, 41), ("41", 41), (0, 0), (-1, None), ("a1", None), (True, None), ("9" * 40, None)],
)
def test_only_a_whole_number_counts_events(sequence: object, number: int | None) -> None:
    event = with_change(lambda event: event.update(sequence=sequence))
    assert read_one(text(event)).message.sequence == number
