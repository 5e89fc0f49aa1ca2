"""Lists add up to their numbers, in both databases, for every KPI over rows made at random."""

from collections import Counter
from collections.abc import Iterable
from random import Random

import msgspec
import pytest

from app.errors import RequestError
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.kpi_rows import KpiRows, Wanted
from app.infrastructure.storage.rows import Mending, Outcome
from app.infrastructure.storage.store import Store
from app.reports.kpis.catalogue import KPIS, kpi_named
from app.reports.kpis.conditions import Part, Row
from app.reports.kpis.definition import By, Kpi, Measure, Table
from app.reports.kpis.measured import Measured, measured
from app.reports.kpis.taken import taken
from app.reports.kpis.window import Window
from app.reports.standing.standing import WhereItStands
from tests.integration.storage.made_up import (
    ACTOR,
    TENANT,
    a_fact,
    a_message,
    hours_later,
)
from tests.kpi_rows import NOW, random_unit, window

COUNTED = tuple(kpi for kpi in KPIS if kpi.cohort is not None)
WINDOWS = (window("2026-03-10", "2026-04-09"), window("2026-05-03", "2026-06-02"))
MARCH = window("2026-03-01", "2026-04-01")


@pytest.fixture
def filled(database: Database) -> Database:
    random = Random(20260306)
    with database.writing(TENANT) as store:
        for number in range(150):
            store.standings.replace(f"shipment:S{number:04}", random_unit(number, random), NOW)
        _messages(store, random)
    with database.writing("other tenant") as store:
        store.standings.replace("shipment:S0001", random_unit(1, random), NOW)
    return database


def _messages(store: Store, random: Random) -> None:
    outcomes: tuple[Outcome, ...] = ("recorded", "refused", "conflict")
    for number in range(60):
        outcome = random.choice(outcomes)
        at = hours_later(random.uniform(0, 2400))
        seq = a_message(store, f"m{number}", outcome=outcome, received_at=at)
        if outcome == "recorded":
            store.facts.add(
                [a_fact(f"P{number}", message_id=f"m{number}")], message_seq=seq, received_at=at
            )
        elif random.random() < 0.5:
            _mended(store, seq, number)


def _mended(store: Store, seq: int, number: int) -> None:
    at = hours_later(2400 + number)
    new = a_message(store, f"mended {number}", received_at=at)
    store.quarantine.add(
        Mending(
            message_seq=seq,
            delivery_id=next(iter(store.messages.page(after_seq=new - 1, limit=1))).delivery_id,
            outcome="recorded",
            reason="",
            at=at,
            actor=ACTOR,
        )
    )


@pytest.mark.parametrize("asked", WINDOWS, ids=lambda asked: asked.name)
def test_each_part_of_a_list_is_what_its_number_counts(filled: Database, asked: Window) -> None:
    seen: Counter[str] = Counter()
    with filled.reading(TENANT) as store:
        for kpi in COUNTED:
            takings = [taken(kpi, row, asked) for row in store.kpi_rows.of(kpi, asked)]
            number = measured(kpi, takings)
            assert not any(each.part is Part.ELSEWHERE for each in takings), kpi.name
            assert number.looked_at == len(takings), kpi.name
            for part in _parts_of(kpi):
                rows = _listed(store.kpi_rows, kpi, asked, Wanted(part=part, at_most=7))
                listed = [taken(kpi, row, asked) for row in rows]
                assert {each.part for each in listed} <= {part}, kpi.name
                expected = [each for each in takings if each.part is part]
                assert measured(kpi, listed) == measured(kpi, expected), (kpi.name, part)
                seen[part] += len(listed)
    assert all(seen[part] > 100 for part in (Part.COUNTED, Part.OPEN, Part.LEFT_OUT)), seen


def test_a_list_of_what_is_above_the_line_is_as_long_as_the_numerator(filled: Database) -> None:
    with filled.reading(TENANT) as store:
        for kpi in COUNTED:
            if kpi.measure is not Measure.SHARE:
                continue
            number = measured(
                kpi, (taken(kpi, row, WINDOWS[0]) for row in store.kpi_rows.of(kpi, WINDOWS[0]))
            )
            above, below = (
                len(_listed(store.kpi_rows, kpi, WINDOWS[0], Wanted(hit=hit)))
                for hit in (True, False)
            )
            assert (above, above + below) == (number.hits, number.n), kpi.name


def test_the_lists_of_all_customers_are_the_whole_list(filled: Database) -> None:
    kpi = kpi_named("first-pass-release-rate")
    with filled.reading(TENANT) as store:
        whole = _listed(store.kpi_rows, kpi, WINDOWS[0], Wanted())
        apart = [
            row
            for customer in ("Acme", "Globex", "")
            for row in _listed(
                store.kpi_rows, kpi, WINDOWS[0], Wanted(by=By.CUSTOMER, value=customer)
            )
        ]
    assert sorted(map(_unit, apart)) == sorted(map(_unit, whole))
    assert len(whole) > 10


def test_an_invoice_counts_whatever_becomes_of_its_unit(database: Database) -> None:
    """Cancelled, a test, not billed by a rule or none any more: what was invoiced was invoiced."""
    about_invoices = [kpi for kpi in COUNTED if kpi.cohort and kpi.cohort.table is Table.INVOICE]
    assert len(about_invoices) > 10
    random = Random(3)
    units = [
        each
        for each in (random_unit(n, random) for n in range(20))
        if each.standing and each.invoices
    ]
    told = [_numbers(database, about_invoices, units)]
    for excluded in ("cancelled", "no bill", "test"):
        now = [_but(each, excluded=excluded) for each in units]
        told.append(_numbers(database, about_invoices, now))
    gone = [msgspec.structs.replace(each, standing=None) for each in units]
    told.append(_numbers(database, about_invoices, gone))
    assert told[1:] == told[:-1]
    assert all(number.n for number in told[0])


def _but(made: WhereItStands, **other: str) -> WhereItStands:
    assert made.standing is not None
    standing = msgspec.structs.replace(made.standing, **other)
    return msgspec.structs.replace(made, standing=standing)


def _numbers(database: Database, kpis: list[Kpi], units: Iterable[WhereItStands]) -> list[Measured]:
    asked = window("2026-01-01", "2026-12-01")
    with database.writing(TENANT) as store:
        for each in units:
            store.standings.replace(each.invoices[0].unit, each, NOW)
        return [
            measured(kpi, [taken(kpi, row, asked) for row in store.kpi_rows.of(kpi, asked)])
            for kpi in kpis
        ]


def test_a_mended_message_was_processed_again_and_its_mending_is_no_message(
    database: Database,
) -> None:
    with database.writing(TENANT) as store:
        a_message(store, "good")
        bad = a_message(store, "bad", outcome="refused")
        _mended(store, bad, 7)
    kpi = kpi_named("integration-reprocessing-rate")
    all_days = window("2026-03-01", "2026-08-01")
    with database.reading(TENANT) as store:
        rows = list(store.kpi_rows.of(kpi, all_days))
        waited = list(store.kpi_rows.of(kpi_named("quarantine-time"), all_days))
    number = measured(kpi, (taken(kpi, row, all_days) for row in rows))
    assert (number.hits, number.n) == (1, 2)
    assert [row["mended_at"] for row in waited] == [hours_later(2407)]


def test_what_nobody_told_is_no_source(database: Database) -> None:
    with database.reading(TENANT) as store:
        needs = {need for kpi in KPIS for need in kpi.needs}
        assert not any(store.kpi_rows.is_told(need, MARCH) for need in needs)


def test_what_was_told_once_is_a_source(filled: Database) -> None:
    with filled.reading(TENANT) as store:
        needs = {need for kpi in KPIS for need in kpi.needs}
        assert all(store.kpi_rows.is_told(need, MARCH) for need in needs)


@pytest.mark.parametrize("after", ["junk", "[]", '["2026-03-01"]', '[1, "S1"]', '["x", "S1"]'])
def test_a_place_that_no_page_gave_is_refused(database: Database, after: str) -> None:
    kpi = kpi_named("first-pass-release-rate")
    with (
        database.reading(TENANT) as store,
        pytest.raises(RequestError, match="is no place in this list"),
    ):
        store.kpi_rows.page(kpi, MARCH, Wanted(after=after))


def _unit(row: Row) -> str:
    return str(row["unit"])


def _parts_of(kpi: Kpi) -> tuple[Part, ...]:
    assert kpi.cohort is not None
    if kpi.cohort.snapshot:
        return (Part.COUNTED, Part.LEFT_OUT)
    return (Part.COUNTED, Part.OPEN, Part.LEFT_OUT)


def _listed(rows: KpiRows, kpi: Kpi, asked: Window, wanted: Wanted) -> list[Row]:
    """Every page of a list."""
    page = rows.page(kpi, asked, wanted)
    found = list(page.rows)
    while page.after:
        more = Wanted(
            part=wanted.part,
            hit=wanted.hit,
            by=wanted.by,
            value=wanted.value,
            after=page.after,
            at_most=wanted.at_most,
        )
        page = rows.page(kpi, asked, more)
        found += page.rows
    return found
