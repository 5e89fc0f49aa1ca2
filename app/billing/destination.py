"""To whom events go: what a partner hears, by which means, in which form, how hard it is tried.

A destination is data from `rules/partners/P/destinations.yaml`; this is its form once it was
checked. The events there are, and what the body of each holds, stand in `events.py`:
`decision.changed`, `unit.gone`, `release.claimed`, `consolidation.closed`, `invoice.posted`,
`message.quarantined`, `feed.silent`, `feed.heard`, `x12.acknowledged`. Secrets are named here and
stand elsewhere.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.billing.events import (
    CONSOLIDATION_CLOSED,
    DECISION_CHANGED,
    OF_A_PARTNER,
    RELEASE_CLAIMED,
)
from app.billing.invoice import Invoice
from app.billing.rest_mapping import RestMapping
from app.billing.tryton_settings import TrytonSettings
from app.billing.written import csv, x12_210, x12_810
from app.billing.written.x12 import Circumstances, Exchange
from app.measures import Instant


class Kind(StrEnum):
    """By which means a destination is reached."""

    WEBHOOK = "webhook"
    BROKER = "broker"
    FILE = "file"
    CONNECTOR = "connector"


class WrittenAs(StrEnum):
    """In which form an event leaves; all but JSON are forms of its invoice."""

    JSON = "json"
    X12_810 = "x12_810"
    X12_210 = "x12_210"
    CSV = "csv"


Connection = TrytonSettings | RestMapping
"""How a billing system is talked to."""


class Destination(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place that a partner hears events at."""

    partner: str
    name: str
    kind: Kind
    events: tuple[str, ...]
    """The types it hears; others pass it by."""
    url: str = ""
    """Of a webhook; of a broker where it is another than the house's own."""
    subject: str = ""
    """Of a broker: the subject, topic or routing key."""
    folder: str = ""
    """Of files: where they are laid."""
    format: WrittenAs = WrittenAs.JSON
    secret: str = ""
    """The name of the secret it is signed or signed in with."""
    connection: str = ""
    """Of a connector: the file under `connections/` that says how its system is talked to."""
    customers: tuple[str, ...] = ()
    """Whose units it hears of; empty means everybody's."""
    claims: bool = False
    """Whether it claims each release by itself; then it hears of changed decisions, too."""
    most_attempts: int = 12
    """Then the event is a dead letter and waits for a person."""
    first_wait_s: int = 5
    """After the first failure; doubled after each further one."""
    longest_wait_s: int = 3600
    timeout_s: int = 15
    opens_after: int = 5
    """So many failures in a row and nothing is sent to it for a while."""
    in_flight: int = 4
    """Events of it that one process sends at the same time."""
    exchange: Exchange | None = None
    """Of X12: whom it goes to, and what is agreed with them."""
    codes_810: x12_810.Codes | None = None
    codes_210: x12_210.Codes | None = None

    @property
    def address(self) -> str:
        """`acme/erp`: what rows, metrics and people call it."""
        return f"{self.partner}/{self.name}"

    def hears(self, event: str, customer: str = "", subject: str = "") -> bool:
        """Whether an event of this type goes to it.

        Args:
            event: the type.
            customer: whose unit it is about; empty where it is about nobody's, or nobody knows
                whose: then only who hears of everybody hears it.
            subject: what it is about; an answer to a partner goes to no other's destination.
        """
        if event in OF_A_PARTNER and subject != self.partner:
            return False
        heard = event in self.events or (self.claims and event == DECISION_CHANGED)
        # What is consolidated is told of instead of its releases: who bills these bills it.
        heard = heard or (event == CONSOLIDATION_CLOSED and RELEASE_CLAIMED in self.events)
        return heard and (not self.customers or customer in self.customers)


class Destinations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every destination of every partner; one edition."""

    destinations: tuple[Destination, ...] = ()
    connections: Mapping[str, Connection] = {}
    """How each billing system is talked to, by partner and name: `acme/books`."""

    def at(self, address: str) -> Destination | None:
        """The destination by this address, if there is one."""
        return next((each for each in self.destinations if each.address == address), None)

    def hearing(self, event: str, customer: str = "") -> tuple[Destination, ...]:
        """Those that an event of this type, about this customer, goes to."""
        return tuple(each for each in self.destinations if each.hears(event, customer))

    def claiming(self, customer: str) -> Destination | None:
        """The one that claims this customer's releases by itself; files allow no second."""
        return next((each for each in self.destinations if _claims(each, customer)), None)


def _claims(destination: Destination, customer: str) -> bool:
    everybody = not destination.customers
    return destination.claims and (everybody or customer in destination.customers)


def written_for(
    destination: Destination,
    invoice: Invoice,
    *,
    number: str,
    control_number: int,
    written_at: Instant,
) -> bytes:
    """The invoice in the form the destination takes it in; JSON is the event's own body.

    Args:
        destination: whose form, ids and codes these are.
        invoice: what is billed.
        number: what it is called outside.
        control_number: of an X12 interchange; never used twice towards the same receiver.
        written_at: the moment that stands in the envelope.

    Raises:
        UnwritableInvoiceError: with everything the form has no code or place for.
    """
    if destination.format is WrittenAs.CSV:
        return csv.written(invoice, csv.Circumstances(number=number))
    assert destination.exchange, "a destination that takes X12 says whom it goes to"
    given = Circumstances(
        exchange=destination.exchange,
        control_number=control_number,
        written_at=written_at,
        number=number,
        credited_number=invoice.credited_number,
    )
    if destination.format is WrittenAs.X12_810:
        assert destination.codes_810, "a destination that takes 810s brings its codes"
        return x12_810.written(invoice, given, destination.codes_810)
    assert destination.codes_210, "a destination that takes 210s brings its codes"
    return x12_210.written(invoice, given, destination.codes_210)
