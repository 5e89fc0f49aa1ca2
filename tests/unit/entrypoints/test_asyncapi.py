"""The AsyncAPI document says what goes out and comes in, and changes only on purpose.

It was checked against AsyncAPI's own JSON Schema when it was kept. After a change that is meant:
`tollgate asyncapi > tests/golden/asyncapi.json`.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.billing.events import BODIES, DECISION_CHANGED, DecisionChanged
from app.digest import canonical
from app.entrypoints.api.examples.sent import EVENTS
from app.entrypoints.asyncapi import asyncapi_document
from app.entrypoints.cli import main
from app.evidence.intake.canonical import ENTITIES
from app.infrastructure.sending.sender import Outgoing
from app.infrastructure.sending.webhook import cloud_event
from app.money import Money
from tests.schema_check import KNOWN, fits

KEPT = Path(__file__).parents[2] / "golden" / "asyncapi.json"
DOCUMENT = asyncapi_document(version("tollgate"))
NAME = re.compile(r"[\w.\-]+", re.ASCII)
"""What a component may be called, by the specification."""


def test_the_document_is_the_one_that_was_kept() -> None:
    found = CliRunner().invoke(main, ["asyncapi"])

    assert found.exit_code == 0
    assert found.output == KEPT.read_text(encoding="utf-8")


def test_every_reference_leads_somewhere() -> None:
    found = {each["$ref"] for each in objects(DOCUMENT) if "$ref" in each}
    assert len(found) > 100
    for reference in found:
        assert resolved(reference)


def test_every_event_goes_out_in_both_forms_and_every_fact_comes_in() -> None:
    operations = DOCUMENT["operations"]
    named = {name: messages_of(operation) for name, operation in operations.items()}
    assert named.pop("sendToWebhook") == set(BODIES)
    assert named.pop("receiveFacts") == {f"tollgate.fact.{entity}.v1" for entity in ENTITIES}
    assert set.union(*named.values()) == {f"{event}.binary" for event in BODIES}
    assert {each["action"] for each in operations.values()} == {"send", "receive"}
    addresses = [channel["address"] for channel in DOCUMENT["channels"].values()]
    assert len(set(addresses)) == len(addresses)


def test_an_operation_names_messages_of_its_own_channel_alone() -> None:
    used = set()
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        used.add(channel.removeprefix("#/channels/"))
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")
    assert used == set(DOCUMENT["channels"])


def test_components_are_called_as_the_specification_allows_and_all_are_used() -> None:
    used = {each["$ref"] for each in objects(DOCUMENT) if "$ref" in each}
    for kind, components in DOCUMENT["components"].items():
        for name in components:
            assert NAME.fullmatch(name)
            assert f"#/components/{kind}/{name}" in used, name


def test_what_is_sent_is_what_the_document_says() -> None:
    told = DecisionChanged(
        decision_id="d1",
        unit="shipment:1",
        customer="ACME",
        verdict="hold",
        total=Money(Decimal("14.80"), "USD"),
        holds=("POD_MISSING",),
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    sent = json.loads(
        cloud_event(
            Outgoing(
                event_id="e1",
                type=DECISION_CHANGED,
                subject=told.unit,
                body=canonical(told),
                correlation_id="",
                created_at=told.at,
            ),
            "/tollgate/acme",
        )
    )
    assert fits(sent, payload(DECISION_CHANGED))
    assert fits(sent["data"], payload(f"{DECISION_CHANGED}.binary"))

    assert not fits({**sent, "type": "release.claimed"}, payload(DECISION_CHANGED))
    assert not fits({**sent, "data": {"unit": "shipment:1"}}, payload(DECISION_CHANGED))


@pytest.mark.parametrize("event", EVENTS, ids=[each["id"] for each in EVENTS])
def test_what_may_be_sent_to_us_is_what_the_document_says(event: dict[str, Any]) -> None:
    assert fits(event, payload(event["type"]))

    unknown = {**event, "data": {**event["data"], "unknown": 1}}
    assert not fits(unknown, payload(event["type"]))


def payload(message: str) -> Any:
    """The message's schema, as far as our own checker knows schemas."""
    schema = plain(DOCUMENT["components"]["messages"][message]["payload"])
    return {**schema, "definitions": plain_each(DOCUMENT["components"]["schemas"])}


def plain_each(schemas: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(schema) for name, schema in schemas.items()}


def plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for key, value in schema.items():
        if key == "$ref":
            found[key] = value.replace("#/components/schemas/", "#/definitions/")
        elif key in {"properties", "patternProperties"}:
            found[key] = plain_each(value)
        elif key in {"const", "enum"}:
            found[key] = value
        else:
            found[key] = plain(value)
    return {key: value for key, value in found.items() if key in KNOWN}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from objects(each)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def messages_of(operation: dict[str, Any]) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in operation["messages"]}
