"""One message as it was received, what was noticed about it, and the facts it was made into."""

import msgspec

from app.evidence.intake.received import IntakeFault
from app.measures import Instant
from app.reports.audit.received_text import ReceivedText


class FactMade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact that the message says."""

    fact_id: str
    entity: str
    classifier: str
    head: str
    says: str
    occurred_at: Instant
    names: tuple[str, ...]
    """The numbers by which it is found."""
    paper: str = ""
    """The delivery with the scan of a document; empty where there is none."""


class MessagePage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading of one message."""

    seq: int
    source: str
    """`carrier ABFL`."""
    message_id: str
    """Empty where it could not be read so far."""
    kind: str
    outcome: str
    reading: int
    received_at: Instant
    actor: str
    delivery_id: str
    delivery_name: str
    media: str
    length: int
    """Of the delivery, in bytes."""
    text: ReceivedText
    faults: tuple[IntakeFault, ...] = ()
    facts: tuple[FactMade, ...] = ()
    more_facts: bool = False
    """Whether it says more than is shown."""
    wanted: str = ""
    """The fact that was asked for, by its id."""
