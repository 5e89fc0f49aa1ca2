"""A database of an earlier version keeps every row when it is brought up to date."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import inspect, text

from app.infrastructure.storage import schema
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.engines import WRITING

MARCH = datetime(2026, 3, 6, 9, tzinfo=UTC).isoformat(sep=" ")
BEFORE_FAMILIES = (
    "INSERT INTO dossier (tenant, digest, body) VALUES ('main', 'd', '{}')",
    (
        "INSERT INTO decision (tenant, decision_id, unit, customer, verdict, currency,"
        " amount_minor, dossier_digest, body, trace, answers, decided_at, actor)"
        f" VALUES ('main', 'D1', 'shipment:S1', 'ACME', 'release', 'USD', 10000,"
        f" 'd', '{{}}', '[]', '[]', '{MARCH}', 'erp')"
    ),
    (
        "INSERT INTO release (tenant, release_id, unit, decision_id, customer, kind, currency,"
        " amount_minor, claimed_at, actor) VALUES ('main', 'R1', 'shipment:S1', 'D1', 'ACME',"
        f" 'final', 'USD', 10000, '{MARCH}', 'erp')"
    ),
    (
        "INSERT INTO invoice (tenant, release_id, system, number, body, at, actor, correlation_id)"
        f" VALUES ('main', 'R1', 'acme/erp', 'INV-1', '{{}}', '{MARCH}', 'erp', 'affair')"
    ),
    (
        "INSERT INTO invoice_begun (tenant, release_id, number, at, actor)"
        f" VALUES ('main', 'R1', 1, '{MARCH}', 'erp')"
    ),
)


def as_before_families(database: Database) -> None:
    """The tables of the revision before, with a release that was billed."""
    with database._transaction(WRITING) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for row in BEFORE_FAMILIES:
            connection.execute(text(row))


def test_a_release_of_before_is_the_first_document_of_its_family(database_url: str) -> None:
    database = Database(database_url)
    as_before_families(database)
    database.upgrade()
    with database.reading("main") as store:
        (release,) = store.releases.of_unit("shipment:S1")
        begun = store.invoices.begun_at("R1")
    assert (release.place, release.kind, release.body, release.settled) == (1, "final", None, "")
    assert (release.release_id, release.invoice_number, release.amount_minor) == (
        "R1",
        "INV-1",
        10000,
    )
    assert begun is not None
    database.close()


@pytest.mark.parametrize("table", ["release", "invoice", "invoice_begun"])
def test_what_was_moved_is_as_append_only_as_before_and_leaves_nothing_behind(
    database_url: str, table: str
) -> None:
    database = Database(database_url)
    as_before_families(database)
    database.upgrade()
    with (
        pytest.raises(Exception, match=f"{table} is append-only"),
        database._transaction(WRITING) as connection,
    ):
        connection.execute(text(f"UPDATE {table} SET actor = 'somebody else'"))
    names = inspect(database._engine).get_table_names()
    assert [name for name in names if name.endswith("_of_family")] == []
    database.close()
