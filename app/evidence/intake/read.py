"""The one door: looks at the bytes and chooses the reader."""

from app.errors import Place
from app.evidence.intake.edifact.messages import read_edifact
from app.evidence.intake.enveloped.segments import past_blanks
from app.evidence.intake.feed import Feed, Format
from app.evidence.intake.json_text import read_json
from app.evidence.intake.mapped.facts import Hand
from app.evidence.intake.mapped.reading import READ_BY_MAPPING, read_mapped
from app.evidence.intake.profile import Profiles
from app.evidence.intake.received import MessageHead, Received, refusal
from app.evidence.intake.x12.sets import read_x12

UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
BEGINNINGS = {
    Format.X12: (b"ISA",),
    Format.EDIFACT: (b"UNA", b"UNB"),
    Format.CLOUDEVENTS: (b"{", b"["),
}
READ = "X12 (ISA), EDIFACT (UNB, UNA), or CloudEvents as JSON"


def read(
    raw: bytes, name: str, profiles: Profiles, tenant: str, actor: str, feed: Feed | None = None
) -> tuple[Received, ...]:
    """What the bytes say: for each transaction or event its facts and its faults.

    Args:
        raw: the file or body, whole.
        name: what to call it in places, for example the file's name.
        profiles: how each partner's messages are read.
        tenant: whose facts these are.
        actor: by whose hand they are recorded.
        feed: the feed they came by, which says how they are read; without one they are looked at.

    Bad bytes never raise: what cannot be read comes back refused, with its place.
    """
    if feed is not None and feed.format in READ_BY_MAPPING:
        return _by_mapping(raw, name, profiles, Hand(tenant=tenant, actor=actor, feed=feed))
    if raw.startswith(UTF_16_MARKS):
        return (_refused(name, 0, "unknown", "the text is UTF-16; send it as UTF-8"),)
    start = begins_at(raw)
    first = raw[start : start + 3]
    if feed is not None and (other := _not_as_declared(first, feed)):
        return (_refused(name, start, feed.format, other),)
    if first == b"ISA":
        return read_x12(raw, start, name, profiles, tenant, actor)
    if first[:1] in (b"{", b"["):
        return read_json(raw, start, name, tenant, actor)
    if first in (b"UNB", b"UNA"):
        return read_edifact(raw, start, name, profiles, tenant, actor)
    if not first:
        return (_refused(name, start, "unknown", "there is nothing in it"),)
    shown = raw[start : start + 12].decode("latin-1")
    return (_refused(name, start, "unknown", f"it begins with {shown!r}; read is {READ}"),)


def begins_at(raw: bytes) -> int:
    """Where the first sign of text stands, behind a mark and blanks."""
    return past_blanks(raw, len(UTF_8_MARK) if raw.startswith(UTF_8_MARK) else 0)


def _by_mapping(raw: bytes, name: str, profiles: Profiles, hand: Hand) -> tuple[Received, ...]:
    """What the feed's mapping makes of the bytes; a feed without one can say nothing."""
    feed = hand.feed
    mapping = profiles.mapping(feed.partner, feed.mapping)
    if mapping is None:
        detail = f"feed {feed.address} has no mapping {feed.mapping!r}"
        return (_refused(name, 0, feed.format, detail),)
    if mapping.format is not feed.format or not feed.system:
        detail = f"feed {feed.address} is {feed.format} of system {feed.system!r}, and its mapping"
        return (_refused(name, 0, feed.format, f"{detail} {mapping.name} {mapping.format}"),)
    return read_mapped(raw, name, mapping, hand)


def _not_as_declared(first: bytes, feed: Feed) -> str:
    """Why bytes that begin so are not what the feed brings, or nothing."""
    begins = BEGINNINGS[feed.format]
    if first.startswith(begins):
        return ""
    shown = first.decode("latin-1")
    declared = " or ".join(each.decode() for each in begins)
    return f"feed {feed.address} brings {feed.format}; this begins with {shown!r}, not {declared}"


def _refused(name: str, offset: int, format_: str, detail: str) -> Received:
    head = MessageHead(format=format_)
    return refusal(head, "FORMAT_NOT_READ", detail, Place(file=name, byte_offset=offset))
