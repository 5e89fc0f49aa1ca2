"""The tables come from the migrations, once, and refuse to be changed."""

import multiprocessing
import threading
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from app.errors import DeploymentError
from app.infrastructure.storage import tables
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.rows import OutboxEvent, StoredConsolidation
from app.infrastructure.storage.store import Store
from app.infrastructure.storage.tables import metadata
from tests.integration.storage.made_up import (
    ACTOR,
    MORNING,
    TENANT,
    a_decision,
    a_fact,
    a_message,
    a_release,
    taken,
)

TO_DO = {"customer_lock", "due", "outbox_waiting", "sending", "circuit", "consolidating"}
OF_A_UNIT = {"standing", "hold_spell", "billed_invoice", "permitted", "right_to_bill"}
DERIVED = OF_A_UNIT | {"standing_due", "counted"}
CHANGES = TO_DO | DERIVED
"""What is still to be done changes as it is done, what is derived is made anew."""


def _what_leaves(store: Store) -> None:
    """One row in each table about what leaves and what was mended."""
    store.outbox.add(
        OutboxEvent(
            event_id="e1",
            type="decision.changed",
            subject="shipment:1",
            customer="",
            body=b"{}",
            correlation_id="c",
            created_at=MORNING,
        )
    )
    rows = store.outbox._rows
    sending = {"outbox_seq": 1, "destination": "d", "subject": "s", "state": "dead"}
    said = {"at": MORNING, "actor": ACTOR}
    rows.add(
        tables.sending,
        [{**sending, "attempts": 1, "next_at": MORNING, "last_error": "", "reference": ""}],
        tables.sending.c.seq,
    )
    rows.add(
        tables.sending_attempt,
        [{**said, "sending_seq": 1, "outcome": "dead", "detail": ""}],
        tables.sending_attempt.c.seq,
    )
    numbered = {"release_id": "r1", "system": "erp", "number": "1", "body": b"{}"}
    rows.add(tables.invoice, [{**said, **numbered, "correlation_id": ""}], tables.invoice.c.seq)
    ended = {"release_id": "r1", "decision_id": "d1", "how": "trued up"}
    rows.add(tables.settlement, [{**said, **ended}], tables.settlement.c.seq)
    store.invoices.begin("r1", at=MORNING, settled_after=timedelta(0), actor=ACTOR)
    store.consolidations.close(
        StoredConsolidation(
            consolidation_id="c1",
            customer="globex",
            currency="USD",
            amount_minor=1,
            closes_at=MORNING,
            closes_on=MORNING.date(),
            body=b"{}",
            at=MORNING,
            actor=ACTOR,
            correlation_id="",
        ),
        ["r1"],
    )
    (delivery,) = rows.all(rows.select(tables.delivery, tables.delivery.c.delivery_id))
    mended = {"message_seq": 1, "delivery_id": delivery.delivery_id, "reason": "typo"}
    mended["outcome"] = "recorded"
    rows.add(tables.mending, [{**said, **mended}], tables.mending.c.seq)
    found = {"finding_id": "f", "partner": "p", "feed": "f", "code": "X", "detail": ""}
    rows.add(tables.finding, [{**found, "at": MORNING}], tables.finding.c.seq)
    answered = {"delivery_id": delivery.delivery_id, "place": 0, "partner": "p", "at": MORNING}
    rows.add(tables.acknowledgement, [answered], tables.acknowledgement.c.seq)
    asked = {"partner": "p", "feed": "f", "cursor": "", "at": MORNING}
    rows.add(tables.pulled, [asked], tables.pulled.c.seq)


def test_the_migrations_make_the_tables_and_a_second_upgrade_changes_nothing(
    database_url: str,
) -> None:
    database = Database(database_url)

    assert database.upgrade() == "0005"
    assert database.upgrade() == "0005"

    database.check_current()
    assert set(inspect(database._engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    database.close()


def test_the_migrated_tables_are_the_tables_the_code_knows(database: Database) -> None:
    with database._engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, metadata) == []


def test_the_partial_index_and_the_checks_are_in_the_database(database: Database) -> None:
    looked = inspect(database._engine)

    (index,) = [
        index
        for index in looked.get_indexes("message")
        if index["name"] == "ix_message_recorded_once"
    ]
    options = index["dialect_options"]
    assert "recorded" in str(options.get("sqlite_where", options.get("postgresql_where")))
    assert [check["name"] for check in looked.get_check_constraints("message")] == [
        "ck_message_outcome"
    ]
    assert [check["name"] for check in looked.get_check_constraints("release")] == [
        "ck_release_kind"
    ]


def test_a_database_without_tables_says_what_to_run(database_url: str) -> None:
    database = Database(database_url)
    with database._engine.connect():
        pass  # in SQLite the file is there now, and empty

    with pytest.raises(DeploymentError, match="no tables yet; run `tollgate db upgrade`"):
        database.check_current()
    database.close()


def test_a_database_of_a_newer_version_is_not_touched(database: Database) -> None:
    with database._engine.connect() as connection:
        connection.execution_options(writing=True)
        with connection.begin():
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DeploymentError, match="9999, which this version does not know"):
        database.check_current()


def test_threads_that_upgrade_at_once_all_succeed(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    reached: list[str] = []
    threads = [
        threading.Thread(target=lambda one=one: reached.append(one.upgrade())) for one in databases
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reached == ["0005"] * 4
    for one in databases:
        one.close()


def _upgrade(url: str) -> str:
    database = Database(url)
    try:
        return database.upgrade()
    finally:
        database.close()


def test_processes_that_upgrade_at_once_all_succeed(database_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_upgrade, [database_url] * 4, chunksize=1) == ["0005"] * 4


@pytest.mark.parametrize(
    "act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "DELETE FROM {0} WHERE 1 = 0"]
)
def test_rows_are_neither_changed_nor_removed(database: Database, act: str) -> None:
    database.set_clock(MORNING, MORNING, set())
    with database.writing(TENANT) as store:
        seq = a_message(store)
        store.facts.add([a_fact("1")], message_seq=seq, received_at=MORNING)
        store.editions.add(digest="e1", kind="card", name="globex", body=b"card")
        store.editions.accept(
            kind="card", name="globex", digest="e1", accepted_at=MORNING, actor=ACTOR
        )
        decision = a_decision(store)
        store.decisions.log_taken(taken(decision, 0))
        store.releases.add(a_release(decision, "r1"))
        store.releases.lock_customer("globex")

        _what_leaves(store)

    for table in set(metadata.tables) - CHANGES:
        with database._engine.connect() as connection:
            connection.execution_options(writing=True)
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
            if act.endswith("= 0") and connection.dialect.name == "sqlite":
                continue  # its triggers look at rows, and no row is meant
            column = metadata.tables[table].columns[0].name
            with pytest.raises(DBAPIError, match=f"{table} is append-only"):
                connection.execute(text(act.format(table, column)))


@pytest.mark.parametrize("url_with_tables", ["sqlite"], indirect=True)
def test_replacing_a_row_in_sqlite_counts_as_removing_it(database: Database) -> None:
    with database.writing(TENANT) as store:
        store.decisions.keep_dossier(b"{}")

    with database._engine.connect() as connection:
        connection.execution_options(writing=True)
        with pytest.raises(DBAPIError, match="dossier is append-only"):
            connection.execute(
                text("INSERT OR REPLACE INTO dossier SELECT tenant, digest, x'00' FROM dossier")
            )


@pytest.mark.parametrize("url_with_tables", ["postgresql"], indirect=True)
def test_truncating_in_postgresql_is_refused(database: Database) -> None:
    with (
        database._engine.connect() as connection,
        pytest.raises(DBAPIError, match="fact_reference is append-only"),
    ):
        connection.execute(text("TRUNCATE fact_reference"))
