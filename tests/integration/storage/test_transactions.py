"""All or nothing, one tenant at a time, and nothing acknowledged is lost."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from app.errors import ConflictError, DeploymentError, RequestError, TollgateError
from app.evidence.facts.reference import ReferenceKind
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.rows import Counts
from app.infrastructure.storage.store import Store
from tests.integration.storage.made_up import (
    ACTOR,
    MORNING,
    TENANT,
    a_decision,
    a_fact,
    a_message,
    a_release,
    pro,
    taken,
)

NOTHING = Counts(messages={}, facts=0, decisions=0)


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with (  # noqa: PT012 the exception must come late
        pytest.raises(TollgateError, match="too late"),
        database.writing(TENANT) as store,
    ):
        store.facts.add([a_fact("1")], message_seq=a_message(store), received_at=MORNING)
        a_decision(store)
        assert store.counts() != NOTHING
        raise TollgateError("too late")

    with database.reading(TENANT) as store:
        assert store.counts() == NOTHING


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, DeploymentError)), database.reading(TENANT) as store:
        store.decisions.keep_dossier(b"{}")

    with database.writing(TENANT) as store:
        store.decisions.keep_dossier(b"{}")


def test_whoever_reads_sees_one_moment(database: Database) -> None:
    with database.reading(TENANT) as reader:
        assert reader.counts() == NOTHING
        with database.writing(TENANT) as writer:
            a_decision(writer)
        assert reader.counts() == NOTHING

    with database.reading(TENANT) as reader:
        assert reader.counts().decisions == 1


def test_one_tenant_never_sees_the_rows_of_another(database: Database) -> None:
    with database.writing(TENANT) as store:
        fact = a_fact("1")
        delivery_seq = a_message(store)
        store.facts.add([fact], message_seq=delivery_seq, received_at=MORNING)
        store.editions.add(digest="e1", kind="card", name="globex", body=b"one")
        store.editions.accept(
            kind="card", name="globex", digest="e1", accepted_at=MORNING, actor=ACTOR
        )
        decision = a_decision(store)
        store.decisions.log_taken(taken(decision, 0))
        store.releases.add(a_release(decision, "r1", provisional=True))
        (message,) = store.messages.latest(limit=1)

    with database.reading("other") as store:
        assert store.counts() == NOTHING
        assert store.messages.latest(limit=9) == ()
        assert store.messages.last_reading("tms", "main", "m1") is None
        assert store.messages.of_facts([fact.fact_id]) == {}
        assert store.facts.by_id([fact.fact_id]) == {}
        assert store.facts.naming([pro("1").key]) == {}
        assert store.facts.of_entities(["shipment"]) == {}
        assert store.facts.keys_with_value("1") == ()
        assert list(store.facts.keys_of_kinds(list(ReferenceKind))) == []
        assert store.editions.in_force("card", "globex") is None
        assert store.editions.names_in_force("card") == {}
        assert store.decisions.current_of("U1") is None
        assert list(store.decisions.current()) == []
        assert list(store.decisions.in_order()) == []
        assert store.decisions.taken_of("U1") == ()
        assert store.releases.of_unit("U1") == ()
        assert store.releases.open_provisional_minor("globex", "USD") == 0
        for ask in (
            lambda: store.messages.delivery(message.delivery_id),
            lambda: store.editions.body("e1"),
            lambda: store.decisions.decision("d1"),
            lambda: store.decisions.dossier(decision.dossier_digest),
        ):
            with pytest.raises(TollgateError, match="there is no"):
                ask()


def test_two_tenants_may_hold_the_same_things(database: Database) -> None:
    for tenant in (TENANT, "other"):
        with database.writing(tenant) as store:
            a_message(store)
            decision = a_decision(store)
            store.releases.add(a_release(decision, "r1"))

    with database.reading("other") as store:
        assert store.counts() == Counts(messages={"recorded": 1}, facts=0, decisions=1)


def test_a_fact_of_another_tenant_is_a_broken_promise(database: Database) -> None:
    fact = a_fact("1", tenant="other")

    with database.writing(TENANT) as store:
        seq = a_message(store)
        with pytest.raises(AssertionError, match="the tenant it names"):
            store.facts.add([fact], message_seq=seq, received_at=MORNING)


def test_many_writers_at_once_lose_nothing_and_do_not_block_each_other_for_good(
    database: Database,
) -> None:
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for number in range(15):
                message_id = f"{writer}-{number}"
                with database.writing(TENANT) as store:
                    assert store.messages.last_reading("tms", "main", message_id) is None
                    fact = a_fact(message_id, message_id=message_id)
                    seq = a_message(store, message_id)
                    store.facts.add([fact], message_seq=seq, received_at=MORNING)
                with database.reading(TENANT) as store:
                    last = store.messages.last_reading("tms", "main", message_id)
                    assert last is not None
                    assert last.content_digest == "c1"
        except BaseException as failure:  # noqa: BLE001 told below, in the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with database.reading(TENANT) as store:
        assert store.counts().facts == 12 * 15


_WRITES_UNTIL_KILLED = """
import sys
from app.infrastructure.storage.database import Database
from tests.integration.storage.made_up import TENANT, a_decision
database = Database(sys.argv[1])
for number in range(100000):
    with database.writing(TENANT) as store:
        a_decision(store, f"d{number}")
    print(f"d{number}", flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(database: Database, url_with_tables: str) -> None:
    command = [sys.executable, "-c", _WRITES_UNTIL_KILLED, url_with_tables]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()

    with database.reading(TENANT) as store:
        kept = [decision.decision_id for decision in store.decisions.in_order()]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1


def test_what_is_told_of_a_transaction_is_told_once_it_is_stored_and_only_then(
    database: Database,
) -> None:
    told: list[str] = []

    def act(store: Store) -> None:
        store.once_stored(lambda: told.append("together"))

    def refused(store: Store) -> None:
        store.once_stored(lambda: told.append("never"))
        raise ConflictError("it is refused")

    with database.writing("main") as store:
        store.once_stored(lambda: told.append("alone"))
        assert told == []
    database.together("main", act)
    with pytest.raises(ConflictError):
        database.together("main", refused)
    with pytest.raises(ConflictError), database.writing("main") as store:
        refused(store)

    assert told == ["alone", "together"]


def test_a_moment_for_which_utc_has_no_year_is_refused_as_a_mistake_of_whoever_asks(
    database: Database,
) -> None:
    before_all = datetime.fromisoformat("0001-01-01T00:00:00+14:00")
    with pytest.raises(RequestError, match="in no year"), database.reading(TENANT) as store:
        store.watching.missed_cutoffs(before_all)
