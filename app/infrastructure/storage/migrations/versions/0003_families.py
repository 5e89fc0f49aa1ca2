"""A unit has a family of invoices: several releases in order, and how a provisional one ended.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.infrastructure.storage import migration_columns as columns

revision = "0003"
down_revision = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = "kind IN ('final', 'provisional', 'supplemental', 'credit', 'rebill')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuilt_in_sqlite()
    else:
        _changed_in_place()
    _settlements()


def downgrade() -> None:
    raise NotImplementedError("rows are never removed: restore a backup instead")


def _changed_in_place() -> None:
    op.drop_constraint("uq_release_tenant_unit", "release")
    op.drop_constraint(op.f("ck_release_kind"), "release")
    op.add_column("release", columns.number("place", default="1"))
    op.add_column("release", sa.Column("body", sa.LargeBinary()))
    op.create_check_constraint(op.f("ck_release_kind"), "release", KINDS)
    op.create_unique_constraint(
        "uq_release_tenant_unit_place", "release", ["tenant", "unit", "place"]
    )


def _rebuilt_in_sqlite() -> None:
    """SQLite drops no constraint: the rows move to new tables, those that name others first.

    The new table of releases takes its name last, so that every row that is named is there.
    """
    op.drop_index("ix_release_tenant_customer_kind_currency")
    _releases("release_of_family")
    _move("release", "release_of_family")
    for table, make in (("invoice", _invoices), ("invoice_begun", _invoices_begun)):
        make(f"{table}_of_family")
        _move(table, f"{table}_of_family")
        op.drop_table(table)
        op.rename_table(f"{table}_of_family", table)
    op.drop_table("release")
    op.rename_table("release_of_family", "release")
    op.create_index(
        "ix_release_tenant_customer_kind_currency",
        "release",
        ["tenant", "customer", "kind", "currency"],
    )
    op.create_index("ix_invoice_tenant_number", "invoice", ["tenant", "number"])
    columns.make_append_only(("release", "invoice", "invoice_begun"))


def _move(old: str, new: str) -> None:
    """Every row of a table, into one that has its columns and maybe more."""
    kept = sa.Table(old, sa.MetaData(), autoload_with=op.get_bind())
    there = sa.table(new, *(sa.column(column.name) for column in kept.columns))
    names = [column.name for column in kept.columns]
    op.execute(sa.insert(there).from_select(names, sa.select(kept)))


def _releases(name: str) -> None:
    op.create_table(
        name,
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
        columns.line("correlation_id", default="''"),
        columns.line("asked_decision_id", default="''"),
        columns.number("place", default="1"),
        sa.Column("body", sa.LargeBinary()),
        sa.CheckConstraint(KINDS, name=op.f("ck_release_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "decision_id"],
            ["decision.tenant", "decision.decision_id"],
            name="fk_release_decision",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_release"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_release_tenant_release_id"),
        sa.UniqueConstraint("tenant", "unit", "place", name="uq_release_tenant_unit_place"),
    )


def _invoices(name: str) -> None:
    op.create_table(
        name,
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
            ["release_of_family.tenant", "release_of_family.release_id"],
            name="fk_invoice_release",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_invoice"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_invoice_tenant_release_id"),
    )


def _invoices_begun(name: str) -> None:
    op.create_table(
        name,
        columns.seq(),
        columns.line("tenant"),
        columns.line("release_id"),
        columns.number("number"),
        columns.moment("at"),
        columns.line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "release_id"],
            ["release_of_family.tenant", "release_of_family.release_id"],
            name="fk_invoice_begun_release",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_invoice_begun"),
        sa.UniqueConstraint(
            "tenant", "release_id", "number", name="uq_invoice_begun_tenant_release_id_number"
        ),
    )


def _settlements() -> None:
    op.create_table(
        "settlement",
        columns.seq(),
        columns.line("tenant"),
        columns.line("release_id"),
        columns.line("decision_id"),
        columns.line("how"),
        columns.moment("at"),
        columns.line("actor"),
        sa.ForeignKeyConstraint(
            ["tenant", "release_id"],
            ["release.tenant", "release.release_id"],
            name="fk_settlement_release",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "decision_id"],
            ["decision.tenant", "decision.decision_id"],
            name="fk_settlement_decision",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_settlement"),
        sa.UniqueConstraint("tenant", "release_id", name="uq_settlement_tenant_release_id"),
    )
    columns.make_append_only(("settlement",))
