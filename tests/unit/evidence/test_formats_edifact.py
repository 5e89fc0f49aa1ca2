"""EDIFACT status reports: what is read, what is refused and how far a refusal reaches."""

from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.profile import CodeMap, Profiles
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    PROFILES,
    ROOT,
    assert_soundly_read,
    bent,
    codes,
    read_all,
    standard_with,
)
from tests.unit.evidence.intake.test_real_files import FOLDER

CASES = yaml.load((ROOT / "tests/cases/formats/edifact.yaml").read_text("utf-8"), yaml.CSafeLoader)
HEADER = "UNB+UNOA:2+ACME+US+260310:0915+7'"
DELIVERED = ("CNI+1+SHIP-1'", "STS+1+21'", "DTM+334:202603100930:203'")
CLEAN = next(case["text"] for case in CASES if "text" in case).encode()


def report(*segments: str, header: str = HEADER, kind: str = "IFTSTA", end: str = "") -> bytes:
    """One interchange of one message with these segments after BGM."""
    body = (f"UNH+1+{kind}:D:01B:UN'", "BGM+44+ST-1+9'", *segments)
    unt = f"UNT+{len(body) + 1}+1'"
    return "\n".join((header, *body, unt, end or "UNZ+1+7'")).encode()


def read_report(*segments: str, profiles: Profiles = PROFILES) -> tuple[Received, ...]:
    return read_all(report(*segments), profiles)


def milestones(received: Received) -> list[Milestone]:
    return [fact.said for fact in received.facts if isinstance(fact.said, Milestone)]


def shown(fact: Fact) -> dict[str, Any]:
    plain = msgspec.to_builtins(fact)
    return {
        "said": plain["said"],
        "classifier": plain["classifier"],
        "occurred_at": plain["occurred_at"],
        "recorded_at": plain["recorded_at"],
        "source": f"{fact.source.system} {fact.source.instance}",
        "references": [str(reference) for reference in fact.references],
        "remarks": [remark.code for remark in fact.remarks],
    }


def outcome(received: Received) -> dict[str, Any]:
    found: dict[str, Any] = {"message_id": received.message.message_id}
    if received.facts:
        return {**found, "facts": [shown(fact) for fact in received.facts]}
    refused = [fault for fault in received.faults if fault.refused]
    spots = [f"{each.code} {str(each.place).split(' ', 1)[1]}" for each in refused]
    return {**found, "refused": spots}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_report_becomes_exactly_these_facts(case: dict[str, Any]) -> None:
    if "file" in case and not FOLDER.is_dir():
        pytest.skip("the folder of real messages, ../shared/data, is not here")
    raw = (FOLDER / case["file"]).read_bytes() if "file" in case else case["text"].encode()
    assert [outcome(each) for each in read_all(raw)] == case["received"]


@pytest.mark.parametrize(
    "raw",
    [
        report(*DELIVERED),
        report(*DELIVERED).replace(b"\n", b""),
        report(*DELIVERED).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf\r\n" + report(*DELIVERED) + b"\r\n\x1a",
        b"UNA:+.? '\r\n" + report(*DELIVERED),
        report(*DELIVERED).replace(b"SHIP-1", b"SHI\nP?-1"),
        report(*DELIVERED)
        .replace(b"+", b"\x1d")
        .replace(b":", b"\x1f")
        .replace(b"'", b"\x1c")
        .replace(b"UNOA", b"UNOB"),
    ],
    ids=["lines", "no-lines", "crlf", "bom", "una", "wrapped", "level-b"],
)
def test_every_way_of_writing_it_reads_the_same(raw: bytes) -> None:
    (received,) = read_all(raw)
    assert [(each.status, each.shipment) for each in milestones(received)] == [
        (MilestoneStatus.DELIVERED, "SHIP-1")
    ]
    assert codes(received) == ["TIME_ZONE_ASSUMED"]


def test_several_interchanges_in_one_file_are_all_read() -> None:
    unlike = b"UNA.*,! ~" + report(*DELIVERED).translate(bytes.maketrans(b":+?'", b".*!~"))
    found = read_all(report(*DELIVERED) + b"\n\n" + unlike + report(*DELIVERED))
    assert [len(each.facts) for each in found] == [1, 1, 1]


def test_bytes_after_an_interchange_are_refused_at_their_place() -> None:
    whole = report(*DELIVERED)
    read, rest = read_all(whole + b"GARBAGE")
    assert read.facts
    assert codes(rest) == ["BYTES_OUTSIDE"]
    assert rest.faults[0].place.byte_offset == len(whole)


@pytest.mark.parametrize("kind", ["IFTMIN", "INVOIC", "APERAK"])
def test_another_message_type_is_refused_and_told_what_is_read(kind: str) -> None:
    (received,) = read_all(report(*DELIVERED, kind=kind))
    assert codes(received) == ["SET_NOT_READ"]
    assert received.faults[0].detail == f"message type {kind!r} is not read; read is IFTSTA"


@pytest.mark.parametrize("function", ["1", "4", "5"])
def test_what_takes_back_or_changes_a_report_is_not_read_as_one(function: str) -> None:
    raw = report(*DELIVERED).replace(b"BGM+44+ST-1+9", f"BGM+44+ST-1+{function}".encode())
    (received,) = read_all(raw)
    assert codes(received) == ["FUNCTION_NOT_READ"]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        (b"UNT+6+1", b"UNT+7+1", "SEGMENT_COUNT_WRONG"),
        (b"UNT+6+1", b"UNT+6+2", "CONTROL_NUMBER_WRONG"),
        (b"UNZ+1+7", b"UNZ+2+7", "GROUP_COUNT_WRONG"),
        (b"UNZ+1+7", b"UNZ+1+8", "CONTROL_NUMBER_WRONG"),
        (b"UNZ+1+7'", b"", "ENVELOPE_CUT"),
        (b"UNZ+1+7'", b"UNE+1+3'UNZ+1+7'", "ENVELOPE_CUT"),
        (b"UNH+1", b"UNG+IFTSTA+ACME+US+260310:0915+3+UN+D:01B'UNH+1", "ENVELOPE_CUT"),
    ],
)
def test_a_wrong_envelope_is_remarked_and_refuses_a_strict_partner(
    right: bytes, wrong: bytes, code: str
) -> None:
    raw = report(*DELIVERED).replace(right, wrong)
    (received,) = read_all(raw)
    assert code in codes(received)
    assert code in {remark.code for fact in received.facts for remark in fact.remarks}
    (strict,) = read_all(raw, standard_with(strict=True))
    assert strict.refused
    assert strict.facts == ()


def test_groups_are_counted_and_compared() -> None:
    grouped = (
        report(*DELIVERED)
        .replace(b"UNH+1", b"UNG+IFTSTA+ACME+US+260310:0915+3+UN+D:01B'UNH+1")
        .replace(b"UNZ+1", b"UNE+2+4'UNZ+1")
    )
    (received,) = read_all(grouped)
    assert codes(received)[:2] == ["TRANSACTION_COUNT_WRONG", "CONTROL_NUMBER_WRONG"]


@pytest.mark.parametrize("length", range(len(report(*DELIVERED)) - 12))
def test_a_cut_message_says_nothing(length: int) -> None:
    assert all(received.facts == () for received in read_all(report(*DELIVERED)[:length]))


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (("CNI+1+SHIP-1'",), "SEGMENT_MISSING"),
        (("CNI+1+ - '", *DELIVERED[1:]), "VALUE_MISSING"),
        ((f"CNI+1+{'9' * 81}'", *DELIVERED[1:]), "VALUE_UNREADABLE"),
        (DELIVERED[:2], "VALUE_MISSING"),
        ((*DELIVERED[:2], "DTM+334:20260310:999'"), "VALUE_UNREADABLE"),
        ((*DELIVERED[:2], "DTM+334:2026031009:203'"), "VALUE_UNREADABLE"),
        ((*DELIVERED[:2], "DTM+334:202603102500:203'"), "VALUE_UNREADABLE"),
        ((*DELIVERED[:2], "DTM+334:202603100930EST:303'"), "VALUE_UNREADABLE"),
        ((*DELIVERED[:2], "DTM+334:202603100930?+2500:205'"), "VALUE_UNREADABLE"),
        ((*DELIVERED, "DTM+35:202603110930:203'"), "VALUE_AMBIGUOUS"),
        ((*DELIVERED, "LOC+16E+USMSN'", "LOC+14+USCHI'"), "VALUE_AMBIGUOUS"),
        ((*DELIVERED, "EQD+CN'"), "VALUE_MISSING"),
        ((*DELIVERED, "RFF+CN:--'"), "VALUE_MISSING"),
        (("STS+1+21'",), "NOTHING_SAID"),
        ((*DELIVERED, "+'"), "SEGMENT_UNREADABLE"),
    ],
)
def test_what_cannot_be_read_refuses_the_consignment_with_its_place(
    segments: tuple[str, ...], code: str
) -> None:
    (received,) = read_report(*segments)
    (fault,) = [fault for fault in received.faults if fault.refused]
    assert fault.code == code
    assert fault.place.byte_offset is not None


@pytest.mark.parametrize(
    ("dtm", "moment"),
    [
        ("260310:101", "2026-03-10T12:00:00Z"),
        ("20260310:102", "2026-03-10T12:00:00Z"),
        ("2603100930:201", "2026-03-10T09:30:00Z"),
        ("260310093015:202", "2026-03-10T09:30:15Z"),
        ("202603100930:203", "2026-03-10T09:30:00Z"),
        ("20260310093015:204", "2026-03-10T09:30:15Z"),
        ("202603100930?+0530:205", "2026-03-10T09:30:00+05:30"),
        ("202603100930-0500:205", "2026-03-10T09:30:00-05:00"),
        ("202603100930UTC:303", "2026-03-10T09:30:00Z"),
        ("20260310093015GMT:304", "2026-03-10T09:30:15Z"),
    ],
)
def test_a_date_is_read_in_each_way_it_may_be_written(dtm: str, moment: str) -> None:
    (received,) = read_report(*DELIVERED[:2], f"DTM+334:{dtm}'")
    assert msgspec.to_builtins(received.facts[0].occurred_at) == moment


def test_a_code_that_no_map_knows_is_kept_as_unmapped_with_a_remark() -> None:
    (received,) = read_report("CNI+1+SHIP-1'", "STS+1+999+888'", DELIVERED[2])
    (milestone,) = milestones(received)
    assert (milestone.status, milestone.raw_status) == (MilestoneStatus.UNMAPPED, "999")
    assert codes(received) == ["CODE_UNMAPPED", "CODE_UNMAPPED", "TIME_ZONE_ASSUMED"]


def test_a_status_of_another_category_than_transport_is_unmapped() -> None:
    (received,) = read_report("CNI+1+SHIP-1'", "STS+2+21'", DELIVERED[2])
    assert milestones(received)[0].status is MilestoneStatus.UNMAPPED


def test_where_packages_fare_differently_none_of_it_is_the_consignments() -> None:
    (received,) = read_report(
        "CNI+1+SHIP-1'",
        *("STS+1+18'", DELIVERED[2], "GIN+BJ+354107380000001068'"),
        *(*DELIVERED[1:], "GIN+BJ+354107380000001051'"),
    )
    assert {each.status for each in milestones(received)} == {MilestoneStatus.UNMAPPED}
    assert codes(received).count("STATUS_OF_PACKAGES") == 2


def test_packages_that_are_picked_up_and_delivered_together_do_not_differ() -> None:
    both = "GIN+BJ+354107380000001068+354107380000001051'"
    (received,) = read_report(
        "CNI+1+SHIP-1'",
        *("STS+1+13'", "DTM+334:202603090930:203'", both),
        *(*DELIVERED[1:], both),
    )
    assert [each.status for each in milestones(received)] == ["picked_up", "delivered"]


def test_of_a_range_of_packages_the_ends_are_named_and_it_is_said_so() -> None:
    (received,) = read_report(*DELIVERED, "GIN+BJ+354107380000001051:354107380000001068'")
    kinds = [reference.kind for reference in received.facts[0].references]
    assert kinds.count(ReferenceKind.TRACKING) == 2
    assert "RANGE_OF_PACKAGES" in codes(received)


def test_each_container_of_a_status_has_a_milestone_of_its_own() -> None:
    (received,) = read_report(*DELIVERED, "EQD+CN+MSKU1'", "EQD+CN+MSKU2'", "EQD+TE+T-9'")
    assert [each.equipment for each in milestones(received)] == ["MSKU1", "MSKU2"]


def test_dates_and_places_of_the_ship_are_not_those_of_the_status() -> None:
    ship = ("TDT+20+V7'", "LOC+14+NLRTM:139:6:ROTTERDAM'", "DTM+178:202603010000:203'")
    (received,) = read_report(*DELIVERED, "LOC+16E+:::DOCK 4'", *ship)
    (milestone,) = milestones(received)
    assert milestone.place is not None
    assert milestone.place.name == "DOCK 4"
    assert received.facts[0].occurred_at.isoformat() == "2026-03-10T09:30:00+00:00"
    (refused,) = read_report(*DELIVERED[:2], *ship)
    assert "VALUE_MISSING" in codes(refused)


def test_two_addresses_of_one_role_are_no_destination() -> None:
    one, other = ("NAD+CN+++DOCK+1 MAIN ST+MADISON+WI'", "NAD+CN+++DOCK+2 HILL ST+DAYTON+OH'")
    (told,) = read_report(*DELIVERED, one, one)
    assert [fact.entity for fact in told.facts] == ["milestone", "shipment"]
    (ambiguous,) = read_report(*DELIVERED, one, other)
    assert [fact.entity for fact in ambiguous.facts] == ["milestone"]


def test_what_the_header_says_concerns_every_consignment() -> None:
    found = read_report("RFF+BM:BOL9'", *DELIVERED, "CNI+2+SHIP-2'", *DELIVERED[1:])
    for received in found:
        assert "bol BOL9" in [str(reference) for reference in received.facts[0].references]


def test_a_partner_says_that_the_consignments_number_is_its_own() -> None:
    standard = PROFILES.standard
    words = {**standard.codes["1153"].words, "CNI": "pro"}
    maps = {**standard.codes, "1153": CodeMap(version="own", words=words)}
    acme = msgspec.structs.replace(standard, name="acme", senders=("ACME",), codes=maps)
    (received,) = read_report(*DELIVERED, profiles=Profiles(standard=standard, partners=(acme,)))
    assert received.message.profile == "acme"
    assert [str(each) for each in received.facts[0].references] == ["pro ACME SHIP-1"]


def test_an_interchange_without_a_moment_takes_the_messages_own_and_says_so() -> None:
    dated = report("DTM+137:202603101000:203'", *DELIVERED).replace(b"260310:0915", b"")
    (received,) = read_all(dated)
    assert received.facts[0].recorded_at.isoformat() == "2026-03-10T10:00:00+00:00"
    assert "GROUP_TIME_UNREADABLE" in codes(received)
    (refused,) = read_all(report(*DELIVERED).replace(b"260310:0915", b""))
    assert refused.refused


@pytest.mark.parametrize("signs", ["", ":+.", "::.? '", ":+.?  ", "A+.? '", ":+.? é"])
def test_signs_that_separate_nothing_are_refused(signs: str) -> None:
    (received,) = read_all(f"UNA{signs}".encode("latin-1") + report(*DELIVERED)[3:])
    assert codes(received) == ["NO_DELIMITERS"]


def test_letters_in_the_character_set_of_the_interchange_are_read() -> None:
    raw = report(*DELIVERED, "LOC+16E+:::XX'").replace(b"UNOA", b"UNOD")
    (received,) = read_all(raw.replace(b"XX", "Łódź".encode("iso8859-2")))
    place = milestones(received)[0].place
    assert place is not None
    assert place.name == "Łódź"


@settings(max_examples=200)
@given(
    st.sampled_from((CLEAN, report(*DELIVERED), report(*DELIVERED) * 2)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 4), st.binary(max_size=3))),
)
def test_changed_bytes_never_raise_and_give_sound_facts(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    assert_soundly_read(bent(raw, changes))


@given(
    st.binary(),
    st.sampled_from((b"UNB+", b"UNA:+.? '", b"UNA:+.? 'UNB+UNOA:2+", b"UNB\x1d", CLEAN[:60])),
)
def test_any_bytes_come_back_as_something(tail: bytes, head: bytes) -> None:
    assert_soundly_read(head + tail)
