"""The OpenAPI document says what the API does, and its examples work."""

import json
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from app.billing.release_token import decision_in
from app.entrypoints.api.documentation import AsideList, Probed
from app.entrypoints.api.examples.names import DECISION_ID
from app.entrypoints.api.problems import Problem
from app.explanation.at_risk import ValueAtRisk
from app.explanation.unlock.answer import Unlocking
from app.infrastructure.storage.rows import KnownSending, Release
from app.judgement.decision import Decision
from app.judgement.trace import Trace
from app.operations.house import House
from app.operations.looking.disputes import DisputesShown
from app.operations.looking.family import FamilyKnown
from app.operations.looking.feeds import FeedsKnown
from app.operations.looking.flows import UnitFlows
from app.operations.looking.look_up import UnitKnown
from app.operations.looking.look_up_release import ReleaseKnown
from app.operations.receiving.mend_message import Mend
from app.operations.receiving.quarantine import AsideShown
from app.operations.receiving.record_messages import Receipt
from app.operations.sending.known_sendings import SendingsKnown
from app.telemetry import MEDIA
from tests.integration.api.asking import Client, a_dead_letter, claim, decide

ANSWERS: dict[str, Any] = {
    each.__name__: each
    for each in (
        Probed,
        Receipt,
        Decision,
        Trace,
        Release,
        AsideList,
        AsideShown,
        Mend,
        ReleaseKnown,
        UnitKnown,
        UnitFlows,
        FamilyKnown,
        ValueAtRisk,
        FeedsKnown,
        DisputesShown,
        Unlocking,
        SendingsKnown,
        KnownSending,
        Problem,
    )
}
X12 = "application/edi-x12"
TOLD = {
    "readMetrics": [MEDIA],
    "readAcknowledgement": [X12],
    "recordEvents": ["application/json", X12],
    "recordFromFeed": ["application/json", X12],
}
"""What is answered with something else than JSON."""


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answer = client.get("/schema")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_is_served_and_names_every_route(
    client: Client, document: dict[str, Any]
) -> None:
    assert document["openapi"].startswith("3.1")
    assert client.get("/schema/openapi.json").json() == document
    assert client.get("/schema/openapi.yaml").status_code == 200
    app = client.app
    assert isinstance(app, Litestar)
    routes = {
        route.path_format
        for route in app.routes
        if not route.path.startswith("/schema") and is_documented(route)
    }
    assert set(document["paths"]) == routes


def is_documented(route: Any) -> bool:
    """Pages of the console are not."""
    handlers = getattr(route, "route_handlers", ())
    return any(each.resolve_include_in_schema() for each in handlers)


def test_every_operation_has_an_id_a_summary_and_problems_for_its_errors(
    document: dict[str, Any],
) -> None:
    found = operations(document)
    assert len({operation["operationId"] for operation in found}) == len(found)
    for operation in found:
        assert operation["summary"]
        for status, response in operation["responses"].items():
            told = TOLD.get(operation["operationId"], ["application/json"])
            media = told if status in ("200", "202") else ["application/problem+json"]
            assert list(response["content"]) == media, operation["operationId"]


def test_every_example_of_an_answer_is_such_an_answer(document: dict[str, Any]) -> None:
    seen = set()
    for operation in operations(document):
        for response in operation["responses"].values():
            for content in response["content"].values():
                if "$ref" not in content["schema"]:  # metrics are a text
                    continue
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert content["examples"]
                for example in content["examples"].values():
                    text = json.dumps(example["value"])
                    msgspec.json.decode(text, type=ANSWERS[name])
                    seen.add(name)
    assert seen == set(ANSWERS)


def test_every_example_of_a_request_is_accepted(
    client: Client, house: House, document: dict[str, Any]
) -> None:
    seq = str(a_dead_letter(house))
    bodies = [
        (path, media, example["value"])
        for path, item in document["paths"].items()
        if not path.startswith("/v1/feeds/")  # which feeds there are is the installation's
        for operation in item.values()
        for media, content in operation.get("requestBody", {"content": {}})["content"].items()
        for example in content["examples"].values()
    ]
    client.post("/v1/events", content="ISA", headers={"Content-Type": "application/edi-x12"})
    (aside,) = client.get("/v1/quarantine").json()["messages"]
    assert len(bodies) == 11

    for path, media, value in sorted(bodies, key=lambda each: "releases" in each[0]):
        body = value if isinstance(value, str) else json.dumps(value)
        if path == "/v1/releases":
            # The example's token is of rules as they were once.
            assert decision_in(value["token"]) == DECISION_ID
            body = json.dumps({"token": decide(client, "SO-20117").headers["Release-Token"]})
        method = "PUT" if path.endswith("/invoice") else "POST"
        at = path.replace("{release_id}", "" if method == "POST" else claimed(client))
        at = at.replace("{seq}/mend", f"{aside['seq']}/mend?because=cut").replace("{seq}", seq)
        answer = client.request(method, at, content=body, headers={"Content-Type": media})
        assert answer.status_code == 200, (path, media, answer.text)


def claimed(client: Client) -> str:
    """The id of the release of the example's order, claimed where it was not."""
    claim(client, decide(client, "SO-20117").json()["decision_id"])
    (only,) = client.get("/v1/families/SO-20117").json()["documents"]
    released: str = only["document"]["reference"]
    return released


def test_the_examples_tell_one_story(client: Client, document: dict[str, Any]) -> None:
    events = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    batch = events["application/cloudevents-batch+json"]["examples"]["typical"]["value"]
    client.post("/v1/events", json=batch)
    decision = decide(client, "SO-20117").json()
    released = claim(client, decision["decision_id"]).json()

    for path, answer in (
        ("/v1/charge-decisions", decision),
        ("/v1/charge-decisions/{decision_id}/release", released),
    ):
        response = document["paths"][path]["post"]["responses"]["200"]
        shown = response["content"]["application/json"]["examples"]["typical"]["value"]
        for said in ("unit", "customer", "verdict", "total", "kind", "amount_minor", "currency"):
            assert shown.get(said) == answer.get(said)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]
