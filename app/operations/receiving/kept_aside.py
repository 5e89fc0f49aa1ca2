"""A message that was kept aside is told of at once: whoever sent it or runs the feed must act."""

from app.billing.events import MESSAGE_QUARANTINED, MessageQuarantined
from app.digest import canonical, digest_of
from app.evidence.intake.received import IntakeFault
from app.infrastructure.storage.rows import Message, OutboxEvent


def quarantined(message: Message, seq: int, faults: tuple[IntakeFault, ...]) -> OutboxEvent:
    """The event that tells of it; `seq` is its place in the order of arrival."""
    format_, _, kind = message.kind.partition(" ")
    told = MessageQuarantined(
        partner=message.partner,
        feed=message.feed,
        format=format_,
        kind=kind,
        message_id=message.source_message_id,
        delivery_id=message.delivery_id,
        faults=faults,
        seq=seq,
        outcome=message.outcome,
    )
    return OutboxEvent(
        event_id=digest_of((MESSAGE_QUARANTINED, seq, message.delivery_id)),
        type=MESSAGE_QUARANTINED,
        subject=f"message:{seq}",
        customer="",
        body=canonical(told),
        correlation_id=message.correlation_id,
        created_at=message.received_at,
    )
