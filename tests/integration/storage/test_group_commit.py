"""Many small writes share a commit, and none of them is another's affair."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

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


def ends(act: Callable[[], object]) -> bool:
    """Whether it comes to an end, rather than wait for ever."""
    thread = Thread(target=act, daemon=True)
    thread.start()
    thread.join(20)
    return not thread.is_alive()


def test_an_act_that_comes_while_it_is_closed_is_done_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = database._group
    database.together(TENANT, lambda store: a_message(store, "m1"))
    right = group._acts.put
    closing = Thread(target=group.close)

    def put(act: Any) -> None:
        if act is not None and not closing.ident:
            closing.start()
            closing.join(1.0)
        right(act)

    monkeypatch.setattr(group, "_acts", Putting(group._acts, put))
    assert ends(lambda: database.together(TENANT, lambda store: a_message(store, "m2")))
    closing.join()
    with database.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 2}


class Putting:
    """A queue with another way in."""

    def __init__(self, queue: Any, put: Callable[[object], None]) -> None:
        self.get, self.empty, self.put = queue.get, queue.empty, put


class Unforeseen(BaseException):
    """What no caller of ours raises, and a compiled library may when it panics."""


def test_whatever_an_act_raises_is_its_own_affair_and_the_next_is_done(database: Database) -> None:
    def breaks(_: Store) -> None:
        raise Unforeseen

    told: list[BaseException] = []

    def act() -> None:
        try:
            database.together(TENANT, breaks)
        except Unforeseen as error:
            told.append(error)

    assert ends(act)
    assert len(told) == 1
    assert ends(lambda: database.together(TENANT, lambda store: a_message(store, "m1")))
    with database.reading(TENANT) as store:
        assert store.messages.counted() == {"recorded": 1}
