"""What holds for all bytes that a mapping reads: nothing raises, nothing is read by half."""

import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.facts.fact import identified
from app.evidence.intake.received import Received
from tests.unit.evidence.mapped_samples import bytes_of, read_bytes

SAMPLES = {
    "movements": "samples/wms_movements.csv",
    "costs": "samples/carrier_costs.csv",
    "loads": "made:loads.xlsx",
    "telematics": "samples/telematics.txt",
    "easypost": "samples/easypost_delivered.json",
    "fedex": "samples/fedex_delivered.json",
    "ups": "samples/ups_delivered.json",
    "dcsa": "samples/dcsa_gate_out.json",
}
WHOLE = {feed: bytes_of(sample) for feed, sample in SAMPLES.items()}
HEADER = "Movement;Customer;Item;Quantity;Unit;Lot;Reason;Pallets;Order;Booked\n"

Changes = list[tuple[int, int, bytes]]


def changed(raw: bytes, changes: Changes) -> bytes:
    for position, length, put in changes:
        at = position % (len(raw) + 1)
        raw = raw[:at] + put + raw[at + length :]
    return raw


def sound(received: Received) -> bool:
    """A message has facts or is refused, and each fact has the id of its content."""
    return received.refused != bool(received.facts) and all(
        fact == identified(fact) and fact.occurred_at.utcoffset() is not None
        for fact in received.facts
    )


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.integers(0, 20000), st.integers(0, 3), st.binary(max_size=3))),
)
def test_changed_bytes_never_raise_and_give_sound_facts(feed: str, changes: Changes) -> None:
    raw = changed(WHOLE[feed], changes)
    received = read_bytes(raw, feed)
    assert all(map(sound, received))
    assert received == read_bytes(raw, feed)


@given(st.sampled_from(sorted(WHOLE)), st.binary())
def test_any_bytes_come_back_as_something(feed: str, raw: bytes) -> None:
    assert all(map(sound, read_bytes(raw, feed)))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
KEYS = ["object", "tracking_details", "status", "datetime", "tracking_code", "updated_at", "id"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(("Tracker", "delivered")) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=30,
)


@settings(max_examples=300)
@given(JSON)
def test_any_json_comes_back_as_something(document: object) -> None:
    raw = json.dumps(document).encode()
    assert all(map(sound, read_bytes(raw, "easypost")))


@given(st.integers(0, len(WHOLE["telematics"])))
def test_a_cut_file_yields_whole_rows_or_refusals(length: int) -> None:
    whole = read_bytes(WHOLE["telematics"], "telematics")
    kept = {each.facts[0].fact_id for each in whole if each.facts}
    for received in read_bytes(WHOLE["telematics"][:length], "telematics"):
        assert received.refused or received.facts[0].fact_id in kept


def rows(count: int) -> bytes:
    row = "M-{};BLUEWAVE;P-77;48;case;L9;GR;2;ORD-{};03.03.2026 08:15\n"
    return (HEADER + "".join(row.format(at, at) for at in range(count))).encode()


def calls(work: Callable[[], object]) -> int:
    """How many functions were called: a measure of work that no busy machine changes."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def test_the_work_grows_with_the_rows_and_no_faster() -> None:
    read_bytes(rows(10), "movements")
    small, large = rows(200), rows(2000)
    few, many = (calls(lambda raw=raw: read_bytes(raw, "movements")) for raw in (small, large))  # type: ignore[misc]
    assert few * 9 < many < few * 11


@pytest.mark.parametrize("number", ("1e999999999", "-1e-999999999", "9" * 60))
def test_a_monstrous_number_is_refused_and_fills_no_memory(number: str) -> None:
    raw = f'{{"object": "Tracker", "id": "t", "updated_at": {number}, "tracking_code": {number}}}'
    (received,) = read_bytes(raw.encode(), "easypost")
    assert received.refused
