"""A message that was kept aside is told of at once: whoever sent it or runs the feed must act."""

import msgspec

from app.digest import canonical, digest_of
from app.evidence.intake.received import IntakeFault
from app.infrastructure.storage.rows import Message, OutboxEvent
from app.measures import Instant

QUARANTINED = "message.quarantined"


class MessageQuarantined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the outside hears of a message that was kept aside; its bytes are read by `seq`."""

    seq: int
    """Under which it is looked at and mended."""
    delivery_id: str
    outcome: str
    """`refused`, or `conflict` with an earlier message of the same id."""
    kind: str
    message_id: str = ""
    partner: str = ""
    feed: str = ""
    faults: tuple[IntakeFault, ...]
    at: Instant


def quarantined(message: Message, seq: int, faults: tuple[IntakeFault, ...]) -> OutboxEvent:
    """The event that tells of it."""
    told = MessageQuarantined(
        seq=seq,
        delivery_id=message.delivery_id,
        outcome=message.outcome,
        kind=message.kind,
        message_id=message.source_message_id,
        partner=message.partner,
        feed=message.feed,
        faults=faults,
        at=message.received_at,
    )
    return OutboxEvent(
        event_id=digest_of((QUARANTINED, seq, message.delivery_id)),
        type=QUARANTINED,
        subject=f"message:{seq}",
        customer="",
        body=canonical(told),
        correlation_id=message.correlation_id,
        created_at=message.received_at,
    )
