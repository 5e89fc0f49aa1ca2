"""Where units stand, as tables: everything in them is derived and may be made again.

Their columns are the fields of the structs in `app/reports/standing/standing.py`, and a test holds
both to the migrations. They are replaced, unit by unit, by `standings.py` alone.
"""

from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    and_,
    literal,
    literal_column,
    text,
)
from sqlalchemy.types import TypeEngine

from app.infrastructure.storage.columns import Day, Line, Moment, Number, YesNo
from app.infrastructure.storage.tables import metadata
from app.reports.standing.standing import BilledInvoice, Permitted, RightToBill, Spell, Standing
from app.reports.work.board import NOT_CLAIMED

_TYPES: dict[type, TypeEngine[Any]] = {
    str: Line(),
    bool: YesNo(),
    int: BigInteger(),
    date: Day(),
    datetime: Moment(),
}
OPEN = "closed_at IS NULL"
OPEN_UNPRICED = f"{OPEN} AND value_minor IS NULL"
DISPUTED = "disputed_at IS NOT NULL AND dispute_outcome = ''"
PROVISIONAL = "kind = 'provisional' AND settled = ''"
DISPUTE_HOLDS = f"{OPEN} AND code = 'DISPUTE_OPEN'"
NOT_IN_BATCH = "stage IN ('held', 'ready') AND excluded = ''"


def _columns(struct: type[msgspec.Struct]) -> list[Column[Any]]:
    hints = get_type_hints(struct)
    return [_column(name, hints[name]) for name in struct.__struct_fields__]


def _column(name: str, hint: Any) -> Column[Any]:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    kind = next(each for each in kinds if each is not NoneType)
    stored = str if issubclass(kind, StrEnum) else kind
    return Column(name, _TYPES[stored], nullable=NoneType in kinds)


standing = Table(
    "standing",
    metadata,
    Column("tenant", Line, nullable=False),
    *_columns(Standing),
    PrimaryKeyConstraint("tenant", "unit"),
    Index(None, "tenant", "stage", "unit"),
    Index(None, "tenant", "customer", "stage", "unit"),
    *(
        Index(None, "tenant", name, "unit")
        for name in (
            "completed_on",
            "decided_on",
            "judged_on",
            "final_on",
            "released_on",
            "invoiced_on",
            "delivered_on",
            "pod_on",
            "cutoff_on",
        )
    ),
)

# Values stand in the text: of a parameter a database cannot tell that the index answers.
STILL_IN_NO_BATCH = and_(
    standing.c.stage.in_([literal_column(f"'{stage}'") for stage in NOT_CLAIMED]),
    standing.c.excluded == literal_column("''"),
)
Index(
    "ix_standing_in_no_batch",
    standing.c.tenant,
    standing.c.cutoff_at,
    standing.c.unit,
    sqlite_where=text(NOT_IN_BATCH),
    postgresql_where=text(NOT_IN_BATCH),
)

hold_spell = Table(
    "hold_spell",
    metadata,
    Column("tenant", Line, nullable=False),
    *_columns(Spell),
    # Money times urgency, until a moment; after that it is worked out again.
    Column("rank", BigInteger, nullable=False),
    Column("ranked_until", Moment, nullable=False),
    PrimaryKeyConstraint("tenant", "unit", "code", "subject", "place"),
    Index(None, "tenant", "closed_on", "unit"),
    Index(None, "tenant", "opened_on", "unit"),
    # Covers what a rule holds now and has held in all.
    Index("ix_hold_spell_of_rule", "tenant", "rule_id", "customer", "closed_at", "value_minor"),
)
Index(
    "ix_hold_spell_ranked_until",
    hold_spell.c.tenant,
    hold_spell.c.ranked_until,
    sqlite_where=text(OPEN),
    postgresql_where=text(OPEN),
)
for _of in ("", "customer", "carrier", "code", "owner", "assigned_to", "rule_id", "alone"):
    _first = (hold_spell.c[_of],) if _of else ()
    Index(
        f"ix_hold_spell_open_{_of or 'all'}",
        hold_spell.c.tenant,
        *_first,
        hold_spell.c.rank,
        hold_spell.c.unit,
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    )

# PostgreSQL has `IS TRUE` for no number, and truths are numbers here.
ALONE = hold_spell.c.alone == literal(value=True, type_=YesNo())

# What has no price has no rank: it stands by its unit.
Index(
    "ix_hold_spell_open_unpriced",
    hold_spell.c.tenant,
    hold_spell.c.unit,
    hold_spell.c.code,
    hold_spell.c.subject,
    sqlite_where=text(OPEN_UNPRICED),
    postgresql_where=text(OPEN_UNPRICED),
)

HELD_BY_DISPUTE = and_(
    hold_spell.c.closed_at.is_(None), hold_spell.c.code == literal_column("'DISPUTE_OPEN'")
)
Index(
    "ix_hold_spell_disputed",
    hold_spell.c.tenant,
    hold_spell.c.customer,
    hold_spell.c.unit,
    sqlite_where=text(DISPUTE_HOLDS),
    postgresql_where=text(DISPUTE_HOLDS),
)

billed_invoice = Table(
    "billed_invoice",
    metadata,
    Column("tenant", Line, nullable=False),
    *_columns(BilledInvoice),
    PrimaryKeyConstraint("tenant", "release_id"),
    Index(None, "tenant", "unit"),
    Index(None, "tenant", "customer", "claimed_at", "release_id"),
    Index(None, "tenant", "claimed_on", "release_id"),
    Index(None, "tenant", "invoiced_on", "release_id"),
    Index(None, "tenant", "settled_on", "release_id"),
)

OPEN_PROVISIONAL = and_(
    billed_invoice.c.kind == literal_column("'provisional'"),
    billed_invoice.c.settled == literal_column("''"),
)
Index(
    "ix_billed_invoice_open_provisional",
    billed_invoice.c.tenant,
    billed_invoice.c.claimed_at,
    billed_invoice.c.release_id,
    sqlite_where=text(PROVISIONAL),
    postgresql_where=text(PROVISIONAL),
)
STILL_DISPUTED = and_(
    billed_invoice.c.disputed_at.is_not(None),
    billed_invoice.c.dispute_outcome == literal_column("''"),
)
Index(
    "ix_billed_invoice_disputed",
    billed_invoice.c.tenant,
    billed_invoice.c.customer,
    billed_invoice.c.unit,
    sqlite_where=text(DISPUTED),
    postgresql_where=text(DISPUTED),
)

permitted = Table(
    "permitted",
    metadata,
    Column("tenant", Line, nullable=False),
    *_columns(Permitted),
    PrimaryKeyConstraint("tenant", "rule_id", "unit"),
    # In the order of money, so that nobody sorts all that a rule permits.
    Index(None, "tenant", "rule_id", "customer", "amount_minor", "unit"),
    Index(None, "tenant", "rule_id", "amount_minor", "unit"),
    Index(None, "tenant", "unit"),
)

right_to_bill = Table(
    "right_to_bill",
    metadata,
    Column("tenant", Line, nullable=False),
    *_columns(RightToBill),
    PrimaryKeyConstraint("tenant", "unit", "line", "last_day"),
    Index(None, "tenant", "last_day", "unit", "line"),
)

# Units to which something has happened since their rows were made.
standing_due = Table(
    "standing_due",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("tenant", Line, nullable=False),
    Column("unit", Line, nullable=False),
    Index(None, "tenant", "seq"),
)
