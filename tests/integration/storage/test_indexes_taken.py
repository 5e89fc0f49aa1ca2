"""What asks for a few rows among all that is done takes the index of those few."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import asdict
from sqlalchemy import Connection, event, text

from app.infrastructure.storage import standing_tables as tables
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.store import Store
from app.reports.standing.standing import Stage
from app.reports.work.batches import Closes
from app.reports.work.wanted import WantedUnits
from tests.integration.storage.test_rules_and_customers import AT, TENANT, invoice, spell, stands

TABLES = (tables.standing, tables.hold_spell, tables.billed_invoice)
DONE, WAITING = 2000, 12
CLOSED = WantedUnits(cutoff=Closes.CLOSED, moment=AT)
ONE_BATCH = WantedUnits(closes=AT - timedelta(hours=1), moment=AT)
BATCHES = {"ix_standing_in_no_batch"}
DISPUTES = {"ix_hold_spell_disputed", "ix_billed_invoice_disputed"}
Asks = Callable[[Store], object]


@pytest.fixture
def full(database: Database) -> Database:
    """Thousands of units that are done, of one customer, and a dozen that wait."""
    done = [_unit(number, done=True) for number in range(DONE)]
    waiting = [_unit(number, done=False) for number in range(DONE, DONE + WAITING)]
    with database.writing(TENANT) as store:
        for table, rows in zip(TABLES, zip(*done, *waiting, strict=True), strict=True):
            store.board._rows.add(table, rows, table.c.unit)
        connection(store).execute(text("ANALYZE"))
    return database


def _unit(number: int, *, done: bool) -> tuple[dict[str, Any], ...]:
    """A row for each of the tables."""
    unit = f"shipment:{number:05}"
    standing = stands(unit, "NORTHWIND", stage=Stage.BILLED if done else Stage.HELD).standing
    assert standing is not None
    closed: dict[str, Any] = {"closed_at": AT, "closed_on": AT.date()} if done else {}
    held = spell(unit, "NORTHWIND", 1, code="DISPUTE_OPEN", **closed)
    outcome = "credited" if done else ""
    billed = invoice(unit, "NORTHWIND", 1, disputed_at=AT, dispute_outcome=outcome)
    return (
        asdict(standing) | {"cutoff_at": AT - timedelta(hours=1)},
        asdict(held) | {"rank": 1, "ranked_until": AT},
        asdict(billed),
    )


def connection(store: Store) -> Connection:
    return store.board._rows._connection


def plans_of(store: Store, ask: Asks) -> Iterator[str]:
    """How the database answers each question that is asked."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        asked.append((statement, given))

    here = connection(store)
    event.listen(here, "before_cursor_execute", note)
    ask(store)
    event.remove(here, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if here.dialect.name == "sqlite" else "EXPLAIN"
    for statement, given in asked:
        rows = here.exec_driver_sql(f"{explain} {statement}", given).all()
        yield "\n".join(str(row) for row in rows)


@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        (lambda store: store.watching.missed_cutoffs(AT), BATCHES),
        (lambda store: store.standings.units(CLOSED, 51), BATCHES),
        (lambda store: store.standings.units(ONE_BATCH, 51), BATCHES),
        (lambda store: store.board._batches(), BATCHES),
        (lambda store: store.customer_rows.disputed("NORTHWIND"), DISPUTES),
        (lambda store: store.customer_rows.disputed_units("NORTHWIND", "", 51), DISPUTES),
    ],
    ids=["missed", "closed", "one batch", "batches", "disputed", "disputed units"],
)
def test_what_waits_is_found_without_what_is_done(
    full: Database, ask: Asks, indexes: set[str]
) -> None:
    with full.reading(TENANT) as store:
        (plan,) = plans_of(store, ask)
    assert {each for each in indexes if each in plan} == indexes, plan
