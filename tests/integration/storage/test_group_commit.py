"""Many small writes share a commit, and none of them is another's affair."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from app.errors import ConflictError, DeploymentError, RequestError
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.store import Store
from tests.integration.storage.made_up import TENANT, a_message


def test_what_was_done_is_stored_when_it_returns(database: Database) -> None:
    database.together(TENANT, lambda store: a_message(store, "m1"))

    with database.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 1}


def test_writers_at_the_same_time_all_get_their_own_answer(database: Database) -> None:
    def one(number: int) -> int:
        return database.together(TENANT, lambda store: a_message(store, f"m{number}"))

    with ThreadPoolExecutor(16) as threads:
        seqs = list(threads.map(one, range(200)))

    assert len(set(seqs)) == 200
    with database.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 200}


def test_one_that_is_refused_takes_no_other_with_it(database: Database) -> None:
    def act(number: int) -> Callable[[Store], int]:
        def do(store: Store) -> int:
            seq = a_message(store, f"m{number}")
            if number % 3 == 0:
                raise ConflictError(f"{number} is refused")
            return seq

        return do

    def one(number: int) -> str:
        try:
            database.together(TENANT, act(number))
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(16) as threads:
        refused = [each for each in threads.map(one, range(60)) if each]

    assert sorted(refused) == sorted(f"{number} is refused" for number in range(0, 60, 3))
    with database.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 40}


def test_a_text_no_database_can_hold_is_refused_in_our_words(database: Database) -> None:
    with pytest.raises(RequestError, match="cannot be stored"):
        database.together(TENANT, lambda store: a_message(store, "zero \x00 byte"))


def test_a_fault_of_the_database_is_told_to_its_own_caller_and_the_next_act_is_done(
    database: Database,
) -> None:
    def breaks(store: Store) -> None:
        store.messages._rows._connection.exec_driver_sql("SELECT * FROM nowhere")

    with pytest.raises((DeploymentError, DBAPIError), match="nowhere"):
        database.together(TENANT, breaks)
    assert database.together(TENANT, lambda store: a_message(store, "m1"))


def test_closing_finishes_what_waits(database_url: str) -> None:
    database = Database(database_url)
    database.upgrade()
    with ThreadPoolExecutor(8) as threads:
        seqs = threads.map(
            lambda number: database.together(TENANT, lambda store: a_message(store, f"m{number}")),
            range(20),
        )
        assert len(list(seqs)) == 20
    database.close()

    again = Database(database_url)
    with again.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 20}
    again.close()
