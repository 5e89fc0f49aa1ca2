"""Whoever sends X12 is told by a 997 what was accepted of it, in the transaction that recorded it.

A 997 says what became of the bytes when they came first: the same bytes again, even if they are
read otherwise by then, are answered with the same 997. Bytes that a person handed in, or that are
read again, are answered by none: the partner did not send them.

The row of an answer gives the number; the words are in the outbox, as the event that tells of them.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.billing.events import X12_ACKNOWLEDGED, X12Acknowledged
from app.digest import canonical, digest_of
from app.errors import NotFoundError
from app.evidence.intake.read import begins_at
from app.evidence.intake.received import Received
from app.evidence.intake.x12.acknowledgement import Read, acknowledgements, answerable
from app.evidence.intake.x12.interchange import Transaction, transactions
from app.evidence.intake.x12.segments import ISA
from app.infrastructure.storage.rows import Acknowledgement, OutboxEvent
from app.infrastructure.storage.store import Store
from app.operations.house import House

FIRST_NUMBER, NUMBERS = 500_000_000, 500_000_000
"""ISA13 of a 997. The lower half counts the invoices that go to the same partners."""


def acknowledgement(house: House, delivery_id: str) -> bytes:
    """The 997s of one delivery, as they were written when it came.

    Raises:
        NotFoundError: there is no such delivery, or nothing in it is answered by a 997.
    """
    with house.database.reading(house.tenant) as store:
        answered = store.acknowledgements.of_delivery(delivery_id)
        if not answered:
            store.messages.delivery(delivery_id)
            raise NotFoundError(
                f"delivery {delivery_id} has no 997: what came from a partner as X12 has one, "
                "but for its own 997s and what stands in no group"
            )
        return b"".join(_written(store, each) for each in answered)


def transactions_of(raw: bytes, name: str, received: Sequence[Received]) -> tuple[Transaction, ...]:
    """The transactions that these messages were read from, one each; none where it is no X12."""
    start = begins_at(raw)
    if not raw.startswith(ISA, start) or {each.message.format for each in received} != {"x12"}:
        return ()
    return transactions(raw, start, name)


def acknowledge(
    store: Store,
    delivery_id: str,
    read: Sequence[Read],
    *,
    partner: str,
    correlation_id: str,
    moment: datetime,
) -> None:
    """Write the 997 of each interchange that has none yet, and tell of it.

    Args:
        store: the transaction in which the messages are recorded.
        delivery_id: the bytes.
        read: the transactions with what became of each.
        partner: by whose feed they came; empty where by none.
        correlation_id: the affair.
        moment: when they came.
    """
    for place, part in enumerate(answerable(read)):
        head = part[0][1].message
        answered = Acknowledgement(
            delivery_id=delivery_id,
            place=place,
            partner=partner or head.profile,
            at=moment,
        )
        seq = store.acknowledgements.add(answered)
        if seq is not None:
            store.outbox.add(_event(answered, part, FIRST_NUMBER + seq % NUMBERS, correlation_id))


def _event(
    answered: Acknowledgement, part: Sequence[Read], number: int, correlation_id: str
) -> OutboxEvent:
    (written,) = acknowledgements(part, number, answered.at)
    told = X12Acknowledged(
        partner=answered.partner,
        delivery_id=answered.delivery_id,
        place=answered.place,
        control_number=number,
        acknowledgement=written.decode("ascii"),
    )
    return OutboxEvent(
        event_id=_event_id(answered),
        type=X12_ACKNOWLEDGED,
        subject=answered.partner,
        customer="",
        body=canonical(told),
        correlation_id=correlation_id,
        created_at=answered.at,
    )


def _event_id(answered: Acknowledgement) -> str:
    return digest_of((X12_ACKNOWLEDGED, answered.delivery_id, answered.place))


def _written(store: Store, answered: Acknowledgement) -> bytes:
    event = store.outbox.by_id(_event_id(answered))
    assert event is not None, "an answer and its event are stored together"
    told = msgspec.json.decode(event.body, type=X12Acknowledged)
    return told.acknowledgement.encode("ascii")
