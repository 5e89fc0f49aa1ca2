"""One feed of a partner: what comes by it, how it is read, and how much of it is taken at once.

A feed is data from `rules/partners/P/feeds.yaml`; this is its form once it was checked. Bytes
that come by a named feed are read as the feed says; bytes that come by none are looked at.
"""

from enum import StrEnum

import msgspec


class Format(StrEnum):
    """How the bytes of a feed are written."""

    X12 = "x12"
    EDIFACT = "edifact"
    CLOUDEVENTS = "cloudevents"
    CSV = "csv"
    XLSX = "xlsx"
    FIXED_WIDTH = "fixed_width"
    JSON = "json"
    """Somebody else's JSON, as a webhook sends it; read by a mapping."""


class Lane(StrEnum):
    """What waits for what: nothing critical ever waits behind bulk."""

    CRITICAL = "critical"
    """Confirmations, deliveries, costs, accessorials: what an invoice waits for."""
    BULK = "bulk"
    """History, back-fills, master data: nobody is waiting for it today."""


class Pull(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a system that only answers questions is asked what is new."""

    url: str
    every_minutes: int
    secret: str = ""
    """The name of the secret sent as `Authorization: Bearer`; empty where none is asked for."""
    since: str = ""
    """The query parameter that takes the cursor; empty where all is asked for each time."""
    cursor: str = ""
    """Where the answer says the next cursor, as `meta.cursor`; empty: the moment we asked."""
    overlap_minutes: int = 5
    """How far before the last moment it is asked again; harmless, for what came is known."""
    next_page: str = ""
    """Where the answer says the next page's URL, as `links.next`; empty: one page, or a header
    `Link` with `rel="next"`."""


class Feed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stream of messages of one partner."""

    partner: str
    name: str
    format: Format
    mapping: str = ""
    """The mapping file that reads it; empty where the format speaks for itself."""
    lane: Lane = Lane.CRITICAL
    system: str = ""
    """The role of the system behind it: tms, wms, carrier, erp; its silence is that system's."""
    instance: str = ""
    """Which system of that role; the partner's name unless said."""
    silent_after_minutes: int | None = None
    """After so long without a message it counts as down; None where it has no rhythm."""
    signature: str = ""
    """`standard_webhooks` where every message must be signed; empty where none is asked for."""
    secret: str = ""
    """The name of the secret it is signed with."""
    in_flight: int = 8
    """Messages of it that one process takes from a broker at the same time; more wait there."""
    pull: Pull | None = None
    """How it is asked for; None where it comes by itself."""
    backlog: int = 5000
    """Messages of it that may wait for a decision; beyond it senders are told to come later."""

    @property
    def address(self) -> str:
        """`acme/status`: how doors and metrics call it."""
        return f"{self.partner}/{self.name}"
