"""What stands at the place of a fault."""

from app.errors import Place
from app.evidence.intake.offending import Offending, offending, printable


def test_bytes_that_are_no_text_are_shown_by_their_values() -> None:
    assert printable(b"A\x1e\xff\\\xc3\xa9") == "A\\x1e\\xff\\x5cé"


def test_an_offset_is_shown_with_what_stands_around_it() -> None:
    raw = b"x" * 100 + b"HERE" + b"y" * 100
    found = offending(raw, Place(byte_offset=100))
    assert found == Offending(before="x" * 60, here="HERE" + "y" * 56)


def test_an_offset_behind_the_end_shows_the_end() -> None:
    assert offending(b"abc", Place(byte_offset=99)) == Offending(before="abc")


def test_a_path_is_followed_as_far_as_it_is_there() -> None:
    raw = b'[{"a": 1}, {"b": {"c": 1.50}}]'
    assert offending(raw, Place(field="$[1].b.c")).here == '"1.50"'
    assert offending(raw, Place(field="$[1].b.x")) == Offending(path="$[1].b", here='{"c": "1.50"}')


def test_of_one_event_a_line_the_one_with_the_id_is_shown() -> None:
    raw = b'{"id": "1", "x": 1}\n{"id": "2", "x": 2}\n'
    assert offending(raw, Place(field="$.x"), "2").here == "2"


def test_a_line_is_shown_whole() -> None:
    assert offending(b"a,b\r\n1,2\r\n", Place(line=2, column=1)).here == "1,2"
    assert offending(b"a,b", Place(line=9)).here == ""
