"""What holds for all bytes: reading never raises, never reads by half, never varies."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    ANSWERED,
    BILLED,
    DELIVERED,
    FORMATS,
    SHIPPED,
    TENDERED,
    assert_soundly_read,
    bent,
    interchange,
    read_all,
)
from tests.unit.evidence.intake.test_canonical import EVENT, text

WHOLE = interchange(
    ("204", TENDERED),
    ("990", ANSWERED),
    ("945", SHIPPED),
    ("214", DELIVERED),
    ("210", BILLED),
)
SAMPLES = tuple(file.read_bytes() for file in sorted(FORMATS.glob("*.edi")))
BATCH = text([EVENT, EVENT])
Contents = tuple[object, ...]


def contents(received: Received) -> Contents:
    return tuple(
        (fact.source, fact.occurred_at, fact.references, fact.said) for fact in received.facts
    )


COMPLETE = {contents(each) for each in read_all(WHOLE)}


@given(st.integers(0, len(WHOLE)))
def test_a_cut_file_yields_whole_transactions_or_none(length: int) -> None:
    for received in read_all(WHOLE[:length]):
        assert received.refused or contents(received) in COMPLETE


@given(st.sampled_from(SAMPLES), st.data())
def test_a_cut_sample_of_any_set_yields_whole_transactions_or_none(
    raw: bytes, data: st.DataObject
) -> None:
    whole = {contents(each) for each in read_all(raw)}
    for received in read_all(raw[: data.draw(st.integers(0, len(raw)))]):
        assert received.refused or contents(received) in whole


@settings(max_examples=200)
@given(st.sampled_from(SAMPLES), st.data())
def test_segments_lost_doubled_or_moved_never_raise_and_give_sound_facts(
    raw: bytes, data: st.DataObject
) -> None:
    first, *segments = raw.split(b"~\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(segments) - 1))
        to = data.draw(st.integers(0, len(segments) - 1))
        moved = segments.pop(at) if data.draw(st.booleans()) and len(segments) > 1 else segments[at]
        if data.draw(st.booleans()):
            segments.insert(to, moved)
    assert_soundly_read(b"~\n".join((first, *segments)))


@settings(max_examples=300)
@given(
    st.sampled_from((WHOLE, BATCH, *SAMPLES)),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3), st.binary(max_size=3))),
)
def test_changed_bytes_never_raise_and_give_sound_facts(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    assert_soundly_read(bent(raw, changes))


@given(st.binary(), st.sampled_from((b"", b"ISA*", b"{", b"[", WHOLE[:106], b"\xef\xbb\xbf")))
def test_any_bytes_come_back_as_something(tail: bytes, head: bytes) -> None:
    assert_soundly_read(head + tail)


def test_every_fact_of_a_file_has_an_id_of_its_own() -> None:
    facts = [fact for received in read_all(WHOLE) for fact in received.facts]
    assert len({fact.fact_id for fact in facts}) == len(facts)
