"""The tables; `migrations/` makes them, and a test holds the two together.

Every row names its tenant and every act its actor. Everything is append-only, and triggers in the
database see to it, but `customer_lock` and what is still to be done: `due`, `sending`, `circuit`,
`consolidating`; and `counted`, which is counted anew. What is derived stands in
`standing_tables.py`.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from app.infrastructure.storage.columns import Line, Moment, Number

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

delivery = Table(
    "delivery",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("delivery_id", Line, nullable=False),
    Column("name", Line, nullable=False),
    Column("media", Line, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    PrimaryKeyConstraint("tenant", "delivery_id"),
)

message = Table(
    "message",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("source_system", Line, nullable=False),
    Column("source_instance", Line, nullable=False),
    Column("source_message_id", Line, nullable=False),
    Column("kind", Line, nullable=False),
    Column("delivery_id", Line, nullable=False),
    Column("outcome", Line, nullable=False),
    Column("content_digest", Line, nullable=False),
    Column("faults", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    # Which reading of the same message this is: 0, and more after maps were mended.
    Column("reading", BigInteger, nullable=False, server_default=text("0")),
    Column("partner", Line, nullable=False, server_default=text("''")),
    Column("feed", Line, nullable=False, server_default=text("''")),
    Column("lane", Line, nullable=False, server_default=text("'critical'")),
    Column("correlation_id", Line, nullable=False, server_default=text("''")),
    # The tag of a replay, empty for what a partner sent by itself.
    Column("replay", Line, nullable=False, server_default=text("''")),
    # The numbered stream it came in and its number there, where the sender numbers.
    Column("stream", Line, nullable=False, server_default=text("''")),
    Column("sequence", BigInteger),
    UniqueConstraint("tenant", "seq"),
    ForeignKeyConstraint(
        ["tenant", "delivery_id"],
        ["delivery.tenant", "delivery.delivery_id"],
    ),
    CheckConstraint("outcome IN ('recorded', 'refused', 'conflict')", name="outcome"),
    Index(None, "tenant", "outcome", "seq"),
    Index(None, "tenant", "partner", "feed", "seq"),
    Index(None, "tenant", "received_at"),
    Index(None, "tenant", "stream", "sequence"),
    Index(None, "tenant", "delivery_id"),
)
Index(
    "ix_message_recorded_once",
    message.c.tenant,
    message.c.source_system,
    message.c.source_instance,
    message.c.source_message_id,
    message.c.reading,
    unique=True,
    sqlite_where=text("outcome = 'recorded'"),
    postgresql_where=text("outcome = 'recorded'"),
)

fact = Table(
    "fact",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("fact_id", Line, nullable=False),
    Column("message_seq", BigInteger, nullable=False),
    Column("entity", Line, nullable=False),
    Column("content_digest", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    # When it happened; not there in rows from before it was kept beside the body.
    Column("occurred_at", Moment),
    UniqueConstraint("tenant", "fact_id"),
    ForeignKeyConstraint(["tenant", "message_seq"], ["message.tenant", "message.seq"]),
    Index(None, "tenant", "entity"),
    Index(None, "tenant", "content_digest"),
    Index(None, "tenant", "message_seq"),
    Index(None, "tenant", "received_at"),
)

fact_reference = Table(
    "fact_reference",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("key", Line, nullable=False),
    Column("fact_id", Line, nullable=False),
    # Two parts of the key, so that a number alone, or a kind alone, finds it by an index.
    Column("kind", Line, nullable=False),
    Column("value", Line, nullable=False),
    PrimaryKeyConstraint("tenant", "key", "fact_id"),
    ForeignKeyConstraint(["tenant", "fact_id"], ["fact.tenant", "fact.fact_id"]),
    Index(None, "tenant", "value"),
    Index(None, "tenant", "kind", "key"),
)

edition = Table(
    "edition",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("digest", Line, nullable=False),
    # In the key, because two names may hold the same bytes.
    Column("kind", Line, nullable=False),
    Column("name", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "digest", "kind", "name"),
)

edition_acceptance = Table(
    "edition_acceptance",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("kind", Line, nullable=False),
    Column("name", Line, nullable=False),
    Column("digest", Line, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    ForeignKeyConstraint(
        ["tenant", "digest", "kind", "name"],
        ["edition.tenant", "edition.digest", "edition.kind", "edition.name"],
    ),
    Index(None, "tenant", "kind", "name", "accepted_at"),
)

dossier = Table(
    "dossier",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("digest", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "digest"),
)

decision = Table(
    "decision",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("decision_id", Line, nullable=False),
    Column("unit", Line, nullable=False),
    # Empty where the unit could not be given a customer or a price; it is then a hold.
    Column("customer", Line),
    Column("verdict", Line, nullable=False),
    Column("currency", Line),
    Column("amount_minor", BigInteger),
    Column("dossier_digest", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("trace", LargeBinary, nullable=False),
    Column("answers", LargeBinary, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    UniqueConstraint("tenant", "decision_id"),
    ForeignKeyConstraint(["tenant", "dossier_digest"], ["dossier.tenant", "dossier.digest"]),
)

decision_taken = Table(
    "decision_taken",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("unit", Line, nullable=False),
    Column("decision_id", Line, nullable=False),
    Column("known_at", Moment),
    Column("taken_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    Column("correlation_id", Line, nullable=False, server_default=text("''")),
    # 1 where the unit is none any more: its facts belong to another.
    Column("gone", BigInteger, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(["tenant", "decision_id"], ["decision.tenant", "decision.decision_id"]),
    Index(None, "tenant", "unit", "seq"),
)

release = Table(
    "release",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("release_id", Line, nullable=False),
    Column("unit", Line, nullable=False),
    Column("decision_id", Line, nullable=False),
    Column("customer", Line, nullable=False),
    Column("kind", Line, nullable=False),
    Column("currency", Line, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("expires_at", Moment),
    Column("claimed_at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    Column("correlation_id", Line, nullable=False, server_default=text("''")),
    # The decision whose token was shown, where the release is under a later one of equal money.
    Column("asked_decision_id", Line, nullable=False, server_default=text("''")),
    # Which document of its unit's family it is, from 1.
    Column("place", BigInteger, nullable=False, server_default=text("1")),
    # The document, canonical JSON; none in rows from before units had families.
    Column("body", LargeBinary),
    UniqueConstraint("tenant", "unit", "place"),
    UniqueConstraint("tenant", "release_id"),
    ForeignKeyConstraint(["tenant", "decision_id"], ["decision.tenant", "decision.decision_id"]),
    CheckConstraint(
        "kind IN ('final', 'provisional', 'supplemental', 'credit', 'rebill')", name="kind"
    ),
    Index(None, "tenant", "customer", "kind", "currency"),
)

settlement = Table(
    "settlement",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    # The provisional release that ended, and the decision that ended it.
    Column("release_id", Line, nullable=False),
    Column("decision_id", Line, nullable=False),
    Column("how", Line, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    UniqueConstraint("tenant", "release_id"),
    ForeignKeyConstraint(["tenant", "release_id"], ["release.tenant", "release.release_id"]),
    ForeignKeyConstraint(["tenant", "decision_id"], ["decision.tenant", "decision.decision_id"]),
)

# One invoice for several releases of a customer.
consolidation = Table(
    "consolidation",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("consolidation_id", Line, nullable=False),
    Column("customer", Line, nullable=False),
    Column("currency", Line, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("closes_at", Moment, nullable=False),
    # The customer's day of it, ISO.
    Column("closes_on", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    Column("correlation_id", Line, nullable=False),
    UniqueConstraint("tenant", "consolidation_id"),
    Index(None, "tenant", "customer", "seq"),
)

# Which consolidated invoice a release is in: never in two.
consolidated = Table(
    "consolidated",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("release_id", Line, nullable=False),
    Column("consolidation_id", Line, nullable=False),
    UniqueConstraint("tenant", "release_id"),
    ForeignKeyConstraint(["tenant", "release_id"], ["release.tenant", "release.release_id"]),
    ForeignKeyConstraint(
        ["tenant", "consolidation_id"],
        ["consolidation.tenant", "consolidation.consolidation_id"],
    ),
    Index(None, "tenant", "consolidation_id", "seq"),
)

# Releases whose consolidated invoice has not closed yet.
consolidating = Table(
    "consolidating",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("release_id", Line, nullable=False),
    Column("customer", Line, nullable=False),
    Column("currency", Line, nullable=False),
    Column("closes_at", Moment, nullable=False),
    Column("closes_on", Line, nullable=False),
    PrimaryKeyConstraint("tenant", "release_id"),
    ForeignKeyConstraint(["tenant", "release_id"], ["release.tenant", "release.release_id"]),
    Index(None, "tenant", "closes_at"),
)

customer_lock = Table(
    "customer_lock",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("customer", Line, nullable=False),
    PrimaryKeyConstraint("tenant", "customer"),
)

due = Table(
    "due",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("lane", Line, nullable=False),
    # Whose turn it takes: the partner that sent it, or the customer it is about.
    Column("share", Line, nullable=False),
    # Canonical JSON: the reference keys whose units are to be decided.
    Column("keys", LargeBinary, nullable=False),
    Column("cause", Line, nullable=False),
    Column("correlation_id", Line, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("last_error", Line, nullable=False),
    Index(None, "tenant", "lane", "share", "due_at", "seq"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("event_id", Line, nullable=False),
    Column("type", Line, nullable=False),
    Column("subject", Line, nullable=False),
    Column("customer", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("correlation_id", Line, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("tenant", "event_id"),
    UniqueConstraint("tenant", "seq"),
    Index(None, "tenant", "subject", "seq"),
)

outbox_waiting = Table(
    "outbox_waiting",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("outbox_seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "outbox_seq"),
    ForeignKeyConstraint(["tenant", "outbox_seq"], ["outbox.tenant", "outbox.seq"]),
)

sending = Table(
    "sending",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("outbox_seq", BigInteger, nullable=False),
    Column("destination", Line, nullable=False),
    Column("subject", Line, nullable=False),
    Column("state", Line, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("last_error", Line, nullable=False),
    Column("reference", Line, nullable=False),
    Column("sent_at", Moment),
    UniqueConstraint("tenant", "outbox_seq", "destination"),
    UniqueConstraint("tenant", "seq"),
    ForeignKeyConstraint(["tenant", "outbox_seq"], ["outbox.tenant", "outbox.seq"]),
    CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
    Index(None, "tenant", "state", "destination", "next_at", "seq"),
    Index(
        "ix_sending_in_order",
        "tenant",
        "destination",
        "subject",
        "outbox_seq",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

sending_attempt = Table(
    "sending_attempt",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("sending_seq", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Line, nullable=False),
    Column("detail", Line, nullable=False),
    Column("actor", Line, nullable=False),
    ForeignKeyConstraint(["tenant", "sending_seq"], ["sending.tenant", "sending.seq"]),
    Index(None, "tenant", "sending_seq", "seq"),
)

circuit = Table(
    "circuit",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("destination", Line, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("open_until", Moment),
    PrimaryKeyConstraint("tenant", "destination"),
)

invoice = Table(
    "invoice",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("release_id", Line, nullable=False),
    Column("system", Line, nullable=False),
    Column("number", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    Column("correlation_id", Line, nullable=False),
    UniqueConstraint("tenant", "release_id"),
    Index(None, "tenant", "number"),
    ForeignKeyConstraint(["tenant", "release_id"], ["release.tenant", "release.release_id"]),
)

# A creation that began may go on in the billing system when whoever began it is gone.
invoice_begun = Table(
    "invoice_begun",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("release_id", Line, nullable=False),
    # Which try it is; two that begin the same one are told apart by it.
    Column("number", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    UniqueConstraint("tenant", "release_id", "number"),
    ForeignKeyConstraint(["tenant", "release_id"], ["release.tenant", "release.release_id"]),
)

mending = Table(
    "mending",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("message_seq", BigInteger, nullable=False),
    # The bytes after the edit; the bytes before stay with the message's own delivery.
    Column("delivery_id", Line, nullable=False),
    # The same bytes may be refused today and read tomorrow, when a map was mended.
    Column("outcome", Line, nullable=False),
    Column("reason", Line, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Line, nullable=False),
    UniqueConstraint("tenant", "message_seq", "delivery_id", "outcome"),
    CheckConstraint("outcome IN ('recorded', 'refused')", name="outcome"),
    Index(None, "tenant", "delivery_id"),
    ForeignKeyConstraint(["tenant", "message_seq"], ["message.tenant", "message.seq"]),
    ForeignKeyConstraint(["tenant", "delivery_id"], ["delivery.tenant", "delivery.delivery_id"]),
)

finding = Table(
    "finding",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("finding_id", Line, nullable=False),
    Column("partner", Line, nullable=False),
    Column("feed", Line, nullable=False),
    Column("code", Line, nullable=False),
    Column("detail", Line, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("tenant", "finding_id"),
    Index(None, "tenant", "partner", "feed", "seq"),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    # The control number of the 997 counts by it.
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("delivery_id", Line, nullable=False),
    # Which of the delivery's interchanges it answers.
    Column("place", BigInteger, nullable=False),
    Column("partner", Line, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("tenant", "delivery_id", "place"),
    ForeignKeyConstraint(["tenant", "delivery_id"], ["delivery.tenant", "delivery.delivery_id"]),
)

pulled = Table(
    "pulled",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("partner", Line, nullable=False),
    Column("feed", Line, nullable=False),
    # From where it is asked the next time.
    Column("cursor", Line, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "tenant", "partner", "feed", "seq"),
)

# Figures over everything, as they were when somebody last counted.
counted = Table(
    "counted",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("name", Line, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("counted_at", Moment, nullable=False),
    # How long counting took: what is cheap is counted whenever somebody asks.
    Column("took_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)

# A told clock: only the database of the demo has one. The last row counts.
clock = Table(
    "clock",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("told", Moment, nullable=False),
)
