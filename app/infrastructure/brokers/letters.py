"""What comes and goes over a broker, by which address, and how much of it at once."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

IN, OUT, DEAD = "tollgate.in.", "tollgate.out.", "tollgate.dead."
"""Addresses: `tollgate.in.PARTNER.FEED`, `tollgate.out.TYPE`, `tollgate.dead.PARTNER.FEED`."""

GROUP = "tollgate"
"""Whatever counts readers knows all processes of ours as one."""

CORRELATION = "X-Correlation-Id"
WHY = "X-Tollgate-Why"
"""Beside a dead letter: what went wrong the last time."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much at once, how often, and how long."""

    in_flight: int = 16
    """Messages of one feed, and of all unknown ones together, that one process holds at the same
    time; more wait with the broker."""
    deliveries: int = 5
    """How often a message may fail before it is a dead letter."""
    backlog: int = 100_000
    """Messages that may wait with the broker; beyond it the broker refuses the sender's."""
    backlog_of_feed: int = 20_000
    """The same of one feed: a flood of one leaves room for the others."""
    answers_within_s: float = 60.0
    """After so long without a word a message counts as lost by us, and comes again."""
    again_after_s: float = 5.0
    """Pause before a message is tried again."""
    connects_within_s: float = 10.0
    looks_every_s: float = 10.0
    """Between two looks which feeds are in force."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came, as it came."""

    address: str
    body: bytes
    media: str = ""
    correlation_id: str = ""
    traceparent: str = ""
    """The span that sent it, as W3C Trace Context writes it."""

    @property
    def partner(self) -> str:
        """The third part of the address."""
        return self.address.removeprefix(IN).partition(".")[0]

    @property
    def feed(self) -> str:
        """All that stands behind the partner."""
        return self.address.removeprefix(IN).partition(".")[2]


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be published."""

    address: str
    body: bytes
    message_id: str
    """The same letter always has the same; brokers that can drop the second."""
    headers: Mapping[str, str] = {}
    media: str = "application/json"


def dead_letter(arrived: Arrived, why: str, message_id: str) -> Letter:
    """The message as it goes among the dead, with what went wrong beside it."""
    return Letter(
        address=DEAD + arrived.address.removeprefix(IN),
        body=arrived.body,
        message_id=message_id,
        headers={CORRELATION: arrived.correlation_id, WHY: plain(why)},
        media=arrived.media,
    )


def header(headers: Iterable[tuple[str, object]], name: str) -> str:
    """A header's text, however its name is written; empty where it is not there."""
    wanted = name.lower()
    found = (value for key, value in headers if key.lower() == wanted)
    value = next(found, "")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def plain(text: str) -> str:
    """Text that every broker takes as a header: one line of ASCII, and not long."""
    return ascii(text)[1:-1][:300]


Take = Callable[[Arrived], None]
"""Stores what arrived, and returns when it is committed."""
