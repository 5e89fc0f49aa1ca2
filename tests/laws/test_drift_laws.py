"""Laws of drift: the same is no drift, order says nothing, and no bytes stop whoever watches."""

import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.intake.feed import Format
from app.evidence.intake.shape.drift import ENOUGH, ONE_IN, SHOWN_BY, DriftCode, drift
from app.evidence.intake.shape.shape import Shape, UnmappedCode, traits_of
from tests.unit.evidence.intake.made_up import BILLED, DELIVERED, interchange

LAW = settings(deadline=None, max_examples=60)
"""A busy machine may be slow; that breaks no law of drift."""

KEYS = st.sampled_from(["id", "weight", "on", "lines", "party"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([None, True, 1, "12", "2026-03-02", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)
CODES = st.frozensets(st.sampled_from([UnmappedCode("AT7-01", "X9"), UnmappedCode("S5-02", "ZZ")]))
EDI = (b"", interchange(("214", DELIVERED), ("210", BILLED)))


@st.composite
def spans(draw: st.DrawFn, at_least: int = ENOUGH) -> list[Shape]:
    """Some messages of a sender that sends a few kinds of document."""
    kinds = draw(st.lists(st.tuples(DOCUMENTS, CODES), min_size=1, max_size=4))
    picked = draw(st.lists(st.sampled_from(range(len(kinds))), min_size=at_least, max_size=50))
    return [shape(at, *kinds[which]) for at, which in enumerate(picked)]


def shape(place: int, document: Any, codes: frozenset[UnmappedCode] = frozenset()) -> Shape:
    traits = traits_of(msgspec.json.encode(document))
    return Shape(message=str(place), place=place, traits=traits, codes=codes)


@LAW
@given(spans(), st.randoms(use_true_random=False))
def test_two_halves_of_the_same_are_no_drift(same: list[Shape], chance: random.Random) -> None:
    assert drift(same, chance.sample(same, len(same))) == ()


@LAW
@given(spans(), spans(at_least=1), st.randoms(use_true_random=False))
def test_order_says_nothing(before: list[Shape], now: list[Shape], chance: random.Random) -> None:
    mixed = chance.sample(before, len(before)), chance.sample(now, len(now))
    assert drift(*mixed) == drift(before, now)


@LAW
@given(spans(), st.integers(0, 49))
def test_an_optional_field_that_is_rare_is_no_drift(same: list[Shape], rarely: int) -> None:
    few = min(rarely, (len(same) - 1) // ONE_IN)
    note = traits_of(b'{"a note": "x"}')
    now = [
        msgspec.structs.replace(each, traits=each.traits | note) if at < few else each
        for at, each in enumerate(same)
    ]
    assert drift(same, now) == ()


@LAW
@given(spans(), spans(at_least=SHOWN_BY))
def test_a_field_that_all_have_and_none_had_is_always_found(
    before: list[Shape], now: list[Shape]
) -> None:
    note = traits_of(b'{"a note": "x"}')
    noted = [msgspec.structs.replace(each, traits=each.traits | note) for each in now]
    told = {(each.code, each.path) for each in drift(before, noted)}
    assert (DriftCode.NEW_FIELD, "$.a note") in told
    back = {(each.code, each.path) for each in drift(noted, now) if len(now) >= ENOUGH}
    assert len(now) < ENOUGH or (DriftCode.MISSING_FIELD, "$.a note") in back


@LAW
@given(spans(at_least=1), spans(at_least=1))
def test_what_is_found_is_true_of_the_messages(before: list[Shape], now: list[Shape]) -> None:
    if len(before) < ENOUGH:
        assert drift(before, now) == ()
    for each in drift(before, now):
        assert 0 <= each.before.count <= each.before.of <= len(before)
        assert 0 <= each.now.count <= each.now.of <= len(now)
        assert each.message in {shape.message for shape in now}
        assert (each.now.count > each.before.count) == (each.code is not DriftCode.MISSING_FIELD)


@LAW
@given(st.binary(max_size=300), st.sampled_from(EDI), st.integers(0, 600), st.sampled_from(Format))
def test_no_bytes_stop_whoever_looks_at_them(raw: bytes, edi: bytes, at: int, form: Format) -> None:
    torn = edi[:at] + raw + edi[at + len(raw) :]
    for form_ in (None, form):
        found = traits_of(torn, form_)
        paths = {each.path for each in found}
        assert {each.within for each in found} <= paths
        assert all(each.path.isprintable() for each in found)


@LAW
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_a_batch_has_what_any_of_its_documents_has(documents: list[dict[str, Any]]) -> None:
    apart = frozenset[Any]().union(*(traits_of(msgspec.json.encode(each)) for each in documents))
    assert traits_of(msgspec.json.encode(documents)) == apart
    assert traits_of(b"\n".join(map(msgspec.json.encode, documents))) == apart
