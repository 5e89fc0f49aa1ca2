"""The 997 that answers a group, and that our own reader finds nothing wrong with it."""

from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.intake.profile import Profiles
from app.evidence.intake.x12.acknowledgement import acknowledgements
from app.evidence.intake.x12.interchange import transactions
from app.evidence.intake.x12.sets import read_transactions
from tests.unit.evidence.intake.made_up import (
    ANSWERED,
    BILLED,
    DELIVERED,
    PROFILES,
    ROOT,
    changed_sample,
    interchange,
    sample,
    standard_with,
)
from tests.unit.evidence.intake.test_reading_laws import SAMPLES

MOMENT = datetime.fromisoformat("2026-03-11T11:02:00-05:00")


def answered(raw: bytes, profiles: Profiles = PROFILES) -> tuple[bytes, ...]:
    read = read_transactions(raw, 0, "made-up.edi", profiles, "tenant", "tester")
    return acknowledgements(read, 41, MOMENT)


def lines(raw: bytes, profiles: Profiles = PROFILES) -> list[str]:
    """The segments of the only 997, between its ST and SE."""
    (only,) = answered(raw, profiles)
    segments = only.decode("ascii").split("~\n")
    return segments[3 : segments.index(next(s for s in segments if s.startswith("SE")))]


TABLE = yaml.load(
    (ROOT / "tests/cases/formats/acknowledged.yaml").read_text("utf-8"), yaml.CSafeLoader
)


@pytest.mark.parametrize("case", TABLE["acknowledgements"], ids=lambda case: case["name"])
def test_a_sample_is_answered_as_in_the_table(case: dict[str, Any]) -> None:
    raw = sample(case["sample"]).encode()
    for old, new in case.get("changed", {}).items():
        raw = changed_sample(case["sample"], old, new)
    read = read_transactions(raw, 0, case["sample"], PROFILES, "tenant", "tester")
    (written,) = acknowledgements(
        read, TABLE["control_number"], datetime.fromisoformat(TABLE["moment"])
    )
    assert written.decode("ascii") == case["bytes"]


def test_the_numbers_end_with_the_last_that_has_nine_digits() -> None:
    read = read_transactions(
        interchange(("990", ANSWERED)), 0, "made-up.edi", PROFILES, "tenant", "tester"
    )
    (last,) = acknowledgements(read, 999_999_999, MOMENT)
    assert last.endswith(b"IEA*1*999999999~\n")
    with pytest.raises(AssertionError, match="nine digits"):
        acknowledgements(read, 1_000_000_000, MOMENT)


def test_a_group_is_answered_byte_for_byte() -> None:
    broken = tuple(each.replace("20260310", "20260231") for each in DELIVERED)
    unknown = tuple(each.replace("AT7*D1", "AT7*XB") for each in DELIVERED)
    raw = interchange(("214", DELIVERED), ("214", unknown), ("214", broken), ("850", ("BEG*00",)))
    assert answered(raw) == (
        (
            b"ISA*00*          *00*          *ZZ*TOLLGATE       *ZZ*ACME           "
            b"*260311*1102*U*00401*000000041*0*P*>~\n"
            b"GS*FA*TOLLGATE*ACME*20260311*1102*1*X*004010~\n"
            b"ST*997*0001~\n"
            b"AK1*XX*7~\n"
            b"AK2*214*0001~\n"
            b"AK5*A~\n"
            b"AK2*214*0002~\n"
            b"AK3*AT7*8**8~\n"  # ST is segment 1, AT7 is segment 8
            b"AK4*1**7*XB~\n"
            b"AK5*E*5~\n"
            b"AK2*214*0003~\n"
            b"AK3*AT7*8**8~\n"
            b"AK4*5**6*20260231~\n"
            b"AK5*R*5~\n"
            b"AK2*850*0004~\n"
            b"AK5*R*1~\n"
            b"AK9*P*4*4*2~\n"
            b"SE*16*0001~\n"
            b"GE*1*1~\n"
            b"IEA*1*000000041~\n"
        ),
    )


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        (b"SE*11*0001", b"SE*12*0001", ["AK5*E*4", "AK9*E*1*1*1"]),
        (b"SE*11*0001", b"SE*11*0009", ["AK5*E*3", "AK9*E*1*1*1"]),
        (b"GE*1*7", b"GE*3*7", ["AK5*A", "AK9*E*3*1*1*5"]),
        (b"GE*1*7", b"GE*1*8", ["AK5*A", "AK9*E*1*1*1*4"]),
        (b"GE*1*7~\n", b"", ["AK5*A", "AK9*E*1*1*1*3"]),
        (b"IEA*1*", b"IEA*2*", ["AK5*A", "AK9*A*1*1*1"]),
        (b"*20260311*1015*7*", b"*2026*1015*7*", ["AK5*A", "AK9*A*1*1*1"]),
        (b"SE*11*0001~\n", b"", ["AK5*R*2", "AK9*R*1*1*0"]),
    ],
)
def test_what_is_wrong_with_the_envelope_is_told_where_it_belongs(
    right: bytes, wrong: bytes, expected: list[str]
) -> None:
    raw = interchange(("214", DELIVERED))
    assert right in raw
    assert lines(raw.replace(right, wrong))[2:] == expected


def test_a_strict_partner_is_told_that_it_was_refused() -> None:
    raw = interchange(("214", DELIVERED), wrong_count=True)
    assert lines(raw, standard_with(strict=True))[2:] == ["AK5*R*4", "AK9*R*1*1*0"]


def test_what_a_profile_lets_a_sender_leave_unsaid_is_no_error() -> None:
    unsaid = tuple(each.replace("*0930*LT", "") for each in DELIVERED)
    assert lines(interchange(("214", unsaid)))[2:] == ["AK5*A", "AK9*A*1*1*1"]


def test_several_groups_are_answered_in_one_interchange() -> None:
    raw = interchange(("214", DELIVERED))
    group = raw[raw.index(b"GS*") : raw.index(b"IEA")]
    two = raw.replace(group, group + group.replace(b"*7*X", b"*8*X").replace(b"GE*1*7", b"GE*1*8"))
    (only,) = answered(two.replace(b"IEA*1", b"IEA*2"))
    assert only.count(b"ST*997") == 2
    assert b"AK1*XX*7~" in only
    assert b"AK1*XX*8~" in only
    assert b"IEA*2*000000041" in only


def test_each_interchange_is_answered_by_one_with_the_next_number() -> None:
    first, second = answered(interchange(("990", ANSWERED)) + interchange(("210", BILLED)))
    assert b"*000000041*0*P" in first
    assert b"*000000042*0*P" in second


def test_an_acknowledgement_is_never_acknowledged() -> None:
    (only,) = answered(interchange(("990", ANSWERED)))
    assert answered(only) == ()


def test_what_stands_outside_a_group_has_no_997() -> None:
    raw = interchange(("990", ANSWERED))
    without = raw[: raw.index(b"GS*")] + raw[raw.index(b"ST*") : raw.index(b"GE*")]
    assert answered(without) == ()
    assert answered(b"ISA*") == ()


@settings(max_examples=200)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3), st.binary(max_size=3))),
)
def test_whatever_was_read_its_answer_has_no_fault_in_its_envelope(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for position, length, put in changes:
        at = 106 + position % len(raw)
        raw = raw[:at] + put + raw[at + length :]
    for written in answered(raw):
        found = transactions(written, 0, "answer.edi")
        assert found
        assert all(each.faults == () and each.segments[0].at(1) == "997" for each in found)
