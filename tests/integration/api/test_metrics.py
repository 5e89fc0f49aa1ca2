"""What Prometheus is told: what the process counted, and what is stored and waits."""

import builtins
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.billing.destination import Destination, Kind
from app.billing.events import DECISION_CHANGED
from app.entrypoints.exported_traces import exported_traces
from app.entrypoints.metrics_door import told_at
from app.errors import DeploymentError
from app.evidence.intake.feed import Lane
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.sending.sender import NotSentError
from app.operations.changing.accept_editions import Drafts
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up, observe_shipment_to_bill
from app.operations.looking.units import Asked as UnitsAsked
from app.operations.looking.units import units_like
from app.operations.looking.watch_board import watch_board
from app.operations.releasing.claim_release import claim_release
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from app.reports.standing.standing import BilledInvoice, Spell, Stage, Standing, WhereItStands
from app.reports.work.batches import Closes
from app.settings import Settings
from tests.integration.api.asking import Client, entrance
from tests.integration.api.conftest import on, opened
from tests.integration.api.served import free_port
from tests.integration.operations import northwind as nw
from tests.integration.sending.told import Scripted, to
from tests.real.prepared import CopyOf

LATER = datetime.fromisoformat("2026-06-01T12:00:00+00:00")
HOOK = Destination(partner="acme", name="hook", kind=Kind.WEBHOOK, events=(DECISION_CHANGED,))
Told = dict[str, dict[tuple[tuple[str, str], ...], float]]


@pytest.fixture(params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest,
    settings: Settings,
    engine: EnginePool,
    drafts: Drafts,
    prepared_copy: CopyOf,
) -> Iterator[House]:
    """A house over each of the two databases."""
    yield from opened(on(request.param, settings, engine, drafts, prepared_copy), engine)


def parsed(text: str) -> Told:
    told: Told = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            told.setdefault(sample.name, {})[labels] = sample.value
    return told


def asked(house: House, settings: Settings) -> Told:
    with entrance(house, settings) as client:
        return parsed(client.get("/metrics").text)


def decided(house: House) -> None:
    while drain_due(house, Lane.CRITICAL).rows:
        pass
    catch_up(house)


def at(house: House, moment: datetime) -> House:
    return replace(house, now=lambda: moment)


def test_units_holds_and_queues_are_counted_and_told(either: House, settings: Settings) -> None:
    nw.record(either, nw.shipment("N1"))
    nw.record(either, *nw.moved("N2"))
    nw.record(either, *nw.moved("N3"), nw.pod("N3"))
    decided(either)
    fan_out(either, [HOOK])
    send_due(either, to(Scripted(NotSentError("no", retry=False))), [HOOK], at_most=1)
    nw.record(either, *nw.moved("N4"))

    watch_board(at(either, LATER))
    told = asked(at(either, LATER + timedelta(seconds=30)), settings)

    stages = {dict(labels)["stage"]: count for labels, count in told["tollgate_units"].items()}
    assert (stages["moving"], stages["ready"], stages["billed"]) == (1, 2, 0)
    assert told["tollgate_open_holds"][(("code", "PICKUP_NOT_CONFIRMED"),)] == 1
    assert told["tollgate_late_pod_units"][()] == 1
    assert told["tollgate_blocked_invoices"][()] == 0
    assert told["tollgate_sendings_dead"][(("destination", "acme/hook"),)] == 1
    assert told["tollgate_sendings_waiting"][(("destination", "acme/hook"),)] >= 1
    assert told["tollgate_due_rows"][(("lane", "critical"),)] > 0
    assert (("lane", "bulk"),) in told["tollgate_due_rows"]
    assert told["tollgate_counted_age_seconds"][()] == 30
    assert told["tollgate_database_up"][()] == 1


def test_an_invoice_without_a_number_is_blocked_after_a_day_and_not_before(
    either: House, settings: Settings
) -> None:
    nw.record(either, *nw.moved("N2"), nw.pod("N2"))
    decided(either)
    with either.database.reading("main") as store:
        current = store.decisions.current_of("shipment:N2")
    assert current is not None
    claim_release(at(either, LATER), current.decision_id)
    decided(either)

    for hours, blocked in ((23, 0), (25, 1)):
        moment = at(either, LATER + timedelta(hours=hours))
        watch_board(moment)
        assert asked(moment, settings)["tollgate_blocked_invoices"][()] == blocked


def stands(unit: str, spells: tuple[Spell, ...] = (), **more: Any) -> WhereItStands:
    """Where a held unit stands, but for what is said otherwise."""
    given: dict[str, Any] = {
        "decision_id": "d1",
        "stage": Stage.HELD,
        "verdict": "hold",
        "first_fact_at": LATER,
        "last_fact_at": LATER,
        "decided_at": LATER,
        "decided_on": LATER.date(),
        "first_verdict": "hold",
        "changed_at": LATER,
    }
    return WhereItStands(standing=Standing(unit=unit, **{**given, **more}), spells=spells)


def spell(unit: str, code: str, value_minor: int | None, **more: Any) -> Spell:
    """An open hold."""
    return Spell(
        unit=unit,
        code=code,
        owner="billing",
        says="it waits",
        waits_for="a paper",
        currency="USD" if value_minor is not None else "",
        value_minor=value_minor,
        opened_at=LATER,
        opened_on=LATER.date(),
        due_at=LATER,
        decision_id="d1",
        **more,
    )


def counted(house: House, settings: Settings, *, days: float) -> Told:
    moment = at(house, LATER + timedelta(days=days))
    watch_board(moment)
    return asked(moment, settings)


def replaced(house: House, *units: WhereItStands) -> None:
    with house.database.writing("main") as store:
        for each in units:
            assert each.standing is not None
            store.standings.replace(each.standing.unit, each, LATER)


def test_a_unit_misses_its_cutoff_when_the_batch_has_closed_and_nobody_claimed_it(
    either: House, settings: Settings
) -> None:
    on: dict[str, Any] = {"cutoff_at": LATER + timedelta(hours=12)}
    replaced(
        either,
        stands("shipment:A", **on),
        stands("shipment:B", **on, stage=Stage.READY, released_at=LATER),
        stands("shipment:C", **on, excluded="test"),
        stands("shipment:D", **on, stage=Stage.BILLED, released_at=LATER),
    )
    assert batched(either) == ["shipment:A", "shipment:B"]
    missed = [
        counted(either, settings, days=days)["tollgate_missed_cutoff_units"][()]
        for days in (0, 0.5, 0.51)
    ]
    assert missed == [0, 0, 2]


def batched(house: House) -> list[str]:
    """The units of the list behind the board's number, which counts as many."""
    later = at(house, LATER + timedelta(days=0.51))
    found = units_like(later, UnitsAsked(cutoff=Closes.CLOSED)).units
    with later.database.reading("main") as store:
        board = store.board.counted(later.now())
    assert [each.units for each in board.closed] == [len(found)]
    return [each.unit for each in found]


def test_a_proof_is_late_after_48_hours_where_one_is_needed(
    either: House, settings: Settings
) -> None:
    on: dict[str, Any] = {"delivered_at": LATER}
    replaced(
        either,
        stands("shipment:A", (spell("shipment:A", "POD_MISSING", 100),), **on),
        stands("shipment:B", **on, pod_at=LATER),
        stands("shipment:F", (spell("shipment:F", "RATE_NOT_FOUND", None),), **on),
        stands("shipment:C", **on, stage=Stage.READY, verdict="release"),
        stands("shipment:D", **on, stage=Stage.PROVISIONAL, verdict="billed"),
        stands("shipment:E", **on, stage=Stage.BILLED, verdict="billed"),
    )
    late = [
        counted(either, settings, days=days)["tollgate_late_pod_units"][()] for days in (1.9, 2)
    ]
    assert late == [0, 2]


def test_money_is_told_by_hold_and_a_right_that_ends_counts_each_unit_once(
    either: House, settings: Settings
) -> None:
    until: dict[str, Any] = {"right_until": (LATER + timedelta(days=10)).date()}
    replaced(
        either,
        stands(
            "shipment:A",
            (
                spell("shipment:A", "POD_MISSING", 35561, **until),
                spell("shipment:A", "APPROVAL_MISSING", 5000, **until),
            ),
        ),
        stands("shipment:B", (spell("shipment:B", "POD_MISSING", 100, closed_at=LATER),)),
        stands("shipment:C", (spell("shipment:C", "POD_MISSING", None, **until),)),
        stands("shipment:D", (spell("shipment:D", "POD_MISSING", 1000),)),
    )

    told = counted(either, settings, days=2)
    assert told["tollgate_open_holds"] == {
        (("code", "APPROVAL_MISSING"),): 1,
        (("code", "POD_MISSING"),): 3,
    }
    assert told["tollgate_held_minor_units"] == {
        (("code", "APPROVAL_MISSING"), ("currency", "USD")): 5000,
        (("code", "POD_MISSING"), ("currency", "USD")): 36561,
    }
    assert "tollgate_right_ending_units" not in told

    told = counted(either, settings, days=3)
    usd, unpriced = (("currency", "USD"),), (("currency", ""),)
    assert told["tollgate_right_ending_units"] == {usd: 1, unpriced: 1}
    assert told["tollgate_right_ending_minor_units"] == {usd: 35561}

    assert "tollgate_right_ending_units" not in counted(either, settings, days=11)


def test_an_open_provisional_is_told_of_a_day_before_it_runs_out_also_of_a_unit_that_is_gone(
    either: House, settings: Settings
) -> None:
    def provisional(unit: str, **more: Any) -> WhereItStands:
        invoice = BilledInvoice(
            release_id=f"r {unit}",
            unit=unit,
            place=1,
            kind="provisional",
            customer="NORTHWIND",
            currency="USD",
            amount_minor=1,
            claimed_at=LATER,
            claimed_on=LATER.date(),
            number="INV-1",
            expires_at=LATER + timedelta(days=5),
            **more,
        )
        made = stands(unit, stage=Stage.PROVISIONAL, verdict="billed")
        return msgspec.structs.replace(made, invoices=(invoice,))

    replaced(either, provisional("shipment:A"), provisional("shipment:B", settled="replaced"))
    merged_away = msgspec.structs.replace(provisional("shipment:C"), standing=None)
    with either.database.writing("main") as store:
        store.standings.replace("shipment:C", merged_away, LATER)
    told = [
        counted(either, settings, days=days)["tollgate_provisionals_running_out"][()]
        for days in (3.9, 4, 9)
    ]
    assert told == [0, 2, 2]


def test_it_is_counted_by_one_process_at_a_time(either: House) -> None:
    watch_board(at(either, LATER))
    watch_board(at(either, LATER + timedelta(seconds=14)))
    with either.database.reading("main") as store:
        figures = store.counted.known("watched")
    assert figures is not None
    assert figures.counted_at == LATER

    watch_board(at(either, LATER + timedelta(hours=1)))
    with either.database.reading("main") as store:
        figures = store.counted.known("watched")
    assert figures is not None
    assert figures.counted_at == LATER + timedelta(hours=1)


def test_before_anything_was_counted_nothing_is_told_as_none(client: Client) -> None:
    told = parsed(client.get("/metrics").text)

    assert told["tollgate_database_up"][()] == 1
    assert "tollgate_open_holds" not in told
    assert "tollgate_missed_cutoff_units" not in told


def test_without_its_database_a_process_tells_what_it_counted_itself(
    house: House, settings: Settings
) -> None:
    class Away:
        def reading(self, tenant: str) -> Any:
            raise DeploymentError(f"the database of {tenant} does not answer")

    database: Any = Away()
    told = asked(replace(house, database=database), settings)

    assert told["tollgate_database_up"][()] == 0
    assert "tollgate_decisions_total" in told


def test_requests_are_measured_by_route_and_never_by_path(client: Client) -> None:
    before = parsed(client.get("/metrics").text)
    client.get("/v1/charge-decisions/nobody")
    client.get("/v1/charge-decisions/nothing")
    client.get("/not/there/1")
    client.request("BREW", "/health")
    after = parsed(client.get("/metrics").text)

    def new(method: str, route: str, status: str) -> float:
        key = (("method", method), ("route", route), ("status", status))
        name = "tollgate_http_request_duration_seconds_count"
        return after.get(name, {}).get(key, 0) - before.get(name, {}).get(key, 0)

    assert new("GET", "/v1/charge-decisions/{decision_id}", "404") == 2
    assert new("GET", "unmatched", "404") == 1
    methods = {
        dict(labels)["method"] for labels in after["tollgate_http_request_duration_seconds_count"]
    }
    assert "BREW" not in methods
    routes = json.dumps(sorted(map(str, after["tollgate_http_request_duration_seconds_count"])))
    assert "nobody" not in routes


def test_a_unit_that_goes_out_is_measured_once(either: House, settings: Settings) -> None:
    name = "tollgate_shipment_to_bill_seconds_count"
    before = asked(either, settings)[name][()]
    nw.record(either, *nw.moved("N2"), nw.pod("N2"))
    decided(either)
    assert asked(either, settings)[name][()] - before == 1

    with either.database.writing("main") as store:
        store.standings.due(["shipment:N2"])
    decided(either)
    assert asked(either, settings)[name][()] - before == 1


def test_what_was_billed_is_measured_whatever_became_of_it_since(
    either: House, settings: Settings
) -> None:
    name = "tollgate_shipment_to_bill_seconds_count"
    before = asked(either, settings)[name][()]
    billable: dict[str, Any] = {"completed_at": LATER, "final_at": LATER, "excluded": "cancelled"}
    never, billed = (
        stands("shipment:N2", **billable, claimed_at=claimed).standing for claimed in (None, LATER)
    )
    observe_shipment_to_bill(None, never)
    assert asked(either, settings)[name][()] - before == 0
    observe_shipment_to_bill(None, billed)
    assert asked(either, settings)[name][()] - before == 1


def test_a_process_that_only_works_answers_at_an_address_of_its_own(
    house: House, settings: Settings
) -> None:
    address = f"127.0.0.1:{free_port()}"
    with told_at(settings.model_copy(update={"metrics_at": address}), house):
        told = parsed(httpx.get(f"http://{address}/metrics").text)
        by_a_page = httpx.get(f"http://{address}/metrics", headers={"Host": "elsewhere.example"})

    assert (by_a_page.status_code, "tollgate" in by_a_page.text) == (403, False)
    assert told["tollgate_database_up"][()] == 1
    assert "tollgate_engine_retries_total" in told


@pytest.mark.parametrize("address", ["9464", "nowhere:", ":9464", "127.0.0.1:http", "127.0.0.1:0x"])
def test_what_is_no_address_is_refused(house: House, settings: Settings, address: str) -> None:
    given = settings.model_copy(update={"metrics_at": address})
    with pytest.raises(DeploymentError, match="HOST:PORT"), told_at(given, house):
        raise AssertionError("it began")


def test_a_collector_without_what_speaks_to_it_is_refused_with_the_one_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any, **more: Any) -> Any:
        if name.startswith("opentelemetry.exporter"):
            raise ImportError(name)
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    given = settings.model_copy(update={"otlp_endpoint": "http://127.0.0.1:4318"})
    with (
        pytest.raises(DeploymentError, match=r"pip install 'tollgate\[otel\]'"),
        exported_traces(given),
    ):
        raise AssertionError("it began")


def test_nothing_of_the_database_is_asked_twice_for_a_scrape(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    watch_board(house)
    asked_for: list[str] = []

    class Listening:
        def reading(self, tenant: str) -> Any:
            asked_for.append(tenant)
            return house.database.reading(tenant)

    database: Any = Listening()
    with entrance(replace(house, database=database), settings) as client:
        del asked_for[:]
        client.get("/metrics")
    assert asked_for == ["main"], tmp_path
