"""Where units stand follows what happens to them, whoever makes the rows and whenever."""

from collections.abc import Iterator
from datetime import datetime
from threading import Event, Thread

import pytest
from sqlalchemy import text

from app.infrastructure.storage.engines import WRITING
from app.infrastructure.storage.store import Store
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking import keep_standing
from app.operations.looking.keep_standing import catch_up, history_of, keep_standings
from app.operations.releasing.claim_release import claim_release
from app.reports.standing.history import History
from app.reports.standing.standing import Stage, WhereItStands
from app.reports.work.wanted import WantedUnits
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import START, SetClock

NAMES = ("N1", "N2", "N3")


def stood(house: House) -> dict[str, WhereItStands]:
    with house.database.reading(house.tenant) as store:
        units = [each.unit for each in store.standings.units(WantedUnits(moment=START), 100)]
        return {unit: store.standings.of_unit(unit) for unit in units}


def stage_of(house: House, name: str) -> Stage:
    standing = stood(house)[f"shipment:{name}"].standing
    assert standing is not None
    return standing.stage


def verdict_of(house: House) -> str:
    """Of N1: provisional without its paper, released with it."""
    standing = stood(house)["shipment:N1"].standing
    assert standing is not None
    return standing.verdict


def all_due(house: House) -> None:
    with house.database.writing(house.tenant) as store:
        store.standings.due([f"shipment:{name}" for name in NAMES])


def lives(house: House, clock: SetClock) -> Iterator[None]:
    """Three units from their first word to an invoice, a hold and a supplemental."""
    for name in NAMES:
        _, *without_diesel = nw.moved(name)
        nw.record(house, *without_diesel)
        decide_unit(house, name)
        yield
    clock.forward(hours=30)
    nw.record(house, nw.diesel())
    for name in ("N1", "N2"):
        nw.record(house, nw.pod(name))
        concluded = decide_unit(house, name)
        assert concluded.decision.verdict is Verdict.RELEASE
        yield
        claim_release(house, concluded.decision.decision_id)
        yield
    clock.forward(hours=1)
    nw.record(house, nw.shipment("N1", weight="2100", revision=1, id="reweigh"))
    decide_unit(house, "N1")
    yield


def test_rows_made_after_each_event_or_once_at_the_end_are_the_same(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in lives(house, clock):
        assert catch_up(house) == 1
        assert catch_up(house) == 0
    followed = stood(house)
    assert [stage_of(house, name) for name in NAMES] == [
        Stage.ADJUSTING,
        Stage.CLAIMED,
        Stage.HELD,
    ]
    assert [len(each.invoices) for each in followed.values()] == [1, 1, 0]
    assert {each.how for each in followed["shipment:N1"].spells} == {"cleared"}
    assert {each.how for each in followed["shipment:N3"].spells} == {""}

    for at_once in (1, 2, 8):
        monkeypatch.setattr(keep_standing, "AT_ONCE", at_once)
        with house.database.writing(house.tenant) as store:
            for unit in followed:
                store.standings.replace(unit, WhereItStands(standing=None), clock())
        all_due(house)
        assert catch_up(house) == len(NAMES)
        assert stood(house) == followed


def test_what_was_only_asked_for_an_earlier_moment_happened_to_nobody(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1", known_at=clock())
    assert catch_up(house) == 0
    assert stood(house) == {}


def papers_received(house: House) -> dict[str, datetime]:
    """When each word on the paper of N1 that counts was received, by its message."""
    decide_unit(house, "N1")
    with house.database.reading(house.tenant) as store:
        facts = history_of(store, "shipment:N1").facts
    papers = [each for each in facts if each.fact.entity == "document"]
    return {each.fact.source.message_id: each.at for each in papers}


def paper_corrected(house: House, before: str, name: str, source: str = "/dms/north") -> None:
    """The paper told once more, in place of what another message said of it."""
    with house.database.reading(house.tenant) as store:
        (fact,) = store.facts.of_message("dms", "north", before)
    again = nw.pod("N1", id=name, supersedes=fact.fact_id)
    nw.record(house, {**again, "source": source})


def test_a_fact_was_received_when_its_first_word_came_however_often_it_was_corrected(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1", id="first"))
    assert papers_received(house) == {"first": START}
    for before, name in (("first", "second"), ("second", "third")):
        clock.forward(hours=30)
        paper_corrected(house, before, name)
    assert papers_received(house) == {"third": START}

    catch_up(house)
    standing = stood(house)["shipment:N1"].standing
    assert standing is not None
    assert standing.pod_at == START


@pytest.mark.parametrize("source", ["/wms/north", "/dms/south"])
def test_what_somebody_else_says_was_received_when_he_said_it(
    house: House, clock: SetClock, source: str
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1", id="first"))
    clock.forward(hours=30)
    paper_corrected(house, "first", "his", source)
    assert papers_received(house) == {"first": START, "his": clock()}


def poison(monkeypatch: pytest.MonkeyPatch, *units: str) -> list[str]:
    """The histories of these units cannot be read; what was tried is told."""
    tried: list[str] = []

    def read(store: Store, unit: str) -> History:
        tried.append(unit)
        if unit in units:
            raise ValueError(f"the history of {unit} cannot be read")
        return history_of(store, unit)

    monkeypatch.setattr(keep_standing, "history_of", read)
    return tried


@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_a_unit_whose_history_cannot_be_read_takes_no_other_with_it(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    at_once: int,
) -> None:
    for name in NAMES:
        nw.record(house, *nw.moved(name))
        decide_unit(house, name)
    monkeypatch.setattr(keep_standing, "AT_ONCE", at_once)
    with monkeypatch.context() as poisoned:
        tried = poison(poisoned, "shipment:N1", "shipment:N2")
        assert catch_up(house) == 1
        assert list(stood(house)) == ["shipment:N3"]
        assert "where shipment:N1 stands cannot be noted" in caplog.text
        assert set(tried) == {f"shipment:{name}" for name in NAMES}
        with house.database.reading(house.tenant) as store:
            assert sorted(store.standings.next_due(8)) == ["shipment:N1", "shipment:N2"]
        decide_anew(house, "N3")
        with house.database.reading(house.tenant) as store:
            assert list(store.standings.next_due(8))[-1] == "shipment:N3"
        assert catch_up(house) == 1
    assert catch_up(house) == 2
    assert list(stood(house)) == [f"shipment:{name}" for name in NAMES]


def decide_anew(house: House, name: str) -> None:
    nw.record(house, nw.pod(name))
    decide_unit(house, name)


def test_a_decision_taken_while_rows_are_made_is_not_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1")
    postgres = "postgresql" in repr(house.database)

    def read_slowly(store: Store, unit: str) -> History:
        found = history_of(store, unit)
        monkeypatch.setattr(keep_standing, "history_of", history_of)
        if postgres:  # in SQLite whoever decides waits until the rows are made
            decide_anew(house, "N1")
        return found

    monkeypatch.setattr(keep_standing, "history_of", read_slowly)
    assert keep_standings(house) == 1
    if not postgres:
        decide_anew(house, "N1")
    assert catch_up(house) == 1
    assert verdict_of(house) == Verdict.RELEASE


def test_of_two_that_make_the_rows_of_a_unit_the_later_history_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has read an older history and is slow; the second waits for it."""
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1")
    postgres = "postgresql" in repr(house.database)
    others: list[Thread] = []
    began = Event()

    def read_slowly(store: Store, unit: str) -> History:
        found = history_of(store, unit)
        monkeypatch.setattr(keep_standing, "history_of", read_fast)
        if postgres:
            decide_anew(house, "N1")
        others.append(Thread(target=catch_up, args=(house,)))
        others[0].start()
        others[0].join(timeout=1)
        assert others[0].is_alive(), "it waits until these rows are made"
        assert not began.is_set()
        return found

    def read_fast(store: Store, unit: str) -> History:
        began.set()
        return history_of(store, unit)

    monkeypatch.setattr(keep_standing, "history_of", read_slowly)
    keep_standings(house)
    others[0].join()
    assert began.is_set()
    if postgres:
        assert verdict_of(house) == Verdict.RELEASE
    with house.database.reading(house.tenant) as store:
        assert store.standings.waiting() == 0


def test_rows_of_one_tenant_are_nobody_elses(house: House) -> None:
    other = House(**{**vars(house), "tenant": "somebody else"})
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1")
    assert catch_up(other) == 0
    assert catch_up(house) == 1
    assert stood(other) == {}
    with house.database.writing("somebody else") as store:
        store.standings.replace("shipment:N1", WhereItStands(standing=None), house.now())
        store.standings.made([1])
    assert verdict_of(house) == Verdict.PROVISIONAL


def test_a_unit_is_noted_once_however_much_happened_to_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = poison(monkeypatch)
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1")
    decide_anew(house, "N1")
    assert catch_up(house) == 1
    assert tried == ["shipment:N1"]


NEW_TABLES = (
    "standing",
    "hold_spell",
    "billed_invoice",
    "permitted",
    "right_to_bill",
    "standing_due",
    "counted",
    "clock",
)


def as_before_standings(house: House) -> None:
    """The same decisions in the tables of the revision before."""
    with house.database._transaction(WRITING) as connection:
        for table in NEW_TABLES:
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX ix_fact_tenant_received_at"))
        connection.execute(text("ALTER TABLE fact DROP COLUMN occurred_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))


def test_a_database_of_the_version_before_gets_rows_of_every_unit(
    house: House, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in lives(house, clock):
        pass
    nw.record(house, *nw.moved("N4"))
    decide_unit(house, "N4", known_at=clock())
    catch_up(house)
    followed = stood(house)
    as_before_standings(house)

    assert house.database.upgrade() >= "0005"
    assert catch_up(house) == len(NAMES)

    assert stood(house) == followed
    assert "cannot be noted" not in caplog.text, "what was only asked for is not made rows of"
