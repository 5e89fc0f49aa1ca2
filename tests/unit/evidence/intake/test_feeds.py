"""What comes by a feed is what the feed says it is, or is refused."""

import msgspec
import pytest

from app.digest import canonical
from app.evidence.intake.feed import Feed, Format
from app.evidence.intake.profile import Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import DELIVERED, PROFILES, interchange
from tests.unit.evidence.intake.test_canonical import EVENT, text

X12 = interchange(("214", DELIVERED))
CLOUDEVENT = text(EVENT)


def by(feed: Feed, raw: bytes, profiles: Profiles = PROFILES) -> tuple[Received, ...]:
    return read(raw, "in.dat", profiles, "tenant", "tester", feed)


def feed(format_: Format, **more: str) -> Feed:
    return Feed(partner="acme", name="status", format=format_, **more)  # type: ignore[arg-type]


def test_what_a_feed_declares_is_read_as_without_a_feed() -> None:
    for format_, raw in ((Format.X12, X12), (Format.CLOUDEVENTS, CLOUDEVENT)):
        assert by(feed(format_), raw) == read(raw, "in.dat", PROFILES, "tenant", "tester")
        assert by(feed(format_), raw)[0].facts


@pytest.mark.parametrize(
    ("format_", "raw", "detail"),
    (
        (Format.X12, CLOUDEVENT, "brings x12; this begins with '{\"s', not ISA"),
        (Format.CLOUDEVENTS, X12, "brings cloudevents; this begins with 'ISA', not { or ["),
        (Format.EDIFACT, X12, "brings edifact; this begins with 'ISA', not UNA or UNB"),
        (Format.X12, b"", "brings x12; this begins with '', not ISA"),
    ),
)
def test_what_a_feed_does_not_declare_is_refused(format_: Format, raw: bytes, detail: str) -> None:
    (received,) = by(feed(format_), raw)
    (fault,) = received.faults
    assert received.refused
    assert fault.detail == f"feed acme/status {detail}"
    assert (fault.place.file, fault.place.byte_offset) == ("in.dat", 0)


def test_a_feed_whose_mapping_is_gone_reads_nothing() -> None:
    (received,) = by(feed(Format.JSON, mapping="gone", system="carrier"), b"{}")
    assert received.faults[0].detail == "feed acme/status has no mapping 'gone'"


def test_a_feed_without_a_system_reads_nothing() -> None:
    (received,) = by(feed(Format.JSON, mapping="dcsa"), b"{}")
    assert received.refused
    assert "of system ''" in received.faults[0].detail


def test_a_feed_and_its_mapping_agree_on_the_format() -> None:
    (received,) = by(feed(Format.CSV, mapping="dcsa", system="carrier"), b"a,b\n")
    assert "its mapping dcsa json" in received.faults[0].detail


def test_profiles_with_mappings_come_back_from_their_bytes() -> None:
    assert PROFILES.mappings
    assert msgspec.json.decode(canonical(PROFILES), type=Profiles) == PROFILES
