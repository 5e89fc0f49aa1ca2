"""Editions, decisions and releases: kept by content, the latest in force, claimed once."""

import threading

import msgspec
import pytest

from app.digest import digest
from app.errors import ConflictError, NotFoundError
from app.infrastructure.storage.database import Database
from tests.integration.storage.made_up import (
    ACTOR,
    MORNING,
    TENANT,
    a_decision,
    a_release,
    hours_later,
    taken,
)


def test_an_edition_is_in_force_from_its_acceptance_until_the_next(database: Database) -> None:
    with database.writing(TENANT) as store:
        store.editions.add(digest="e1", kind="card", name="globex", body=b"one")
        store.editions.add(digest="e1", kind="card", name="globex", body=b"one")
        store.editions.add(digest="e2", kind="card", name="globex", body=b"two")
        accepted = [
            store.editions.accept(
                kind="card",
                name="globex",
                digest=edition,
                accepted_at=hours_later(hours),
                actor=ACTOR,
            )
            for edition, hours in [("e1", 0), ("e1", 1), ("e2", 2), ("e2", 3), ("e1", 4)]
        ]

    assert accepted == [True, False, True, False, True]
    with database.reading(TENANT) as store:
        in_force = [
            store.editions.in_force("card", "globex", hours_later(h)) for h in (-1, 1, 2, 4)
        ]
        assert in_force == [None, "e1", "e2", "e1"]
        assert store.editions.in_force("card", "globex") == "e1"
        assert store.editions.in_force("rules", "globex") is None
        assert store.editions.names_in_force("card", hours_later(2)) == {"globex": "e2"}
        assert store.editions.names_in_force("card") == {"globex": "e1"}
        assert store.editions.names_in_force("card", hours_later(-1)) == {}
        assert store.editions.body("e2") == b"two"
        with pytest.raises(NotFoundError, match="no edition e3"):
            store.editions.body("e3")


def test_the_same_text_may_be_the_edition_of_two_names(database: Database) -> None:
    with database.writing(TENANT) as store:
        for name in ("globex", "initech"):
            store.editions.add(digest="e1", kind="card", name=name, body=b"one")
            store.editions.accept(
                kind="card", name=name, digest="e1", accepted_at=MORNING, actor=ACTOR
            )

    with database.reading(TENANT) as store:
        assert store.editions.names_in_force("card") == {"globex": "e1", "initech": "e1"}


def test_a_digest_with_another_text_is_a_broken_promise(database: Database) -> None:
    with database.writing(TENANT) as store:
        store.editions.add(digest="e1", kind="card", name="globex", body=b"one")

    with (
        pytest.raises(AssertionError, match="one digest, one text"),
        database.writing(TENANT) as store,
    ):
        store.editions.add(digest="e1", kind="card", name="globex", body=b"two")


def test_a_decision_is_kept_once_and_its_dossier_under_its_digest(database: Database) -> None:
    with database.writing(TENANT) as store:
        decision = a_decision(store)
        later = msgspec.structs.replace(decision, decided_at=hours_later(5), actor="other")
        assert not store.decisions.keep(later)

    with database.reading(TENANT) as store:
        assert store.decisions.decision("d1") == decision
        assert decision.dossier_digest == digest(b"d1")
        assert store.decisions.dossier(decision.dossier_digest) == b"d1"
        assert store.counts().decisions == 1
        with pytest.raises(NotFoundError, match="no decision d2"):
            store.decisions.decision("d2")
        with pytest.raises(NotFoundError, match="no dossier d2"):
            store.decisions.dossier("d2")


def test_the_same_dossier_with_another_decision_is_a_broken_promise(database: Database) -> None:
    with database.writing(TENANT) as store:
        a_decision(store)

    with (
        pytest.raises(AssertionError, match="one dossier, one decision"),
        database.writing(TENANT) as store,
    ):
        a_decision(store, body=b"[]")


def test_a_hold_may_have_neither_customer_nor_amount(database: Database) -> None:
    with database.writing(TENANT) as store:
        empty = msgspec.structs.replace(
            a_decision(store), decision_id="d2", customer=None, currency=None, amount_minor=None
        )
        store.decisions.keep(empty)

    with database.reading(TENANT) as store:
        assert store.decisions.decision("d2") == empty


def test_the_current_decision_is_the_last_one_taken_on_all_that_is_known(
    database: Database,
) -> None:
    with database.writing(TENANT) as store:
        one, two, other = (
            a_decision(store, "d1"),
            a_decision(store, "d2"),
            a_decision(store, "d3", "U2"),
        )
        log = [taken(one, 0), taken(two, 1), taken(one, 2), taken(two, 3, known_at=MORNING)]
        for entry in [*log, taken(other, 4)]:
            store.decisions.log_taken(entry)
        a_decision(store, "d4", "U3")

    with database.reading(TENANT) as store:
        assert store.decisions.current_of("U1") == one
        assert store.decisions.current_of("U3") is None
        current = [(row.unit, row.decision_id, row.taken_at) for row in store.decisions.current()]
        assert current == [("U1", "d1", hours_later(2)), ("U2", "d3", hours_later(4))]
        assert store.decisions.taken_of("U1") == tuple(log)


def test_all_decisions_come_in_the_order_they_were_first_taken(database: Database) -> None:
    names = [f"d{number * 7919 % 1000}" for number in range(1000)]
    with database.writing(TENANT) as store:
        for name in names:
            a_decision(store, name)

    with database.reading(TENANT) as store:
        assert [decision.decision_id for decision in store.decisions.in_order()] == names


def test_a_unit_is_released_once(database: Database) -> None:
    with database.writing(TENANT) as store:
        decision = a_decision(store)
        release = a_release(decision, "r1")
        store.releases.add(release)
        with pytest.raises(ConflictError, match="unit U1 was released before"):
            store.releases.add(a_release(decision, "r2"))

    with database.reading(TENANT) as store:
        assert store.releases.of_unit("U1") == (release,)
        assert store.releases.of_unit("U2") == ()


def test_of_claims_at_the_same_moment_exactly_one_wins(database: Database) -> None:
    with database.writing(TENANT) as store:
        decision = a_decision(store)
    outcomes: list[str] = []
    ready = threading.Barrier(6)

    def claim(release_id: str) -> None:
        ready.wait()
        try:
            with database.writing(TENANT) as store:
                store.releases.add(a_release(decision, release_id))
            outcomes.append(release_id)
        except ConflictError:
            outcomes.append("lost")

    threads = [threading.Thread(target=claim, args=(f"r{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [outcome for outcome in outcomes if outcome != "lost"]
    assert len(outcomes) == 6
    with database.reading(TENANT) as store:
        (release,) = store.releases.of_unit("U1")
    assert release.release_id == winner


def test_provisional_exposure_is_the_sum_of_what_is_billed_provisionally(
    database: Database,
) -> None:
    with database.writing(TENANT) as store:
        assert store.releases.open_provisional_minor("globex", "USD") == 0
        for number in range(3):
            decision = a_decision(store, f"d{number}", f"U{number}")
            store.releases.add(a_release(decision, f"r{number}", provisional=number < 2))
        assert store.releases.open_provisional_minor("globex", "USD") == 200_00
        assert store.releases.open_provisional_minor("globex", "EUR") == 0
        assert store.releases.open_provisional_minor("initech", "USD") == 0


def test_claims_of_one_customer_each_see_the_one_before(database: Database) -> None:
    with database.writing(TENANT) as store:
        decisions = [a_decision(store, f"d{number}", f"U{number}") for number in range(8)]
    limit = 300_00
    ready = threading.Barrier(len(decisions))

    def claim(number: int) -> None:
        ready.wait()
        with database.writing(TENANT) as store:
            store.releases.lock_customer("globex")
            if store.releases.open_provisional_minor("globex", "USD") + 100_00 <= limit:
                store.releases.add(a_release(decisions[number], f"r{number}", provisional=True))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading(TENANT) as store:
        assert store.releases.open_provisional_minor("globex", "USD") == limit
