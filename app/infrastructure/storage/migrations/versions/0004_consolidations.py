"""Releases of a customer that go out together in one invoice.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.infrastructure.storage import migration_columns as columns

revision = "0004"
down_revision = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _invoices()
    _members()
    _waiting()
    columns.make_append_only(("consolidation", "consolidated"))


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _invoices() -> None:
    op.create_table(
        "consolidation",
        columns.seq(),
        columns.line("tenant"),
        columns.line("consolidation_id"),
        columns.line("customer"),
        columns.line("currency"),
        columns.number("amount_minor"),
        columns.moment("closes_at"),
        columns.line("closes_on"),
        columns.body("body"),
        columns.moment("at"),
        columns.line("actor"),
        columns.line("correlation_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_consolidation"),
        sa.UniqueConstraint(
            "tenant", "consolidation_id", name="uq_consolidation_tenant_consolidation_id"
        ),
    )
    op.create_index(
        "ix_consolidation_tenant_customer_seq", "consolidation", ["tenant", "customer", "seq"]
    )


def _members() -> None:
    op.create_table(
        "consolidated",
        columns.seq(),
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("consolidation_id"),
        sa.ForeignKeyConstraint(
            ["tenant", "release_id"],
            ["release.tenant", "release.release_id"],
            name="fk_consolidated_release",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "consolidation_id"],
            ["consolidation.tenant", "consolidation.consolidation_id"],
            name="fk_consolidated_consolidation",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_consolidated"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_consolidated_tenant_release_id"),
    )
    op.create_index(
        "ix_consolidated_tenant_consolidation_id_seq",
        "consolidated",
        ["tenant", "consolidation_id", "seq"],
    )


def _waiting() -> None:
    op.create_table(
        "consolidating",
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("customer"),
        columns.line("currency"),
        columns.moment("closes_at"),
        columns.line("closes_on"),
        sa.ForeignKeyConstraint(
            ["tenant", "release_id"],
            ["release.tenant", "release.release_id"],
            name="fk_consolidating_release",
        ),
        sa.PrimaryKeyConstraint("tenant", "release_id", name="pk_consolidating"),
    )
    op.create_index("ix_consolidating_tenant_closes_at", "consolidating", ["tenant", "closes_at"])
