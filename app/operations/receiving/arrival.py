"""What becomes of each message of a delivery: recorded, known already, or kept aside.

What is recorded is stored with its facts and what is due for them. What is refused, or says
other things than came before under its id, is kept aside where a person finds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from app.digest import canonical, digest
from app.errors import ConflictError, Place
from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Lane
from app.evidence.intake.received import IntakeFault, Received
from app.infrastructure.storage.rows import Message, Outcome, StoredMessage
from app.infrastructure.storage.store import Store
from app.operations.due_units import due_for
from app.operations.receiving.came import Came, share_of
from app.operations.receiving.kept_aside import quarantined
from app.operations.receiving.readings import (
    SAYS_LESS,
    Readings,
    content_of,
    less_said,
    name_of,
    superseding,
)


class MessageReceipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one message."""

    kind: str
    message_id: str
    outcome: str
    """`recorded`, `duplicate`, `refused` or `conflict`."""
    fact_ids: tuple[str, ...] = ()
    faults: tuple[IntakeFault, ...] = ()
    resends: int = 0
    """Facts whose content had come before in another message; they count once."""


class Arrival:
    """One delivery being stored."""

    def __init__(
        self,
        store: Store,
        delivery: str,
        moment: datetime,
        actor: str,
        came: Came,
        earlier: Readings,
    ) -> None:
        self.store, self.delivery, self.moment, self.actor = store, delivery, moment, actor
        self.came, self.earlier = came, earlier

    def reusing_ids(self, received: Iterable[Received]) -> Iterator[int]:
        """The places of those whose message id stands for other content, here or before."""
        contents: dict[tuple[str, str, str], str] = {}
        for place, each in enumerate(received):
            if each.refused:
                continue
            name, content = name_of(each), content_of(each)
            if name not in contents:
                before = self.earlier.last(name)
                same = before is None or self.earlier.is_read_otherwise(before, each)
                contents[name] = content if same or before is None else before.content_digest
            if contents[name] != content:
                yield place

    def keep(self, received: Received, *, reused: bool = False) -> MessageReceipt:
        """Store what became of one message; `reused` where its id is known to be taken."""
        if received.refused:
            return self._kept_aside(received, "refused", received.faults)
        if reused:
            return self._conflict(received)
        name = name_of(received)
        before = self.earlier.last(name)
        if before is None:
            return self._recorded(received, received.facts, 0)
        if before.content_digest == content_of(received):
            return MessageReceipt(
                kind=received.message.kind,
                message_id=name[2],
                outcome="duplicate",
                fact_ids=tuple(fact.fact_id for fact in received.facts),
            )
        if self.earlier.is_read_otherwise(before, received):
            return self.read_again(received, before)
        return self._conflict(received)

    def read_again(self, received: Received, before: StoredMessage) -> MessageReceipt:
        """The same message by maps that were mended: its facts take the place of the earlier."""
        says_less, facts = superseding(self.earlier.standing(name_of(received)), received.facts)
        if says_less is not None:
            return self.says_less(received, says_less)
        return self._recorded(received, facts, before.reading + 1)

    def says_less(self, received: Received, detail: str) -> MessageReceipt:
        """A reading that would take facts back without new ones: a person must look."""
        place = received.faults[0].place if received.faults else Place()
        fault = IntakeFault(code=SAYS_LESS, detail=detail, place=place, refused=True)
        message = self._message(received, "refused", "", (fault,))
        self.store.findings.add(less_said(message, detail))
        return self._kept_aside(received, "refused", (fault, *received.faults))

    def _recorded(self, received: Received, facts: Sequence[Fact], reading: int) -> MessageReceipt:
        known = self.store.facts.with_content([fact.content_digest for fact in facts])
        message = self._message(received, "recorded", content_of(received), reading=reading)
        try:
            seq = self.store.messages.add(message)
        except ConflictError:
            # Another process recorded this message id between our look and our insert.
            return self.keep(received)
        self.store.facts.add(facts, message_seq=seq, received_at=self.moment)
        self.store.due.add(
            due_for(
                facts,
                lane=self.came.lane or Lane.CRITICAL,
                share=share_of(self.came, (received,)),
                correlation_id=self.came.correlation_id,
                moment=self.moment,
            )
        )
        return MessageReceipt(
            kind=received.message.kind,
            message_id=received.facts[0].source.message_id,
            outcome="recorded",
            fact_ids=tuple(fact.fact_id for fact in facts),
            faults=received.faults,
            resends=sum(1 for fact in facts if fact.content_digest in known),
        )

    def _conflict(self, received: Received) -> MessageReceipt:
        fault = IntakeFault(
            code="MESSAGE_ID_REUSED",
            detail="this source used the same message id before for other content",
            place=received.faults[0].place if received.faults else Place(),
            refused=True,
        )
        return self._kept_aside(received, "conflict", (fault, *received.faults))

    def _kept_aside(
        self, received: Received, outcome: Outcome, faults: tuple[IntakeFault, ...]
    ) -> MessageReceipt:
        message = self._message(received, outcome, "", faults)
        if not self.store.quarantine.holds(message):
            seq = self.store.messages.add(message)
            self.store.outbox.add(quarantined(message, seq, faults))
        return MessageReceipt(
            kind=received.message.kind,
            message_id=received.message.message_id,
            outcome=outcome,
            faults=faults,
        )

    def _message(
        self,
        received: Received,
        outcome: Outcome,
        content: str,
        faults: tuple[IntakeFault, ...] | None = None,
        reading: int = 0,
    ) -> Message:
        head = received.message
        source = received.facts[0].source if received.facts else None
        return Message(
            source_system=source.system if source else "",
            source_instance=source.instance if source else head.sender,
            source_message_id=source.message_id if source else head.message_id,
            kind=f"{head.format} {head.kind}".strip(),
            delivery_id=self.delivery,
            outcome=outcome,
            content_digest=content or digest(canonical(faults or ())),
            faults=canonical(received.faults if faults is None else faults),
            received_at=self.moment,
            actor=self.actor,
            reading=reading,
            partner=self.came.partner or head.profile,
            feed=self.came.feed,
            lane=self.came.lane or Lane.CRITICAL,
            correlation_id=self.came.correlation_id,
            replay=self.came.replay,
            stream=head.stream,
            sequence=head.sequence,
        )
