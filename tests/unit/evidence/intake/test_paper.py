"""Papers that people attach are what they are called, or are none."""

import pytest

from app.evidence.intake.paper import PAPER_MEDIA, media_of, plain_name, problem_with


@pytest.mark.parametrize(
    ("raw", "media"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00\x08", "image/tiff"),
        (b"MM\x00*\x00", "image/tiff"),
        ("Unterschrift: Müller".encode(), "text/plain"),
    ],
)
def test_each_kind_is_known_by_how_it_begins_and_is_no_other(raw: bytes, media: str) -> None:
    assert problem_with(raw, media) == ""
    assert media in PAPER_MEDIA
    for other in set(PAPER_MEDIA) - {media, "text/plain"}:
        assert problem_with(raw, other)


@pytest.mark.parametrize(
    ("raw", "media", "says"),
    [
        (b"", "text/plain", "empty"),
        (b"<html>", "text/html", "not text/html"),
        (b"PK", "", "of no type"),
        (b"a\x00b", "text/plain", "none in UTF-8"),
        (b"\xff\xfe", "text/plain", "none in UTF-8"),
    ],
)
def test_anything_else_is_refused_with_what_is_taken(raw: bytes, media: str, says: str) -> None:
    assert says in problem_with(raw, media)


def test_a_media_type_counts_without_its_parameters() -> None:
    assert media_of(" Text/Plain; charset=utf-8") == "text/plain"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("pod.pdf", "pod.pdf"),
        (r"C:\scans\..\pod 1.pdf", "pod 1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_file_name_is_only_a_text(told: str, name: str) -> None:
    assert plain_name(told) == name
