"""What the world is told: each event's type, and the values its body holds.

    decision.changed     a unit was decided anew and the answer is another than before
    unit.gone            a unit is none any more: its facts belong to another
    release.claimed      somebody took a release, so that there is an invoice to write
    consolidation.closed the releases of a period became one invoice, to be written instead of each
    invoice.posted       a billing system has the invoice, and under which number
    message.quarantined  a message was refused and waits for a person
    feed.silent          a feed has been quiet for longer than it ever should be
    feed.heard           it is heard again
    x12.acknowledged     an interchange of X12 came, and its 997 says what was accepted of it

A body is the canonical JSON of its struct. Structs only grow, by fields with defaults: receivers
read what they know and must let the rest be.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.evidence.intake.received import IntakeFault
from app.measures import Instant
from app.money import Money

DECISION_CHANGED = "decision.changed"
UNIT_GONE = "unit.gone"
RELEASE_CLAIMED = "release.claimed"
CONSOLIDATION_CLOSED = "consolidation.closed"
INVOICE_POSTED = "invoice.posted"
MESSAGE_QUARANTINED = "message.quarantined"
FEED_SILENT = "feed.silent"
FEED_HEARD = "feed.heard"
X12_ACKNOWLEDGED = "x12.acknowledged"


class DecisionChanged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the outside hears of a decision; the whole of it is read by its id."""

    decision_id: str
    unit: str
    customer: str
    verdict: str
    total: Money | None
    holds: tuple[str, ...] = ()
    """The codes of what blocks it."""
    before: str = ""
    """The decision it takes the place of."""
    token: str = ""
    """By which its release is claimed; empty where it permits nothing."""
    at: Instant


class UnitGone(msgspec.Struct, frozen=True, kw_only=True):
    """A unit is none any more: its facts belong to another, and its decision no longer stands."""

    unit: str
    before: str
    """The decision that no longer stands."""
    at: Instant


class ReleaseClaimed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of `release.claimed`; its subject is the unit, its release the invoice's reference."""

    unit: str
    customer: str
    invoice: Invoice
    release_id: str = ""
    decision_id: str = ""
    """The decision in force when it was claimed, whose lines the invoice has."""
    asked_decision_id: str = ""
    """The decision that the claim named: the same one, or an earlier one with the same money."""
    kind: str = ""
    """`final` or `provisional`."""
    total: Money | None = None
    currency: str = ""
    token: str = ""
    """By which it was claimed."""
    correlation_id: str = ""
    expires_at: Instant | None = None
    """Of a provisional release: when it runs out."""
    at: Instant | None = None


class ConsolidationClosed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of `consolidation.closed`; its subject is `consolidation:` and the invoice's reference.

    Its releases had no `release.claimed`: this is the one invoice for all of them.
    """

    customer: str
    invoice: Invoice
    releases: tuple[str, ...]
    """What it bills, in the order of its lines."""
    total: Money
    currency: str
    closes_at: Instant
    """The end of the period."""
    closes_on: date
    """The customer's day of it."""
    at: Instant
    correlation_id: str = ""


class InvoicePosted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of `invoice.posted`; its subject is the unit, or `consolidation:` and a reference."""

    unit: str
    """Empty where the invoice bills several; its parts name them."""
    customer: str
    system: str
    """The destination that has it: `acme/erp`."""
    invoice: Invoice
    posted: PostedInvoice


class MessageQuarantined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of `message.quarantined`; its subject is `message:` and its `seq`."""

    partner: str
    feed: str
    format: str
    kind: str
    message_id: str
    delivery_id: str
    faults: tuple[IntakeFault, ...]
    seq: int = 0
    """Under which it is looked at and mended."""
    outcome: str = "refused"
    """Or `conflict`: an earlier message of the same id said something else."""


class FeedTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of `feed.silent` and `feed.heard`; its subject is the feed's status by name."""

    feed_status: str
    """Whose silence it is, as the fact of it says: `carrier PLVX`."""
    silent: bool
    last_heard_at: Instant | None = None
    """None where it was never heard."""
    at: Instant
    """Since when it is silent, or when it was heard again."""


class X12Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `x12.acknowledged`; its subject is the partner, and only that partner's own hear."""

    partner: str
    """Who sent it: the partner of the feed, else of the profile it was read with."""
    delivery_id: str
    place: int
    """Which of the delivery's interchanges it answers, from 0."""
    control_number: int
    """ISA13 of the 997's interchange."""
    acknowledgement: str
    """The interchange, from ISA to IEA: ASCII, to be sent as it is."""


BODIES: Mapping[str, type[msgspec.Struct]] = {
    DECISION_CHANGED: DecisionChanged,
    UNIT_GONE: UnitGone,
    RELEASE_CLAIMED: ReleaseClaimed,
    CONSOLIDATION_CLOSED: ConsolidationClosed,
    INVOICE_POSTED: InvoicePosted,
    MESSAGE_QUARANTINED: MessageQuarantined,
    FEED_SILENT: FeedTold,
    FEED_HEARD: FeedTold,
    X12_ACKNOWLEDGED: X12Acknowledged,
}
"""Every event there is."""

BILLED = (RELEASE_CLAIMED, CONSOLIDATION_CLOSED)
"""Events that a billing system makes an invoice of."""
WITH_INVOICE = (RELEASE_CLAIMED, CONSOLIDATION_CLOSED, INVOICE_POSTED)
"""Events whose body holds an invoice, which can be written in its forms."""
OF_A_PARTNER = (X12_ACKNOWLEDGED,)
"""Events that only the partner they are about may hear: their subject is its name."""
OF_A_CUSTOMER = (
    DECISION_CHANGED,
    UNIT_GONE,
    RELEASE_CLAIMED,
    CONSOLIDATION_CLOSED,
    INVOICE_POSTED,
)
"""Events about a customer's unit; the others are about nobody's in particular."""
