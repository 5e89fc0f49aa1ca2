"""Bytes as they were received, broken into lines, with those of one message marked."""

import json

from app.reports.audit.bytes_compared import bytes_compared
from app.reports.audit.received_text import MOST, received_text

ISA = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260303*2148*U*00401*000004102*0*P*>~"
)


def test_x12_is_shown_by_segment_and_the_transaction_is_marked() -> None:
    raw = ISA + b"GS*QM~\nST*214*0001~B10*A~SE*3*0001~ST*214*0002~B10*B~SE*3*0002~GE*2~IEA*1~"
    shown = received_text(raw, "SENDER:2603032148:000004102:4102:0002")
    assert shown.form == "X12 segments"
    assert [line.text for line in shown.lines if line.mine] == [
        "ST*214*0002~",
        "B10*B~",
        "SE*3*0002~",
    ]
    assert len(shown.lines) == 10
    assert not shown.cut


def test_a_segment_end_that_cannot_be_printed_is_shown_as_its_value() -> None:
    raw = (ISA + b"GS*QM~").replace(b"~", b"\x1d")
    assert received_text(raw, "").lines[1].text == r"GS*QM\x1d"


def test_one_event_of_many_is_marked_and_numbers_stay_as_they_were_sent() -> None:
    raw = b'[{"id": "A/1", "n": 1.50}, {"id": "B/1", "n": 12345678901234567890.10}]'
    shown = received_text(raw, "B/1")
    assert shown.form == "JSON"
    assert [line.text for line in shown.lines if line.mine] == [
        "{",
        '  "id": "B/1",',
        '  "n": 12345678901234567890.10',
        "}",
    ]


def test_of_one_event_alone_nothing_is_marked() -> None:
    shown = received_text(json.dumps({"id": "A/1"}).encode(), "A/1")
    assert not any(line.mine for line in shown.lines)


def test_events_one_a_line_are_shown_by_field() -> None:
    shown = received_text(b'{"id": "A"}\n{"id": "B"}\n', "B")
    assert shown.form == "JSON"
    assert [line.text for line in shown.lines if line.mine] == ["{", '  "id": "B"', "}"]


def test_what_only_begins_like_json_is_shown_as_the_text_it_is() -> None:
    assert received_text(b'{"id": 1', "").form == "text"


def test_a_table_is_shown_by_line() -> None:
    shown = received_text(b"a,b\n1,2\n", "")
    assert (shown.form, [line.text for line in shown.lines]) == ("text", ["a,b", "1,2"])


def test_what_is_no_text_is_shown_by_byte() -> None:
    shown = received_text(b"\x89PNG\r\n\x1a\n\xff", "")
    assert shown.form == "bytes"
    assert shown.lines[0].text.startswith("00000000  89 50 4e 47 0d 0a 1a 0a ff")
    assert shown.lines[0].text.endswith(".PNG.....")


def test_of_a_long_delivery_the_beginning_is_shown_and_it_says_so() -> None:
    shown = received_text(b"x" * (MOST + 1), "")
    assert shown.cut
    assert len(shown.lines[0].text) == MOST


def test_a_long_json_document_is_not_read_in_part() -> None:
    raw = b'{"a": "' + b"x" * MOST + b'"}'
    assert received_text(raw, "").form == "text"


def test_equal_bytes_are_identical_with_their_length_and_digest() -> None:
    same = bytes_compared("trace", b"abc", b"abc")
    assert same.identical
    assert (same.stored_length, same.stored_digest) == (3, same.again_digest)


def test_the_first_byte_that_differs_is_told_with_what_stands_around_it() -> None:
    found = bytes_compared("trace", b'{"total":"1.00"}', b'{"total":"1.01"}')
    assert not found.identical
    assert found.offset == 13
    assert (found.stored_around, found.again_around) == ('{"total":"1.00"}', '{"total":"1.01"}')


def test_what_is_longer_differs_where_the_shorter_ends() -> None:
    assert bytes_compared("trace", b"abc", b"abcd").offset == 3


def test_far_from_the_beginning_only_the_surroundings_are_shown() -> None:
    found = bytes_compared("trace", b"x" * 500 + b"a", b"x" * 500 + b"b")
    assert found.offset == 500
    assert found.stored_around == "x" * 60 + "a"
