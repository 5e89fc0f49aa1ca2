"""What is read from and added to the tables: frozen values, moments always aware and in UTC."""

from datetime import date, datetime
from typing import Literal

import msgspec

from app.evidence.facts.fact import Fact

Outcome = Literal["recorded", "refused", "conflict"]
SendingState = Literal["waiting", "sent", "dead"]
AttemptOutcome = Literal["sent", "failed", "dead", "retried", "withdrew"]
ReleaseKind = Literal["final", "provisional", "supplemental", "credit", "rebill"]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes as they arrived: a file, or the body of a request."""

    delivery_id: str
    name: str
    media: str
    raw: bytes
    received_at: datetime
    actor: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a delivery, and what became of it."""

    source_system: str
    source_instance: str
    source_message_id: str
    """Empty where the message could not be read so far."""
    kind: str
    delivery_id: str
    outcome: Outcome
    content_digest: str
    faults: bytes
    """Canonical JSON."""
    received_at: datetime
    actor: str
    reading: int = 0
    """Which reading of the same message: 0, and more after maps were mended."""
    partner: str = ""
    feed: str = ""
    lane: str = "critical"
    correlation_id: str = ""
    replay: str = ""
    """The tag of the replay that read it again; empty for what a partner sent by itself."""
    stream: str = ""
    sequence: int | None = None
    """Its number in the stream, where the sender numbers."""


class StoredMessage(Message, frozen=True, kw_only=True):
    """A message with its place in the order of arrival."""

    seq: int


class StoredFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact and how it came."""

    fact: Fact
    received_at: datetime
    message_seq: int
    """The message that it was made of, by its place in the order of arrival."""


class StoredDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, and who took it first and when."""

    decision_id: str
    unit: str
    customer: str | None
    verdict: str
    currency: str | None
    amount_minor: int | None
    dossier_digest: str
    body: bytes
    trace: bytes
    answers: bytes
    decided_at: datetime
    actor: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """That an edition was put into force."""

    kind: str
    name: str
    digest: str
    accepted_at: datetime
    actor: str


class CurrentDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's current decision without trace and answers: a line of a table."""

    decision_id: str
    unit: str
    customer: str | None
    verdict: str
    currency: str | None
    amount_minor: int | None
    body: bytes
    taken_at: datetime


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked about a unit: which decision was the answer."""

    unit: str
    decision_id: str
    known_at: datetime | None
    """Set where the question was what would have been decided then."""
    taken_at: datetime
    actor: str
    correlation_id: str = ""
    gone: int = 0
    """1 where the unit is none any more, because its facts belong to another."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who asked about a unit was told, without the decision itself."""

    decision_id: str
    taken_at: datetime
    actor: str
    gone: int
    """1 where the unit was none any more from then on."""
    verdict: str
    currency: str | None
    amount_minor: int | None


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed permission to send out one invoice of a unit."""

    release_id: str
    unit: str
    decision_id: str
    customer: str
    kind: ReleaseKind
    currency: str
    amount_minor: int
    expires_at: datetime | None
    claimed_at: datetime
    actor: str
    correlation_id: str = ""
    asked_decision_id: str = ""
    """The decision whose token was shown; `decision_id` is the one in force at the claim."""
    place: int = 1
    """Which of the unit's invoices it is."""
    body: bytes | None = None
    """The document, canonical JSON; None in rows from before units had families."""
    settled: str = ""
    """Of a provisional: how it ended; empty while it is open."""
    settled_at: datetime | None = None
    invoice_number: str = ""
    """What the billing system calls the invoice, once it has told."""
    closes_at: datetime | None = None
    """When the consolidated invoice closes that it waits for; None: it waits for none."""
    consolidation: str = ""
    """The consolidated invoice it is in, once that has closed."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How a provisional invoice ended."""

    release_id: str
    decision_id: str
    how: str
    at: datetime
    actor: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A release that goes out in a consolidated invoice, which has not closed yet."""

    release_id: str
    customer: str
    currency: str
    closes_at: datetime
    closes_on: date
    """The customer's day of it."""


class StoredConsolidation(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice for several releases of a customer."""

    consolidation_id: str
    customer: str
    currency: str
    amount_minor: int
    closes_at: datetime
    closes_on: date
    body: bytes
    """Canonical JSON: the invoice, and the proof that it adds up."""
    at: datetime
    actor: str
    correlation_id: str


class StoredInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice that a release became."""

    release_id: str
    system: str
    """Which billing system has it."""
    number: str
    body: bytes
    """Canonical JSON: what was told of it."""
    at: datetime
    actor: str
    correlation_id: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is of one tenant."""

    messages: dict[str, int]
    """By outcome; an outcome that never happened is not there."""
    facts: int
    decisions: int


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Units that are to be decided, named by reference keys."""

    lane: str
    share: str
    """Whose turn it takes: the partner that sent it, or the customer it is about."""
    keys: tuple[str, ...]
    cause: str
    """`facts`, `editions`, `market`, `customer`, `feed`, `asked`."""
    correlation_id: str
    due_at: datetime


class StoredDue(Due, frozen=True, kw_only=True):
    """Units that are to be decided, with how often that failed."""

    seq: int
    attempts: int
    last_error: str


class OutboxEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something the outside may want to hear, stored with what it tells of."""

    event_id: str
    type: str
    subject: str
    """The unit, feed or message it is about."""
    customer: str
    """Empty where it is about no customer."""
    body: bytes
    """Canonical JSON."""
    correlation_id: str
    created_at: datetime


class StoredEvent(OutboxEvent, frozen=True, kw_only=True):
    """An event with its place in the order of happening."""

    seq: int


class Mending(msgspec.Struct, frozen=True, kw_only=True):
    """A quarantined message and the bytes that were handed in, or read again, for it."""

    message_seq: int
    delivery_id: str
    outcome: Literal["recorded", "refused"]
    """`recorded` closes the message; `refused` leaves it open."""
    reason: str
    at: datetime
    actor: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a feed that a person should look at: a gap, a drift, a fact less."""

    finding_id: str
    """The digest of what was found: finding it again adds nothing."""
    partner: str
    feed: str
    code: str
    detail: str
    at: datetime


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a stream whose sender numbers, in the order of arrival."""

    partner: str
    feed: str
    stream: str
    sequence: int
    received_at: datetime


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """An interchange of a delivery was answered with a 997, which is in the outbox."""

    delivery_id: str
    place: int
    """Which of the delivery's interchanges it answers, from 0."""
    partner: str
    at: datetime


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """A system was asked what is new, and all it answered is stored."""

    partner: str
    feed: str
    cursor: str
    """From where it is asked the next time."""
    at: datetime


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one destination."""

    outbox_seq: int
    destination: str
    subject: str
    """Of the event: what is about one subject is sent in order."""
    next_at: datetime
    """Not before this moment."""


class StoredSending(Sending, frozen=True, kw_only=True):
    """A sending, and what became of it so far."""

    seq: int
    state: SendingState
    attempts: int
    """Since it began to wait: a person's retry counts anew."""
    last_error: str
    """Empty where it has not failed, or has arrived."""
    reference: str
    """What the other side calls it, where it said so."""
    sent_at: datetime | None


class KnownSending(StoredSending, frozen=True, kw_only=True):
    """A sending with the event it carries, for people."""

    event_id: str
    type: str
    customer: str
    correlation_id: str
    created_at: datetime


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to send, a person's word that it be tried again, or what was taken away there."""

    sending_seq: int
    at: datetime
    outcome: AttemptOutcome
    detail: str
    actor: str


class Circuit(msgspec.Struct, frozen=True, kw_only=True):
    """How a destination has been answering."""

    failures: int = 0
    """In a row, up to now."""
    open_until: datetime | None = None
    """Nothing is sent to it before."""

    def is_open(self, moment: datetime) -> bool:
        """Whether it is to be left alone."""
        return self.open_until is not None and moment < self.open_until


class SendingsCounted(msgspec.Struct, frozen=True, kw_only=True):
    """How many sendings a destination has in a state."""

    destination: str
    state: SendingState
    count: int
