"""The tables; `migrations/` makes them, and a test holds the two together.

Every row names its tenant and every act its actor. Everything but `customer_lock` is
append-only, and triggers in the database see to it.
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
    UniqueConstraint("tenant", "seq"),
    ForeignKeyConstraint(
        ["tenant", "delivery_id"],
        ["delivery.tenant", "delivery.delivery_id"],
    ),
    CheckConstraint("outcome IN ('recorded', 'refused', 'conflict')", name="outcome"),
    Index(None, "tenant", "outcome", "seq"),
)
Index(
    "ix_message_recorded_once",
    message.c.tenant,
    message.c.source_system,
    message.c.source_instance,
    message.c.source_message_id,
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
    UniqueConstraint("tenant", "fact_id"),
    ForeignKeyConstraint(["tenant", "message_seq"], ["message.tenant", "message.seq"]),
    Index(None, "tenant", "entity"),
    Index(None, "tenant", "content_digest"),
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
    UniqueConstraint("tenant", "unit"),
    UniqueConstraint("tenant", "release_id"),
    ForeignKeyConstraint(["tenant", "decision_id"], ["decision.tenant", "decision.decision_id"]),
    CheckConstraint("kind IN ('final', 'provisional')", name="kind"),
    Index(None, "tenant", "customer", "kind", "currency"),
)

customer_lock = Table(
    "customer_lock",
    metadata,
    Column("tenant", Line, nullable=False),
    Column("customer", Line, nullable=False),
    PrimaryKeyConstraint("tenant", "customer"),
)
