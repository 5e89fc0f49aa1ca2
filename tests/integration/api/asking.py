"""Short ways to ask the entrance, and what the tests say to it."""

import copy
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from app.entrypoints.api.examples.sent import EVENTS
from app.entrypoints.serving import create_app
from app.infrastructure.sending.sender import NotSentError
from app.operations.house import House
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from app.settings import Settings
from tests.integration.sending.told import Scripted, dead, destination, tell, to
from tests.unit.evidence.intake.made_up import ANSWERED, BILLED, DELIVERED, TENDERED, interchange

Client = TestClient[Litestar]
HERE = "http://127.0.0.1:8000"
"""Without keys it answers to no other name."""
X12 = "application/edi-x12"
FREIGHT = interchange(("204", TENDERED), ("990", ANSWERED), ("214", DELIVERED), ("210", BILLED))
"""Tendered, accepted, delivered and billed by the carrier: shipment SHIP-1."""


def entrance(house: House, settings: Settings, **more: Any) -> Client:
    """The entrance of a house, asked on this machine."""
    return TestClient(create_app(house, settings), base_url=HERE, **more)


def send(client: Client, body: bytes | str, media: str = "application/json") -> Response:
    return client.post("/v1/events", content=body, headers={"Content-Type": media})


def decide(client: Client, reference: str) -> Response:
    return client.post("/v1/charge-decisions", json={"reference": reference})


def claim(client: Client, decision_id: str) -> Response:
    return client.post(f"/v1/charge-decisions/{decision_id}/release")


def counted(house: House) -> tuple[int, int, int]:
    """Facts, decisions, and messages that were recorded."""
    with house.database.reading(house.tenant) as store:
        counts = store.counts()
    return counts.facts, counts.decisions, counts.messages.get("recorded", 0)


def a_dead_letter(house: House) -> int:
    """The place of something that could not be sent and was given up."""
    tell(house, "1")
    fan_out(house, [destination()])
    send_due(house, to(Scripted(NotSentError("no such customer", retry=False))), [destination()])
    return dead(house)[-1].seq


def shipped_order(number: str) -> list[dict[str, Any]]:
    """The example's events about another order."""
    text = copy.deepcopy(EVENTS)
    for event in text:
        event["id"] = event["id"].replace("20117", number)
        for entity in ("order", "warehouse_shipment"):
            for key, value in event["data"].get(entity, {}).items():
                if isinstance(value, str):
                    event["data"][entity][key] = value.replace("20117", number)
    return text


def assert_problem(response: Response, status: int, name: str) -> dict[str, Any]:
    """It is a problem document of RFC 9457 that tells its own status and place."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    assert response.status_code == status, response.text
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"] == f"urn:tollgate:problem:{name}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response.request.url.raw_path.decode().partition("?")[0]
    return problem


def places(problem: dict[str, Any]) -> list[str]:
    return [mistake["where"] for mistake in problem["mistakes"]]
