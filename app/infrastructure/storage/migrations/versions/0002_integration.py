"""What is to be decided and sent, how a message came, and the invoices releases became."""

import sqlalchemy as sa
from alembic import op

from app.infrastructure.storage import migration_columns as columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "outbox",
    "sending_attempt",
    "invoice",
    "mending",
    "finding",
    "pulled",
    "acknowledgement",
)


def upgrade() -> None:
    _how_a_message_came()
    _due()
    _outbox()
    _sendings()
    _invoices()
    _mendings_and_findings()
    _acknowledgements()
    columns.make_append_only(APPEND_ONLY)


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _how_a_message_came() -> None:
    for column in (
        columns.number("reading", default="0"),
        columns.line("partner", default="''"),
        columns.line("feed", default="''"),
        columns.line("lane", default="'critical'"),
        columns.line("correlation_id", default="''"),
        columns.line("replay", default="''"),
        columns.line("stream", default="''"),
        columns.number("sequence", nullable=True),
    ):
        op.add_column("message", column)
    op.drop_index("ix_message_recorded_once", "message")
    op.create_index(
        "ix_message_recorded_once",
        "message",
        ["tenant", "source_system", "source_instance", "source_message_id", "reading"],
        unique=True,
        sqlite_where=sa.text("outcome = 'recorded'"),
        postgresql_where=sa.text("outcome = 'recorded'"),
    )
    for names in (
        ("tenant", "partner", "feed", "seq"),
        ("tenant", "received_at"),
        ("tenant", "stream", "sequence"),
        ("tenant", "delivery_id"),
    ):
        op.create_index(f"ix_message_{'_'.join(names)}", "message", list(names))
    op.create_index("ix_fact_tenant_message_seq", "fact", ["tenant", "message_seq"])
    op.add_column("decision_taken", columns.line("correlation_id", default="''"))
    op.add_column("decision_taken", columns.number("gone", default="0"))
    op.add_column("release", columns.line("correlation_id", default="''"))
    op.add_column("release", columns.line("asked_decision_id", default="''"))


def _due() -> None:
    op.create_table(
        "due",
        columns.seq(),
        columns.line("tenant"),
        columns.line("lane"),
        columns.line("share"),
        columns.body("keys"),
        columns.line("cause"),
        columns.line("correlation_id"),
        columns.moment("due_at"),
        columns.number("attempts"),
        columns.line("last_error"),
        sa.PrimaryKeyConstraint("seq", name="pk_due"),
    )
    op.create_index(
        "ix_due_tenant_lane_share_due_at_seq", "due", ["tenant", "lane", "share", "due_at", "seq"]
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        columns.seq(),
        columns.line("tenant"),
        columns.line("event_id"),
        columns.line("type"),
        columns.line("subject"),
        columns.line("customer"),
        columns.body("body"),
        columns.line("correlation_id"),
        columns.moment("created_at"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("tenant", "event_id", name="uq_outbox_tenant_event_id"),
        sa.UniqueConstraint("tenant", "seq", name="uq_outbox_tenant_seq"),
    )
    op.create_index("ix_outbox_tenant_subject_seq", "outbox", ["tenant", "subject", "seq"])
    op.create_table(
        "outbox_waiting",
        columns.line("tenant"),
        columns.number("outbox_seq"),
        sa.ForeignKeyConstraint(
            ["tenant", "outbox_seq"],
            ["outbox.tenant", "outbox.seq"],
            name="fk_outbox_waiting_outbox",
        ),
        sa.PrimaryKeyConstraint("tenant", "outbox_seq", name="pk_outbox_waiting"),
    )


def _sendings() -> None:
    op.create_table(
        "sending",
        columns.seq(),
        columns.line("tenant"),
        columns.number("outbox_seq"),
        columns.line("destination"),
        columns.line("subject"),
        columns.line("state"),
        columns.number("attempts"),
        columns.moment("next_at"),
        columns.line("last_error"),
        columns.line("reference"),
        columns.moment("sent_at", nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_sending_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "outbox_seq"], ["outbox.tenant", "outbox.seq"], name="fk_sending_outbox"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_sending"),
        sa.UniqueConstraint("tenant", "seq", name="uq_sending_tenant_seq"),
        sa.UniqueConstraint(
            "tenant", "outbox_seq", "destination", name="uq_sending_tenant_outbox_seq_destination"
        ),
    )
    op.create_index(
        "ix_sending_tenant_state_destination_next_at_seq",
        "sending",
        ["tenant", "state", "destination", "next_at", "seq"],
    )
    op.create_index(
        "ix_sending_in_order",
        "sending",
        ["tenant", "destination", "subject", "outbox_seq"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "sending_attempt",
        columns.seq(),
        columns.line("tenant"),
        columns.number("sending_seq"),
        columns.moment("at"),
        columns.line("outcome"),
        columns.line("detail"),
        columns.line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "sending_seq"],
            ["sending.tenant", "sending.seq"],
            name="fk_sending_attempt_sending",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_sending_attempt"),
    )
    op.create_index(
        "ix_sending_attempt_tenant_sending_seq_seq",
        "sending_attempt",
        ["tenant", "sending_seq", "seq"],
    )
    op.create_table(
        "circuit",
        columns.line("tenant"),
        columns.line("destination"),
        columns.number("failures"),
        columns.moment("open_until", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "destination", name="pk_circuit"),
    )


def _invoices() -> None:
    op.create_table(
        "invoice",
        columns.seq(),
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("system"),
        columns.line("number"),
        columns.body("body"),
        columns.moment("at"),
        columns.line("actor"),
        columns.line("correlation_id"),
        sa.ForeignKeyConstraint(
            ["tenant", "release_id"],
            ["release.tenant", "release.release_id"],
            name="fk_invoice_release",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_invoice"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_invoice_tenant_release_id"),
    )
    op.create_index("ix_invoice_tenant_number", "invoice", ["tenant", "number"])


def _mendings_and_findings() -> None:
    op.create_table(
        "mending",
        columns.seq(),
        columns.line("tenant"),
        columns.number("message_seq"),
        columns.line("delivery_id"),
        columns.line("outcome"),
        columns.line("reason"),
        columns.moment("at"),
        columns.line("actor"),
        sa.CheckConstraint("outcome IN ('recorded', 'refused')", name=op.f("ck_mending_outcome")),
        sa.ForeignKeyConstraint(
            ["tenant", "message_seq"], ["message.tenant", "message.seq"], name="fk_mending_message"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery_id"],
            ["delivery.tenant", "delivery.delivery_id"],
            name="fk_mending_delivery",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_mending"),
        sa.UniqueConstraint(
            "tenant",
            "message_seq",
            "delivery_id",
            "outcome",
            name="uq_mending_tenant_message_seq_delivery_id_outcome",
        ),
    )
    op.create_index("ix_mending_tenant_delivery_id", "mending", ["tenant", "delivery_id"])
    op.create_table(
        "finding",
        columns.seq(),
        columns.line("tenant"),
        columns.line("finding_id"),
        columns.line("partner"),
        columns.line("feed"),
        columns.line("code"),
        columns.line("detail"),
        columns.moment("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_finding"),
        sa.UniqueConstraint("tenant", "finding_id", name="uq_finding_tenant_finding_id"),
    )
    op.create_index(
        "ix_finding_tenant_partner_feed_seq", "finding", ["tenant", "partner", "feed", "seq"]
    )
    op.create_table(
        "pulled",
        columns.seq(),
        columns.line("tenant"),
        columns.line("partner"),
        columns.line("feed"),
        columns.line("cursor"),
        columns.moment("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_pulled"),
    )
    op.create_index(
        "ix_pulled_tenant_partner_feed_seq", "pulled", ["tenant", "partner", "feed", "seq"]
    )


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgement",
        columns.seq(),
        columns.line("tenant"),
        columns.line("delivery_id"),
        columns.number("place"),
        columns.line("partner"),
        columns.moment("at"),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery_id"],
            ["delivery.tenant", "delivery.delivery_id"],
            name="fk_acknowledgement_delivery",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_acknowledgement"),
        sa.UniqueConstraint(
            "tenant",
            "delivery_id",
            "place",
            name="uq_acknowledgement_tenant_delivery_id_place",
        ),
    )
