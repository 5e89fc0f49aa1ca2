"""Papers that people attach: which kinds there are, and whether bytes are what they are called.

First bytes: ISO 32000 (PDF), PNG (W3C), JPEG (ITU T.81), TIFF 6.0.
"""

from collections.abc import Mapping

PLAIN = "text/plain"
BEGINS: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}
PAPER_MEDIA = (*BEGINS, PLAIN)
"""The media types a paper may have."""
LONGEST_FILE_NAME = 200


def media_of(told: str) -> str:
    """The media type alone, `text/plain` of `Text/Plain; charset=utf-8`."""
    return told.partition(";")[0].strip().lower()


def problem_with(raw: bytes, media: str) -> str:
    """Why the bytes are no paper of this media type; empty where they are."""
    if not raw:
        return "the file is empty"
    if media not in PAPER_MEDIA:
        return f"a paper is {', '.join(PAPER_MEDIA)}, and not {media or 'of no type'}"
    if media == PLAIN:
        return "" if _is_text(raw) else "the file is called a text and is none in UTF-8"
    if not raw.startswith(BEGINS[media]):
        return f"the file is called {media} and does not begin like one"
    return ""


def plain_name(told: str) -> str:
    """What a file was called, without its folders and without signs that cannot be read."""
    name = told.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable()).strip()[:LONGEST_FILE_NAME]


def _is_text(raw: bytes) -> bool:
    try:
        return "\x00" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
