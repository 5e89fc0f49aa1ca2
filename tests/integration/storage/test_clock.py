"""The told time of a database: set once, and only where nothing but the demo came."""

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import ConflictError
from app.infrastructure.storage.database import Database
from tests.integration.storage.made_up import MORNING, TENANT, a_decision, a_message, taken

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
AHEAD = MORNING - AT


def delivered(database: Database, *, tenant: str = TENANT) -> str:
    with database.writing(tenant) as store:
        a_message(store)
        (message,) = store.messages.latest(outcome="recorded", limit=9)
        return message.delivery_id


def test_a_database_goes_by_the_real_time_until_another_is_told(database: Database) -> None:
    assert database.clock() == timedelta(0)
    database.set_clock(AT, MORNING, {delivered(database)})
    assert database.clock() == AHEAD
    with database.reading("another tenant") as store:
        assert store.clock() == AHEAD


def test_a_time_is_told_once(database: Database) -> None:
    database.set_clock(AT, MORNING, set())
    with pytest.raises(ConflictError, match="told before"):
        database.set_clock(AT, MORNING + timedelta(days=1), set())
    assert database.clock() == AHEAD


@pytest.mark.parametrize("tenant", [TENANT, "another tenant"])
def test_where_anything_else_was_delivered_no_time_can_be_told(
    database: Database, tenant: str
) -> None:
    delivered(database, tenant=tenant)
    assert database.against_clock(MORNING, {"the demo's"}) == "it holds other messages too"
    with pytest.raises(ConflictError, match="other messages"):
        database.set_clock(AT, MORNING, {"the demo's"})
    assert database.clock() == timedelta(0)


def test_no_time_can_be_told_that_a_decision_is_later_than(database: Database) -> None:
    ours = {delivered(database)}
    with database.writing(TENANT) as store:
        store.decisions.log_taken(taken(a_decision(store), hours=2))
    with pytest.raises(ConflictError, match="decided after"):
        database.set_clock(AT, MORNING, ours)
    database.set_clock(AT, MORNING + timedelta(hours=2), ours)
