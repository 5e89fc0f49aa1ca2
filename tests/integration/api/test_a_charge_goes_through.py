"""From events to a decision and its one release, as systems ask for them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from click.testing import CliRunner
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

from app.entrypoints.api.examples.sent import EVENTS
from app.entrypoints.cli import main
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import (
    FREIGHT,
    X12,
    Client,
    assert_problem,
    claim,
    counted,
    decide,
    send,
    shipped_order,
)


def test_a_freight_shipment_told_in_x12_and_json_is_decided_and_holds(
    either_client: Client,
) -> None:
    taken = send(either_client, FREIGHT, X12)
    assert taken.status_code == 200, taken.text
    assert [each["kind"] for each in taken.json()["messages"]] == ["204", "990", "214", "210"]
    assert {each["outcome"] for each in taken.json()["messages"]} == {"recorded"}
    assert either_client.post("/v1/events", json=EVENTS).status_code == 200

    decision = decide(either_client, "PRO77")

    assert decision.status_code == 200
    assert decision.json()["unit"] == "shipment:SHIP1"
    assert decision.json()["verdict"] == "hold"
    assert "CUSTOMER_PROFILE_INCOMPLETE" in {hold["code"] for hold in decision.json()["holds"]}


def test_a_shipped_warehouse_order_is_released_once_however_often_it_is_claimed(
    either_client: Client,
) -> None:
    assert either_client.post("/v1/events", json=EVENTS).status_code == 200
    decision = decide(either_client, "SO-20117").json()
    assert decision["verdict"] == "release"

    first = claim(either_client, decision["decision_id"])
    second = claim(either_client, decision["decision_id"])

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first.json()["amount_minor"] == 1485
    assert first.json()["actor"] == "api"
    known = either_client.get("/v1/shipments/SO-20117").json()
    assert known["release_id"] == first.json()["release_id"]
    assert known["decision_id"] == decision["decision_id"]
    assert {fact["source"]["system"] for fact in known["facts"]} == {"oms", "wms"}


def test_two_who_claim_at_once_get_one_release(either_client: Client) -> None:
    either_client.post("/v1/events", json=EVENTS)
    decision_id = decide(either_client, "SO-20117").json()["decision_id"]
    together = Barrier(2)

    def claimed(_: int) -> tuple[int, bytes]:
        together.wait()
        answer = claim(either_client, decision_id)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(2) as threads:
        answers = set(threads.map(claimed, range(2)))

    assert len(answers) == 1
    assert answers.pop()[0] == 200


def test_asking_twice_or_at_once_is_the_same_decision(either_client: Client) -> None:
    either_client.post("/v1/events", json=EVENTS)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: decide(either_client, "SO-20117"), range(8)))

    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1
    decision_id = answers[0].json()["decision_id"]
    read = either_client.get(f"/v1/charge-decisions/{decision_id}")
    assert read.content == answers[0].content
    trace = either_client.get(f"/v1/charge-decisions/{decision_id}/trace").json()
    assert trace["decision_id"] == decision_id
    assert {rule["rule_id"] for rule in trace["rules"] if rule["fired"]} == {"REL-3"}


def test_http_and_the_command_line_give_the_same_bytes(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/v1/events", json=EVENTS)
    over_http = decide(client, "SO-20117").content
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", settings.database_url.get_secret_value())

    printed = CliRunner().invoke(main, ["decide", "--json", "SO-20117"])

    assert printed.exit_code == 0, printed.output
    assert printed.stdout_bytes == over_http + b"\n"


def test_what_was_known_before_a_later_fact_is_decided_as_it_was_then(client: Client) -> None:
    ordered, shipped = EVENTS
    client.post("/v1/events", json=ordered)
    before = decide(client, "SO-20117").json()
    assert before["verdict"] == "hold"
    moment = client.get("/v1/shipments/SO-20117").json()
    assert moment["decision_id"] == before["decision_id"]

    client.post("/v1/events", json=shipped)

    assert decide(client, "SO-20117").json()["verdict"] == "release"
    assert_problem(
        client.post(
            "/v1/charge-decisions",
            json={"reference": "SO-20117", "known_at": "2026-01-01T00:00:00+01:00"},
        ),
        404,
        "not-found",
    )


def test_a_decision_that_facts_have_overtaken_is_not_released(client: Client) -> None:
    client.post("/v1/events", json=EVENTS)
    decision_id = decide(client, "SO-20117").json()["decision_id"]
    held = {
        "exception": "X-1",
        "exception_type": "manual_hold",
        "note": "the customer called",
    }
    event = EVENTS[0] | {
        "id": "x-1",
        "type": "tollgate.fact.exception.v1",
        "data": {
            "classifier": "actual",
            "occurred_at": "2026-03-11T08:00:00-06:00",
            "references": [{"kind": "order", "value": "SO-20117"}],
            "exception": held,
        },
    }
    assert client.post("/v1/events", json=event).status_code == 200

    problem = assert_problem(claim(client, decision_id), 409, "decision-stale")

    assert decide(client, "SO-20117").json()["decision_id"] in problem["detail"]


def test_a_hold_releases_nothing(client: Client) -> None:
    send(client, FREIGHT, X12)
    held = decide(client, "SHIP-1").json()

    problem = assert_problem(claim(client, held["decision_id"]), 409, "conflict")

    assert "nothing to release" in problem["detail"]


def test_the_same_message_again_is_a_duplicate_and_adds_nothing(
    client: Client, house: House
) -> None:
    for body, media in ((FREIGHT, X12), (None, "")):
        first = send(client, body, media) if body else client.post("/v1/events", json=EVENTS)
        before = counted(house)
        again = send(client, body, media) if body else client.post("/v1/events", json=EVENTS)

        assert first.status_code == again.status_code == 200
        assert {each["outcome"] for each in again.json()["messages"]} == {"duplicate"}
        assert counted(house) == before


def test_events_made_by_the_cloudevents_package_are_read(client: Client) -> None:
    for event in shipped_order("30001"):
        attributes = {key: value for key, value in event.items() if key != "data"}
        attributes["time"] = datetime.fromisoformat(attributes["time"])
        made = to_structured_event(CloudEvent(attributes, event["data"]))

        taken = client.post("/v1/events", content=made.body, headers=made.headers)

        assert taken.status_code == 200, taken.text
    assert decide(client, "SO-30001").json()["verdict"] == "release"


def test_every_media_type_of_the_list_is_read(client: Client) -> None:
    batch = shipped_order("30002")
    for media in ("application/cloudevents-batch+json", "application/json; charset=utf-8"):
        taken = client.post("/v1/events", json=batch, headers={"Content-Type": media})
        assert taken.status_code == 200, taken.text
    assert send(client, FREIGHT, "text/plain").status_code == 200
