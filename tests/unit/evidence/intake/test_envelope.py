"""The X12 envelope: real files bend it in every way and are read all the same."""

import pytest

from tests.unit.evidence.intake.made_up import (
    ANSWERED,
    BILLED,
    DELIVERED,
    codes,
    interchange,
    read_all,
    read_one,
    standard_with,
)

PLAIN = interchange(("214", DELIVERED))


def bodies(raw: bytes) -> list[object]:
    return [fact.said for received in read_all(raw) for fact in received.facts]


@pytest.mark.parametrize(
    "raw",
    [
        interchange(("214", DELIVERED), end="\n", layout=""),
        interchange(("214", DELIVERED), end="\r\n", layout=""),
        interchange(("214", DELIVERED), end="~", layout=""),
        interchange(("214", DELIVERED), end="~\r\n", layout="    "),
        interchange(("214", DELIVERED), end="|~|", layout=""),
        b"\xef\xbb\xbf" + PLAIN,
        b"\n\n   " + PLAIN + b"   \r\n\x1a",
        PLAIN.replace(b"*", b"|"),
        PLAIN.replace(b"          ", b" "),
    ],
    ids=["newline", "crlf", "tilde", "indented", "three-bytes", "bom", "blanks", "pipe", "trimmed"],
)
def test_every_way_of_ending_segments_reads_the_same(raw: bytes) -> None:
    assert bodies(raw) == bodies(PLAIN)
    assert codes(read_one(raw)) == []


def test_text_wrapped_at_80_columns_is_put_together_again() -> None:
    one_line = interchange(("214", DELIVERED), layout="")
    wrapped = b"\n".join(one_line[at : at + 80] for at in range(0, len(one_line), 80))
    assert bodies(wrapped) == bodies(PLAIN)


def test_several_interchanges_in_one_file_are_all_read() -> None:
    other = interchange(("990", ANSWERED), end="\n", layout="").replace(b"*", b"|")
    received = read_all(PLAIN + b"\n\n" + other + PLAIN)
    assert [each.message.kind for each in received] == ["214", "990", "214"]


def test_a_wrong_segment_count_is_remarked_on_every_fact() -> None:
    received = read_one(interchange(("214", DELIVERED), wrong_count=True))
    assert codes(received) == ["SEGMENT_COUNT_WRONG"]
    assert not received.refused
    assert {remark.code for fact in received.facts for remark in fact.remarks} == {
        "SEGMENT_COUNT_WRONG"
    }


def test_a_strict_partner_is_refused_for_a_wrong_count() -> None:
    received = read_one(
        interchange(("214", DELIVERED), wrong_count=True), standard_with(strict=True)
    )
    assert received.refused
    assert received.facts == ()


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        (b"GE*1*7", b"GE*2*7", "TRANSACTION_COUNT_WRONG"),
        (b"GE*1*7", b"GE*1*8", "CONTROL_NUMBER_WRONG"),
        (b"IEA*1*000000007", b"IEA*9*000000007", "GROUP_COUNT_WRONG"),
        (b"IEA*1*000000007", b"IEA*1*000000008", "CONTROL_NUMBER_WRONG"),
        (b"*0001~\nGE", b"*0002~\nGE", "CONTROL_NUMBER_WRONG"),
        (b"GE*1*7~\n", b"", "ENVELOPE_CUT"),
        (b"IEA*1*000000007~", b"", "ENVELOPE_CUT"),
        (b"*20260311*1015*7*", b"*20261311*1015*7*", "GROUP_TIME_UNREADABLE"),
    ],
)
def test_a_bent_envelope_is_a_fault_and_not_a_refusal(
    right: bytes, wrong: bytes, code: str
) -> None:
    assert right in PLAIN
    received = read_one(PLAIN.replace(right, wrong))
    assert codes(received) == [code]
    assert received.facts


def test_the_transactions_before_the_cut_count_and_the_cut_one_says_where_it_began() -> None:
    whole = interchange(("214", DELIVERED), ("210", BILLED))
    at = whole.index(b"ST*210")
    first, second = read_all(whole[: at + 90])
    assert first.facts
    assert second.refused
    assert second.faults[0].code == "TRANSACTION_CUT"
    assert second.faults[0].place.byte_offset == at


def test_one_unreadable_transaction_leaves_its_neighbours_alone() -> None:
    broken = tuple(segment.replace("20260310", "20260231") for segment in DELIVERED)
    raw = interchange(("214", DELIVERED), ("214", broken), ("990", ANSWERED))
    first, second, third = read_all(raw)
    assert first.facts
    assert third.facts
    assert second.facts == ()
    fault = second.faults[0]
    assert (fault.code, fault.place.field) == ("VALUE_UNREADABLE", "AT7-05")
    assert "20260231" in fault.detail
    offset = fault.place.byte_offset
    assert offset is not None
    assert raw[offset:].startswith(b"AT7*D1*NS***20260231")


def test_offsets_count_bytes_of_the_original_file() -> None:
    raw = b"\xef\xbb\xbf\n" + interchange(("204", ("B2*\xc3\xa9",)), ("850", ("BEG*00",)))
    fault = read_all(raw)[1].faults[0]
    assert fault.code == "SET_NOT_READ"
    assert "transaction set 850 is not read" in fault.detail
    assert fault.place.byte_offset == raw.index(b"ST*850")


@pytest.mark.parametrize(
    "noise",
    [
        bytes(range(128, 200)),
        b"\x8fISA?\x00GS*garbled~" + bytes(range(128, 200)),
        b"hello, this is no EDI\r\n",
        PLAIN[:40],
        PLAIN[:106],
        PLAIN[: PLAIN.index(b"MS1")],
        PLAIN[: PLAIN.index(b"AT7") + 9],
    ],
    ids=["noise", "noise-with-isa", "text", "torn-isa", "only-isa", "torn", "torn-in-a-segment"],
)
def test_what_stands_between_good_interchanges_is_refused_and_they_become_facts(
    noise: bytes,
) -> None:
    raw = PLAIN + noise + interchange(("990", ANSWERED), sender="OTHER")
    first, *refused, second = read_all(raw)
    assert [first.message.sender, second.message.sender] == ["ACME", "OTHER"]
    assert first.facts
    assert second.facts
    assert codes(first) == codes(second) == []
    assert refused
    for each in refused:
        fault = next(fault for fault in each.faults if fault.refused)
        offset = fault.place.byte_offset
        assert offset is not None
        assert len(PLAIN) - 1 <= offset < len(PLAIN) + len(noise)


def test_the_head_tells_the_number_of_the_interchange_in_its_stream() -> None:
    head = read_one(PLAIN).message
    assert (head.stream, head.sequence) == ("ZZ:ACME:ZZ:TOLLGATE:P", 7)
    in_test = read_one(PLAIN.replace(b"*0*P*>", b"*0*T*>")).message
    assert in_test.stream != head.stream


@pytest.mark.parametrize("number", [b"00000000X", b"-00000007", b"         "])
def test_a_control_number_that_is_none_has_no_place_in_the_stream(number: bytes) -> None:
    raw = PLAIN.replace(b"*000000007*0*", b"*" + number + b"*0*")
    assert read_one(raw).message.sequence is None


def test_a_transaction_outside_a_group_is_refused() -> None:
    start = PLAIN.index(b"GS*")
    end = PLAIN.index(b"ST*")
    assert "NO_GROUP" in codes(read_one(PLAIN[:start] + PLAIN[end:]))


def test_segments_and_bytes_outside_transactions_are_not_lost_in_silence() -> None:
    stray = PLAIN.replace(b"GE*1", b"ZZ1*a~\nZZ2*b~\nGE*1")
    assert [codes(each) for each in read_all(stray)] == [[], ["SEGMENT_OUTSIDE"]]
    assert [codes(each) for each in read_all(PLAIN + b"hello")] == [[], ["BYTES_OUTSIDE"]]


def test_an_interchange_without_transactions_is_refused() -> None:
    assert codes(read_one(interchange())) == ["NO_TRANSACTION"]


def test_an_isa_that_ends_early_is_refused() -> None:
    assert codes(read_one(PLAIN[:60])) == ["NO_DELIMITERS"]


def test_the_message_id_names_interchange_group_and_transaction() -> None:
    assert read_one(PLAIN).message.message_id == "ACME:2603111015:000000007:7:0001"
