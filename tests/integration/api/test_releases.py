"""Releases and flows over HTTP: tokens stand beside what is answered, and refusals say why."""

from typing import Any

from app.billing.release_token import token_for
from app.entrypoints.api.examples.sent import EVENTS
from tests.integration.api.asking import Client, assert_problem, claim, decide, shipped_order

SO = "order:SO20117"


def claim_by(client: Client, token: str) -> Any:
    return client.post("/v1/releases", json={"token": token})


def exception(**more: Any) -> dict[str, Any]:
    return EVENTS[0] | {
        "id": f"x-1 {len(more)}",
        "type": "tollgate.fact.exception.v1",
        "data": {
            "classifier": "actual",
            "occurred_at": "2026-03-11T08:00:00-06:00",
            "references": [{"kind": "order", "value": "SO-20117"}],
            "exception": {"exception": "X-1", "exception_type": "manual_hold", **more},
        },
    }


def test_what_may_be_billed_comes_with_its_token_beside_the_same_bytes(
    either_client: Client,
) -> None:
    either_client.post("/v1/events", json=EVENTS)
    decision = decide(either_client, "SO-20117")
    token = decision.headers["Release-Token"]
    read = either_client.get(f"/v1/charge-decisions/{decision.json()['decision_id']}")

    assert read.content == decision.content
    assert read.headers["Release-Token"] == token
    assert token == token_for("main", SO, decision.json()["decision_id"])
    assert token.partition(".")[2] not in decision.text
    assert either_client.get("/v1/shipments/SO-20117").json()["release_token"] == token


def test_a_token_is_claimed_told_its_invoice_and_claimed_again(either_client: Client) -> None:
    either_client.post("/v1/events", json=EVENTS)
    token = decide(either_client, "SO-20117").headers["Release-Token"]

    first = claim_by(either_client, token)
    assert first.status_code == 200, first.text
    release = first.json()["release"]
    assert (first.json()["state"], release["amount_minor"]) == ("claimed", 1485)
    assert claim_by(either_client, token).content == first.content
    path = f"/v1/releases/{release['release_id']}"
    told = either_client.put(f"{path}/invoice", json={"number": "INV-1", "system": "tryton"})
    again = either_client.put(f"{path}/invoice", json={"number": "INV-1", "system": "tryton"})

    assert told.status_code == again.status_code == 200
    assert told.content == again.content == either_client.get(path).content
    assert claim_by(either_client, token).json() == told.json()
    assert (told.json()["state"], told.json()["invoice_number"]) == ("posted", "INV-1")
    unit = either_client.get("/v1/shipments/SO-20117").json()
    assert unit["invoice_number"] == "INV-1"
    assert claim(either_client, release["decision_id"]).json()["invoice_number"] == "INV-1"
    other = either_client.put(f"{path}/invoice", json={"number": "INV-2", "system": "tryton"})
    assert "is invoice INV-1 of tryton" in assert_problem(other, 409, "conflict")["detail"]


def test_a_stale_token_is_told_which_facts_came_and_what_they_changed(client: Client) -> None:
    client.post("/v1/events", json=EVENTS)
    token = decide(client, "SO-20117").headers["Release-Token"]
    client.post("/v1/events", json=exception(note="the customer called"))

    problem = assert_problem(claim_by(client, token), 409, "decision-stale")

    told = {each["where"]: each["what"] for each in problem["mistakes"]}
    assert told == {
        "verdict": "release -> hold",
        "fact exception": "new, from oms halcyon, message x-1 1: exception X-1, "
        "exception type manual_hold, note the customer called",
    }
    assert "Release-Token" not in decide(client, "SO-20117").headers


def test_what_would_have_been_decided_once_has_no_token(client: Client) -> None:
    client.post("/v1/events", json=EVENTS)
    asked = {"reference": "SO-20117", "known_at": "2099-01-01T00:00:00Z"}
    answer = client.post("/v1/charge-decisions", json=asked)
    assert answer.json()["verdict"] == "release"
    assert "Release-Token" not in answer.headers


def test_wrong_claims_are_told_where_they_are_wrong(client: Client) -> None:
    client.post("/v1/events", json=shipped_order("30001"))
    decision_id = decide(client, "SO-30001").json()["decision_id"]
    for body, where in (
        ({"token": "x"}, "$.token"),
        ({"token": decision_id}, "$.token"),
        ({"token": 5}, "$.token"),
        ({}, "$"),
        ({"token": "x", "force": True}, "$.force"),
    ):
        problem = assert_problem(client.post("/v1/releases", json=body), 422, "request-wrong")
        assert [each["where"] for each in problem["mistakes"]] == [where], body
    assert_problem(claim_by(client, f"{decision_id}.{'0' * 32}"), 404, "not-found")
    assert_problem(client.post("/v1/releases", content=b"token=x"), 415, "media-not-read")


def test_wrong_invoices_are_told_where_they_are_wrong(client: Client) -> None:
    path = f"/v1/releases/{'0' * 64}/invoice"
    for body, where in (
        ({"number": "INV-1"}, "$"),
        ({"number": "", "system": "tryton"}, "$.number"),
        ({"number": " ", "system": "tryton"}, "$.number"),
        ({"number": "INV\x00", "system": "tryton"}, "$.number"),
        ({"number": "I" * 101, "system": "tryton"}, "$.number"),
    ):
        problem = assert_problem(client.put(path, json=body), 422, "request-wrong")
        assert [each["where"] for each in problem["mistakes"]] == [where], body
    whole = {"number": "INV-1", "system": "tryton"}
    assert_problem(client.put(path, json=whole), 404, "not-found")
    assert_problem(client.put("/v1/releases/none/invoice", json=whole), 404, "not-found")
    assert_problem(client.get("/v1/releases/none"), 404, "not-found")


def test_the_way_to_money_is_told_step_by_step(either_client: Client) -> None:
    either_client.post("/v1/events", json=EVENTS)
    claim_by(either_client, decide(either_client, "SO-20117").headers["Release-Token"])

    told = either_client.get("/v1/flows/SO-20117", params={"flow": "ship_to_invoice"})

    assert told.status_code == 200, told.text
    (flow,) = told.json()["flows"]
    assert [(each["name"], each["state"]) for each in flow["stages"]] == [
        ("shipped", "done"),
        ("rated", "done"),
        ("decided", "done"),
        ("released", "done"),
        ("invoiced", "waiting"),
        ("paid", "ahead"),
    ]
    assert told.json()["correlation_ids"]
    every = either_client.get("/v1/flows/SO-20117").json()
    assert [each["flow"] for each in every["flows"]] == ["order_to_ship", "ship_to_invoice"]


def test_a_flow_that_is_not_there_is_told_with_those_that_are(client: Client) -> None:
    client.post("/v1/events", json=EVENTS)
    answer = client.get("/v1/flows/SO-20117", params={"flow": "x"})
    (mistake,) = assert_problem(answer, 422, "request-wrong")["mistakes"]
    assert mistake["allowed"] == "order_to_ship, ship_to_invoice, exception_to_credit"
    assert_problem(client.get("/v1/flows/NOBODY"), 404, "not-found")


def test_value_at_risk_lists_what_waits_to_be_claimed_and_refuses_other_spans(
    either_client: Client,
) -> None:
    told = either_client.get("/v1/value-at-risk", params={"by": "week"})
    assert told.status_code == 200
    assert (told.json()["by"], told.json()["rows"]) == ("week", [])
    either_client.post("/v1/events", json=EVENTS)
    decide(either_client, "SO-20117")
    told = either_client.get("/v1/value-at-risk", params={"customer": "HALCYON"}).json()
    lines = {(each["unit"], each["runs"]) for each in told["risks"]}
    assert lines == {("order:SO20117", "cutoff")}
    wrong = either_client.get("/v1/value-at-risk", params={"by": "year"})
    (mistake,) = assert_problem(wrong, 422, "request-wrong")["mistakes"]
    assert mistake["allowed"] == "day, week, month"
