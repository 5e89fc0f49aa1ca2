"""Where units stand, holds have lasted and invoices came to; figures; a clock that may be told.

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.infrastructure.storage import migration_columns as columns

revision = "0005"
down_revision = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = "closed_at IS NULL"
OPEN_UNPRICED = f"{OPEN} AND value_minor IS NULL"
DISPUTED = "disputed_at IS NOT NULL AND dispute_outcome = ''"
PROVISIONAL = "kind = 'provisional' AND settled = ''"
DISPUTE_HOLDS = f"{OPEN} AND code = 'DISPUTE_OPEN'"
NOT_IN_BATCH = "stage IN ('held', 'ready') AND excluded = ''"


def upgrade() -> None:
    op.add_column("fact", columns.moment("occurred_at", nullable=True))
    op.create_index("ix_fact_tenant_received_at", "fact", ["tenant", "received_at"])
    _standing()
    _hold_spell()
    _billed_invoice()
    _permitted()
    _right_to_bill()
    _standing_due()
    _counted()
    _clock()
    columns.make_append_only(("clock",))
    _every_unit_is_due()


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _every_unit_is_due() -> None:
    """What was decided by an earlier version is made rows of as if it had just happened.

    What would have been decided once, and was only asked for, happened to nobody.
    """
    op.execute(
        "INSERT INTO standing_due (tenant, unit) "
        "SELECT DISTINCT tenant, unit FROM decision_taken WHERE known_at IS NULL "
        "ORDER BY tenant, unit"
    )


def _open_index(name: str, of: list[str], where: str = OPEN) -> None:
    _partial_index(name, "hold_spell", of, where)


def _partial_index(name: str, table: str, of: list[str], where: str) -> None:
    op.create_index(name, table, of, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _standing() -> None:
    op.create_table(
        "standing",
        columns.line("tenant"),
        columns.line("unit"),
        columns.line("decision_id"),
        columns.line("correlation_id"),
        columns.line("customer"),
        columns.line("carrier"),
        columns.line("mode"),
        columns.line("lane"),
        columns.line("rules"),
        columns.line("stage"),
        columns.line("verdict"),
        columns.line("currency"),
        columns.number("amount_minor", nullable=True),
        columns.number("held_minor"),
        columns.number("billed_minor"),
        columns.number("holds"),
        columns.moment("first_fact_at"),
        columns.moment("last_fact_at"),
        columns.moment("completed_at", nullable=True),
        columns.line("completed_on", nullable=True),
        columns.moment("delivered_at", nullable=True),
        columns.line("delivered_on", nullable=True),
        columns.moment("pod_at", nullable=True),
        columns.line("pod_on", nullable=True),
        columns.moment("decided_at"),
        columns.line("decided_on"),
        columns.line("first_verdict"),
        columns.number("first_by_hand"),
        columns.moment("judged_at", nullable=True),
        columns.line("judged_on", nullable=True),
        columns.line("judged_verdict"),
        columns.number("judged_by_hand"),
        columns.number("touches"),
        columns.moment("released_at", nullable=True),
        columns.line("released_on", nullable=True),
        columns.line("released_as"),
        columns.moment("final_at", nullable=True),
        columns.line("final_on", nullable=True),
        columns.moment("claimed_at", nullable=True),
        columns.line("claimed_on", nullable=True),
        columns.moment("invoiced_at", nullable=True),
        columns.line("invoiced_on", nullable=True),
        columns.line("cutoff_on", nullable=True),
        columns.moment("cutoff_at", nullable=True),
        columns.moment("complete_by_at", nullable=True),
        columns.line("right_until", nullable=True),
        columns.line("excluded"),
        columns.moment("changed_at"),
        sa.PrimaryKeyConstraint("tenant", "unit", name="pk_standing"),
    )
    op.create_index(
        "ix_standing_tenant_customer_stage_unit",
        "standing",
        ["tenant", "customer", "stage", "unit"],
    )
    op.create_index(
        "ix_standing_tenant_completed_on_unit", "standing", ["tenant", "completed_on", "unit"]
    )
    _partial_index(
        "ix_standing_in_no_batch", "standing", ["tenant", "cutoff_at", "unit"], NOT_IN_BATCH
    )
    op.create_index(
        "ix_standing_tenant_cutoff_on_unit", "standing", ["tenant", "cutoff_on", "unit"]
    )
    op.create_index(
        "ix_standing_tenant_decided_on_unit", "standing", ["tenant", "decided_on", "unit"]
    )
    op.create_index(
        "ix_standing_tenant_delivered_on_unit", "standing", ["tenant", "delivered_on", "unit"]
    )
    op.create_index(
        "ix_standing_tenant_invoiced_on_unit", "standing", ["tenant", "invoiced_on", "unit"]
    )
    op.create_index("ix_standing_tenant_pod_on_unit", "standing", ["tenant", "pod_on", "unit"])
    op.create_index(
        "ix_standing_tenant_judged_on_unit", "standing", ["tenant", "judged_on", "unit"]
    )
    op.create_index("ix_standing_tenant_final_on_unit", "standing", ["tenant", "final_on", "unit"])
    op.create_index(
        "ix_standing_tenant_released_on_unit", "standing", ["tenant", "released_on", "unit"]
    )
    op.create_index("ix_standing_tenant_stage_unit", "standing", ["tenant", "stage", "unit"])


def _hold_spell() -> None:
    op.create_table(
        "hold_spell",
        columns.line("tenant"),
        columns.line("unit"),
        columns.line("code"),
        columns.line("subject"),
        columns.number("place"),
        columns.line("customer"),
        columns.line("carrier"),
        columns.line("mode"),
        columns.line("lane"),
        columns.line("owner"),
        columns.line("rules"),
        columns.line("rule_id"),
        columns.line("says"),
        columns.line("waits_for"),
        columns.line("currency"),
        columns.number("value_minor", nullable=True),
        columns.number("moving"),
        columns.number("alone"),
        columns.line("paper"),
        columns.moment("opened_at"),
        columns.line("opened_on"),
        columns.moment("closed_at", nullable=True),
        columns.line("closed_on", nullable=True),
        columns.line("how"),
        columns.number("reopened"),
        columns.moment("due_at"),
        columns.line("right_until", nullable=True),
        columns.moment("cutoff_at", nullable=True),
        columns.line("assigned_to"),
        columns.line("decision_id"),
        columns.number("rank"),
        columns.moment("ranked_until"),
        sa.PrimaryKeyConstraint("tenant", "unit", "code", "subject", "place", name="pk_hold_spell"),
    )
    _open_index("ix_hold_spell_ranked_until", ["tenant", "ranked_until"])
    _open_index("ix_hold_spell_open_all", ["tenant", "rank", "unit"])
    _open_index("ix_hold_spell_open_alone", ["tenant", "alone", "rank", "unit"])
    _open_index("ix_hold_spell_open_assigned_to", ["tenant", "assigned_to", "rank", "unit"])
    _open_index("ix_hold_spell_open_carrier", ["tenant", "carrier", "rank", "unit"])
    _open_index("ix_hold_spell_open_code", ["tenant", "code", "rank", "unit"])
    _open_index("ix_hold_spell_open_customer", ["tenant", "customer", "rank", "unit"])
    _open_index("ix_hold_spell_open_owner", ["tenant", "owner", "rank", "unit"])
    _open_index("ix_hold_spell_open_rule_id", ["tenant", "rule_id", "rank", "unit"])
    _open_index("ix_hold_spell_open_unpriced", ["tenant", "unit", "code", "subject"], OPEN_UNPRICED)
    _open_index("ix_hold_spell_disputed", ["tenant", "customer", "unit"], DISPUTE_HOLDS)
    op.create_index(
        "ix_hold_spell_of_rule",
        "hold_spell",
        ["tenant", "rule_id", "customer", "closed_at", "value_minor"],
    )
    op.create_index(
        "ix_hold_spell_tenant_closed_on_unit", "hold_spell", ["tenant", "closed_on", "unit"]
    )
    op.create_index(
        "ix_hold_spell_tenant_opened_on_unit", "hold_spell", ["tenant", "opened_on", "unit"]
    )


def _billed_invoice() -> None:
    op.create_table(
        "billed_invoice",
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("unit"),
        columns.number("place"),
        columns.line("kind"),
        columns.line("customer"),
        columns.line("carrier"),
        columns.line("mode"),
        columns.line("lane"),
        columns.line("rules"),
        columns.line("currency"),
        columns.number("amount_minor"),
        columns.moment("claimed_at"),
        columns.line("claimed_on"),
        columns.line("number"),
        columns.moment("invoiced_at", nullable=True),
        columns.line("invoiced_on", nullable=True),
        columns.moment("expires_at", nullable=True),
        columns.line("settled"),
        columns.moment("settled_at", nullable=True),
        columns.line("settled_on", nullable=True),
        columns.number("final_minor", nullable=True),
        columns.line("adjusts"),
        columns.line("reason"),
        columns.number("credited_minor"),
        columns.number("supplemented_minor"),
        columns.moment("disputed_at", nullable=True),
        columns.number("disputed_minor"),
        columns.moment("dispute_ended_at", nullable=True),
        columns.line("dispute_outcome"),
        sa.PrimaryKeyConstraint("tenant", "release_id", name="pk_billed_invoice"),
    )
    op.create_index(
        "ix_billed_invoice_tenant_customer_claimed_at_release_id",
        "billed_invoice",
        ["tenant", "customer", "claimed_at", "release_id"],
    )
    op.create_index(
        "ix_billed_invoice_tenant_claimed_on_release_id",
        "billed_invoice",
        ["tenant", "claimed_on", "release_id"],
    )
    op.create_index(
        "ix_billed_invoice_tenant_invoiced_on_release_id",
        "billed_invoice",
        ["tenant", "invoiced_on", "release_id"],
    )
    op.create_index(
        "ix_billed_invoice_tenant_settled_on_release_id",
        "billed_invoice",
        ["tenant", "settled_on", "release_id"],
    )
    _partial_index(
        "ix_billed_invoice_disputed", "billed_invoice", ["tenant", "customer", "unit"], DISPUTED
    )
    _partial_index(
        "ix_billed_invoice_open_provisional",
        "billed_invoice",
        ["tenant", "claimed_at", "release_id"],
        PROVISIONAL,
    )
    op.create_index("ix_billed_invoice_tenant_unit", "billed_invoice", ["tenant", "unit"])


def _permitted() -> None:
    op.create_table(
        "permitted",
        columns.line("tenant"),
        columns.line("rule_id"),
        columns.line("unit"),
        columns.line("customer"),
        columns.line("verdict"),
        columns.line("currency"),
        columns.number("amount_minor"),
        columns.line("decision_id"),
        sa.PrimaryKeyConstraint("tenant", "rule_id", "unit", name="pk_permitted"),
    )
    op.create_index(
        "ix_permitted_tenant_rule_id_customer_amount_minor_unit",
        "permitted",
        ["tenant", "rule_id", "customer", "amount_minor", "unit"],
    )
    op.create_index(
        "ix_permitted_tenant_rule_id_amount_minor_unit",
        "permitted",
        ["tenant", "rule_id", "amount_minor", "unit"],
    )
    op.create_index("ix_permitted_tenant_unit", "permitted", ["tenant", "unit"])


def _right_to_bill() -> None:
    op.create_table(
        "right_to_bill",
        columns.line("tenant"),
        columns.line("unit"),
        columns.line("line"),
        columns.line("customer"),
        columns.line("currency"),
        columns.number("value_minor"),
        columns.line("last_day"),
        columns.line("hold"),
        columns.line("owner"),
        columns.line("decision_id"),
        sa.PrimaryKeyConstraint("tenant", "unit", "line", "last_day", name="pk_right_to_bill"),
    )
    op.create_index(
        "ix_right_to_bill_tenant_last_day_unit_line",
        "right_to_bill",
        ["tenant", "last_day", "unit", "line"],
    )


def _standing_due() -> None:
    op.create_table(
        "standing_due",
        columns.seq(),
        columns.line("tenant"),
        columns.line("unit"),
        sa.PrimaryKeyConstraint("seq", name="pk_standing_due"),
    )
    op.create_index("ix_standing_due_tenant_seq", "standing_due", ["tenant", "seq"])


def _counted() -> None:
    op.create_table(
        "counted",
        columns.line("tenant"),
        columns.line("name"),
        columns.body("body"),
        columns.moment("counted_at"),
        columns.number("took_ms"),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_counted"),
    )


def _clock() -> None:
    op.create_table(
        "clock",
        columns.seq(),
        columns.moment("at"),
        columns.moment("told"),
        sa.PrimaryKeyConstraint("seq", name="pk_clock"),
    )
