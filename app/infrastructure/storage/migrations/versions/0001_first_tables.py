"""The first tables, and the triggers that make them append-only."""

import sqlalchemy as sa
from alembic import op

from app.infrastructure.storage import migration_columns as columns

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
    columns.make_append_only(APPEND_ONLY)


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _deliveries_and_messages() -> None:
    op.create_table(
        "delivery",
        columns.line("tenant"),
        columns.line("delivery_id"),
        columns.line("name"),
        columns.line("media"),
        columns.body("raw"),
        columns.moment("received_at"),
        columns.line("actor"),
        sa.PrimaryKeyConstraint("tenant", "delivery_id", name="pk_delivery"),
    )
    op.create_table(
        "message",
        columns.seq(),
        columns.line("tenant"),
        columns.line("source_system"),
        columns.line("source_instance"),
        columns.line("source_message_id"),
        columns.line("kind"),
        columns.line("delivery_id"),
        columns.line("outcome"),
        columns.line("content_digest"),
        columns.body("faults"),
        columns.moment("received_at"),
        columns.line("actor"),
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
        columns.seq(),
        columns.line("tenant"),
        columns.line("fact_id"),
        columns.number("message_seq"),
        columns.line("entity"),
        columns.line("content_digest"),
        columns.body("body"),
        columns.moment("received_at"),
        columns.line("actor"),
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
        columns.line("tenant"),
        columns.line("key"),
        columns.line("fact_id"),
        columns.line("kind"),
        columns.line("value"),
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
        columns.line("tenant"),
        columns.line("digest"),
        columns.line("kind"),
        columns.line("name"),
        columns.body("body"),
        sa.PrimaryKeyConstraint("tenant", "digest", "kind", "name", name="pk_edition"),
    )
    op.create_table(
        "edition_acceptance",
        columns.seq(),
        columns.line("tenant"),
        columns.line("kind"),
        columns.line("name"),
        columns.line("digest"),
        columns.moment("accepted_at"),
        columns.line("actor"),
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
        columns.line("tenant"),
        columns.line("digest"),
        columns.body("body"),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_dossier"),
    )
    op.create_table(
        "decision",
        columns.seq(),
        columns.line("tenant"),
        columns.line("decision_id"),
        columns.line("unit"),
        columns.line("customer", nullable=True),
        columns.line("verdict"),
        columns.line("currency", nullable=True),
        columns.number("amount_minor", nullable=True),
        columns.line("dossier_digest"),
        columns.body("body"),
        columns.body("trace"),
        columns.body("answers"),
        columns.moment("decided_at"),
        columns.line("actor"),
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
        columns.seq(),
        columns.line("tenant"),
        columns.line("unit"),
        columns.line("decision_id"),
        columns.moment("known_at", nullable=True),
        columns.moment("taken_at"),
        columns.line("actor"),
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
        columns.seq(),
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("unit"),
        columns.line("decision_id"),
        columns.line("customer"),
        columns.line("kind"),
        columns.line("currency"),
        columns.number("amount_minor"),
        columns.moment("expires_at", nullable=True),
        columns.moment("claimed_at"),
        columns.line("actor"),
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
        columns.line("tenant"),
        columns.line("customer"),
        sa.PrimaryKeyConstraint("tenant", "customer", name="pk_customer_lock"),
    )
