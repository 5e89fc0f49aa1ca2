"""The first tables, and the triggers that make them append-only."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "delivery",
    "message",
    "fact",
    "fact_reference",
    "edition",
    "edition_acceptance",
    "dossier",
    "decision",
    "decision_taken",
    "release",
)


def upgrade() -> None:
    _deliveries_and_messages()
    _facts()
    _editions()
    _decisions()
    _releases()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_in_sqlite()
    else:
        _refuse_changes_in_postgresql()


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _refuse_changes_in_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _refuse_changes_in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _deliveries_and_messages() -> None:
    op.create_table(
        "delivery",
        _line("tenant"),
        _line("delivery_id"),
        _line("name"),
        _line("media"),
        _bytes("raw"),
        _moment("received_at"),
        _line("actor"),
        sa.PrimaryKeyConstraint("tenant", "delivery_id", name="pk_delivery"),
    )
    op.create_table(
        "message",
        _seq(),
        _line("tenant"),
        _line("source_system"),
        _line("source_instance"),
        _line("source_message_id"),
        _line("kind"),
        _line("delivery_id"),
        _line("outcome"),
        _line("content_digest"),
        _bytes("faults"),
        _moment("received_at"),
        _line("actor"),
        sa.CheckConstraint(
            "outcome IN ('recorded', 'refused', 'conflict')", name=op.f("ck_message_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery_id"],
            ["delivery.tenant", "delivery.delivery_id"],
            name="fk_message_delivery",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_message"),
        sa.UniqueConstraint("tenant", "seq", name="uq_message_tenant_seq"),
    )
    op.create_index(
        "ix_message_recorded_once",
        "message",
        ["tenant", "source_system", "source_instance", "source_message_id"],
        unique=True,
        sqlite_where=sa.text("outcome = 'recorded'"),
        postgresql_where=sa.text("outcome = 'recorded'"),
    )
    op.create_index("ix_message_tenant_outcome_seq", "message", ["tenant", "outcome", "seq"])


def _facts() -> None:
    op.create_table(
        "fact",
        _seq(),
        _line("tenant"),
        _line("fact_id"),
        _number("message_seq"),
        _line("entity"),
        _line("content_digest"),
        _bytes("body"),
        _moment("received_at"),
        _line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "message_seq"], ["message.tenant", "message.seq"], name="fk_fact_message"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_fact"),
        sa.UniqueConstraint("tenant", "fact_id", name="uq_fact_tenant_fact_id"),
    )
    op.create_index("ix_fact_tenant_entity", "fact", ["tenant", "entity"])
    op.create_index("ix_fact_tenant_content_digest", "fact", ["tenant", "content_digest"])
    op.create_table(
        "fact_reference",
        _line("tenant"),
        _line("key"),
        _line("fact_id"),
        _line("kind"),
        _line("value"),
        sa.ForeignKeyConstraint(
            ["tenant", "fact_id"], ["fact.tenant", "fact.fact_id"], name="fk_fact_reference_fact"
        ),
        sa.PrimaryKeyConstraint("tenant", "key", "fact_id", name="pk_fact_reference"),
    )
    op.create_index(
        "ix_fact_reference_tenant_kind_key", "fact_reference", ["tenant", "kind", "key"]
    )
    op.create_index("ix_fact_reference_tenant_value", "fact_reference", ["tenant", "value"])


def _editions() -> None:
    op.create_table(
        "edition",
        _line("tenant"),
        _line("digest"),
        _line("kind"),
        _line("name"),
        _bytes("body"),
        sa.PrimaryKeyConstraint("tenant", "digest", "kind", "name", name="pk_edition"),
    )
    op.create_table(
        "edition_acceptance",
        _seq(),
        _line("tenant"),
        _line("kind"),
        _line("name"),
        _line("digest"),
        _moment("accepted_at"),
        _line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "digest", "kind", "name"],
            ["edition.tenant", "edition.digest", "edition.kind", "edition.name"],
            name="fk_edition_acceptance_edition",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_edition_acceptance"),
    )
    op.create_index(
        "ix_edition_acceptance_tenant_kind_name_accepted_at",
        "edition_acceptance",
        ["tenant", "kind", "name", "accepted_at"],
    )


def _decisions() -> None:
    op.create_table(
        "dossier",
        _line("tenant"),
        _line("digest"),
        _bytes("body"),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_dossier"),
    )
    op.create_table(
        "decision",
        _seq(),
        _line("tenant"),
        _line("decision_id"),
        _line("unit"),
        _line("customer", nullable=True),
        _line("verdict"),
        _line("currency", nullable=True),
        _number("amount_minor", nullable=True),
        _line("dossier_digest"),
        _bytes("body"),
        _bytes("trace"),
        _bytes("answers"),
        _moment("decided_at"),
        _line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "dossier_digest"],
            ["dossier.tenant", "dossier.digest"],
            name="fk_decision_dossier",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_decision"),
        sa.UniqueConstraint("tenant", "decision_id", name="uq_decision_tenant_decision_id"),
    )
    op.create_table(
        "decision_taken",
        _seq(),
        _line("tenant"),
        _line("unit"),
        _line("decision_id"),
        _moment("known_at", nullable=True),
        _moment("taken_at"),
        _line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "decision_id"],
            ["decision.tenant", "decision.decision_id"],
            name="fk_decision_taken_decision",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_decision_taken"),
    )
    op.create_index(
        "ix_decision_taken_tenant_unit_seq", "decision_taken", ["tenant", "unit", "seq"]
    )


def _releases() -> None:
    op.create_table(
        "release",
        _seq(),
        _line("tenant"),
        _line("release_id"),
        _line("unit"),
        _line("decision_id"),
        _line("customer"),
        _line("kind"),
        _line("currency"),
        _number("amount_minor"),
        _moment("expires_at", nullable=True),
        _moment("claimed_at"),
        _line("actor"),
        sa.CheckConstraint("kind IN ('final', 'provisional')", name=op.f("ck_release_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "decision_id"],
            ["decision.tenant", "decision.decision_id"],
            name="fk_release_decision",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_release"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_release_tenant_release_id"),
        sa.UniqueConstraint("tenant", "unit", name="uq_release_tenant_unit"),
    )
    op.create_index(
        "ix_release_tenant_customer_kind_currency",
        "release",
        ["tenant", "customer", "kind", "currency"],
    )
    op.create_table(
        "customer_lock",
        _line("tenant"),
        _line("customer"),
        sa.PrimaryKeyConstraint("tenant", "customer", name="pk_customer_lock"),
    )


def _seq() -> sa.Column[int]:
    # SQLite numbers rows by itself only where the type is INTEGER.
    return sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _line(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
