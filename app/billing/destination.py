"""One destination of a partner: what it wants to hear, how it is reached, and our patience with it.

A destination is data from `rules/partners/P/destinations.yaml`; this is its form once it was
checked. Secrets are never in it: it names one.
"""

from enum import StrEnum
from typing import Literal

import msgspec


class Kind(StrEnum):
    """By which means a destination is reached."""

    WEBHOOK = "webhook"
    BROKER = "broker"
    FILE = "file"
    CONNECTOR = "connector"
    """A billing system or ERP: it makes an invoice of a release."""


class Destination(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place that events are sent to."""

    partner: str
    name: str
    kind: Kind
    events: tuple[str, ...]
    """The types it wants to hear: `decision.changed`, `release.claimed`, ..."""
    url: str = ""
    """Of a webhook, broker or connector."""
    subject: str = ""
    """Of a broker: the subject, queue or topic."""
    folder: str = ""
    """Of a file destination."""
    format: Literal["json", "x12_810", "x12_210", "csv"] = "json"
    secret: str = ""
    """The name of the secret it is signed or opened with."""
    connector: Literal["", "tryton", "rest"] = ""
    mapping: str = ""
    """Of a connector: the file that says how its words are ours."""
    customers: tuple[str, ...] = ()
    """Only what is about these; empty for everything."""
    claims: bool = False
    """Whether releases are claimed for it as soon as a decision permits."""
    most_attempts: int = 12
    first_wait_s: float = 5.0
    longest_wait_s: float = 3600.0
    timeout_s: float = 10.0
    opens_after: int = 5
    """Failures in a row after which it is left alone for a while."""
    in_flight: int = 4
    """Events on their way to it at the same time, from one process."""

    @property
    def address(self) -> str:
        """`acme/billing`: how sendings and metrics call it."""
        return f"{self.partner}/{self.name}"

    def wants(self, event_type: str, customer: str) -> bool:
        """Whether it hears of such an event; one about no customer is for those who hear all."""
        return event_type in self.events and (not self.customers or customer in self.customers)
