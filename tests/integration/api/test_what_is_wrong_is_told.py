"""Whatever is wrong with a request is told with its place, and nothing of it counts as fact."""

import json
from typing import Any

import pytest

from app.entrypoints.api.examples.sent import EVENTS
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
    places,
    send,
    shipped_order,
)
from tests.unit.evidence.intake.made_up import BILLED, DELIVERED, interchange

UNREADABLE_AMOUNT = tuple(part.replace("12500", "12x00") for part in BILLED)


def changed(path: str, value: Any) -> bytes:
    """The example's batch with one value replaced, or added."""
    batch = json.loads(json.dumps(EVENTS))
    at: Any = batch
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in way:
        at = at[step]
    at[last] = value
    return json.dumps(batch).encode()


def mangled(old: bytes, new: bytes) -> bytes:
    text = json.dumps(EVENTS).encode()
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    "body, media, place",
    [
        (b"hello", "application/json", "byte 0"),
        (b"<xml/>", "application/cloudevents+json", "byte 0"),
        (json.dumps(EVENTS).encode()[:-40], "application/json", "byte "),
        (b"[]", "application/cloudevents-batch+json", "byte 0"),
        (b"\xff\xfe{\x00}\x00", "application/json", "byte 0"),
        (mangled(b'"pallets": "2"', b'"pallets": NaN'), "application/json", "byte "),
        (changed("0.surprise_", 1), "application/json", "$[0].surprise_"),
        (changed("0.data.surprise", 1), "application/json", "$[0].data.surprise"),
        (changed("0.data.order.surprise", 1), "application/json", "$[0].data.order.surprise"),
        (changed("1.time", "2026-03-10T15:30:00"), "application/json", "$[1].time"),
        (
            changed("1.data.occurred_at", "2026-03-10T15:30:00"),
            "application/json",
            "$[1].data.occurred_at",
        ),
        (
            changed("1.data.warehouse_shipment.weight", {"value": "-3", "unit": "lb"}),
            "application/json",
            "$[1].data.warehouse_shipment.weight.value",
        ),
        (
            changed("1.data.warehouse_shipment.weight", {"value": "NaN", "unit": "lb"}),
            "application/json",
            "$[1].data.warehouse_shipment.weight.value",
        ),
        (changed("1.type", "tollgate.fact.dream.v1"), "application/json", "$[1].type"),
        (FREIGHT[:300], X12, "ST byte "),
        (FREIGHT[:60], "text/plain", "byte "),
        (interchange(("210", UNREADABLE_AMOUNT)), X12, "B3-07 byte "),
    ],
)
def test_bad_messages_are_refused_with_their_place_and_their_bytes_are_kept(
    client: Client, house: House, body: bytes, media: str, place: str
) -> None:
    before = counted(house)

    problem = assert_problem(send(client, body, media), 422, "messages-refused")

    assert counted(house) == before
    assert any(where.startswith(place) for where in places(problem)), problem
    with house.database.reading(house.tenant) as store:
        assert store.messages.delivery(problem["delivery_id"]).raw == body


def test_every_mistake_of_a_batch_is_told_and_its_good_events_are_not_recorded(
    client: Client, house: House
) -> None:
    batch = shipped_order("1")
    wrong = json.loads(json.dumps(EVENTS))
    wrong[0]["time"] = "2026-03-10T15:30:00"
    wrong[1]["data"]["warehouse_shipment"]["pallets"] = "-1"
    wrong[1]["data"]["classifier"] = "perhaps"
    before = counted(house)

    problem = assert_problem(
        client.post("/v1/events", json=[*batch, *wrong]), 422, "messages-refused"
    )

    assert places(problem) == [
        "$[2].time",
        "$[3].data.warehouse_shipment.pallets",
        "$[3].data.classifier",
    ]
    assert "planned, estimated, actual, requested" in problem["mistakes"][2]["allowed"]
    assert counted(house) == before
    assert_problem(decide(client, "SO-1"), 404, "not-found")


def test_of_x12_each_transaction_counts_for_itself(client: Client, house: House) -> None:
    mixed = interchange(("214", DELIVERED), ("210", UNREADABLE_AMOUNT))

    receipt = send(client, mixed, X12)

    assert receipt.status_code == 200
    good, bad = receipt.json()["messages"]
    assert good["outcome"] == "recorded"
    assert bad["outcome"] == "refused"
    assert bad["faults"][0]["place"]["byte_offset"] == mixed.index(b"B3*")
    assert "12x00" in bad["faults"][0]["detail"]
    assert counted(house)[0] == len(good["fact_ids"])


@pytest.mark.parametrize("media", ["image/png", "application/x-www-form-urlencoded", ""])
def test_other_media_are_not_read(client: Client, house: House, media: str) -> None:
    before = counted(house)
    headers = {"Content-Type": media} if media else {}

    answer = client.post("/v1/events", content=FREIGHT, headers=headers)

    problem = assert_problem(answer, 415, "media-not-read")
    assert places(problem) == ["Content-Type"]
    assert X12 in problem["mistakes"][0]["allowed"]
    assert counted(house) == before


@pytest.mark.parametrize(
    "body, media, allowed",
    [
        (FREIGHT, "application/json", X12),
        (b"\xef\xbb\xbf" + FREIGHT, "application/json", X12),
        (json.dumps(EVENTS).encode(), X12, "application/json"),
        (json.dumps(EVENTS).encode(), "text/plain", "application/json"),
    ],
)
def test_a_body_must_be_what_it_is_declared_as(
    client: Client, house: House, body: bytes, media: str, allowed: str
) -> None:
    problem = assert_problem(send(client, body, media), 415, "media-not-read")

    assert allowed in problem["mistakes"][0]["allowed"]
    assert counted(house) == (0, 0, 0)


def test_a_compressed_body_is_not_taken_for_a_message(client: Client, house: House) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    answer = client.post("/v1/events", content=b"\x1f\x8b...", headers=headers)

    assert places(assert_problem(answer, 415, "media-not-read")) == ["Content-Encoding"]
    assert counted(house) == (0, 0, 0)


@pytest.mark.parametrize("body", [b"", b" \n"])
@pytest.mark.parametrize("media", ["application/json", X12])
def test_an_empty_body_is_nothing(client: Client, house: House, body: bytes, media: str) -> None:
    problem = assert_problem(send(client, body, media), 422, "request-wrong")

    assert places(problem) == ["body"]
    assert counted(house) == (0, 0, 0)


def test_a_body_over_the_limit_is_told_the_limit(
    client: Client, house: House, settings: Settings
) -> None:
    too_much = FREIGHT.ljust(settings.max_body_bytes + 1)

    problem = assert_problem(send(client, too_much, X12), 413, "body-too-large")

    assert str(settings.max_body_bytes) in problem["detail"]
    assert counted(house) == (0, 0, 0)
    assert send(client, FREIGHT.ljust(settings.max_body_bytes), X12).status_code == 200


def test_a_message_id_used_again_for_other_content_is_a_conflict(
    client: Client, house: House
) -> None:
    assert client.post("/v1/events", json=EVENTS).status_code == 200
    before = counted(house)

    answer = send(client, changed("0.data.order.customer_po", "PO-1"))

    problem = assert_problem(answer, 409, "message-id-reused")
    assert places(problem) == ["message so-20117/1"]
    assert problem["delivery_id"]
    assert counted(house) == before


@pytest.mark.parametrize(
    "body, place",
    [
        (b"{", "$"),
        (b"[]", "$"),
        (b"\xff", "$"),
        (b'{"reference": NaN}', "$"),
        (b"{}", "$"),
        (b'{"reference": 75027674}', "$.reference"),
        (b'{"reference": ""}', "$.reference"),
        (b'{"reference": "a\\u0000b"}', "$.reference"),
        (b'{"reference": "1", "knownat": "2026-03-01T00:00:00Z"}', "$.knownat"),
        (b'{"reference": "1", "known_at": "2026-03-01T00:00:00"}', "$.known_at"),
        (b'{"reference": "1", "known_at": "yesterday"}', "$.known_at"),
        (b'{"reference": "1", "known_at": "0001-01-01T00:00:00+14:00"}', "$.known_at"),
        (b"", "body"),
    ],
)
def test_a_question_that_cannot_be_understood_is_told_where(
    client: Client, house: House, body: bytes, place: str
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = client.post("/v1/charge-decisions", content=body, headers=headers)

    assert places(assert_problem(answer, 422, "request-wrong")) == [place]
    assert counted(house) == (0, 0, 0)


def test_a_number_that_means_two_units_is_answered_with_both(either_client: Client) -> None:
    for number in ("50001", "50002"):
        events = shipped_order(number)
        events[0]["data"]["references"] = [{"kind": "bol", "value": "B-9"}]
        assert either_client.post("/v1/events", json=events).status_code == 200

    problem = assert_problem(decide(either_client, "B-9"), 409, "conflict")

    assert "order:SO50001, order:SO50002" in problem["detail"]


@pytest.mark.parametrize("path", ["/v1/shipments/%00", "/v1/shipments/a%00b"])
def test_a_number_no_database_can_hold_is_wrong_and_not_an_incident(
    either_client: Client, path: str
) -> None:
    assert places(assert_problem(either_client.get(path), 422, "request-wrong")) == ["reference"]


def test_what_is_not_there_is_said_to_be_not_there(either_client: Client) -> None:
    nobody = "0" * 64
    for path in ("/v1/shipments/4711", f"/v1/charge-decisions/{nobody}"):
        assert_problem(either_client.get(path), 404, "not-found")
    for name in (nobody, "4711", "%00"):
        assert_problem(either_client.get(f"/v1/charge-decisions/{name}/trace"), 404, "not-found")
        assert_problem(claim(either_client, name), 404, "not-found")
    for path in ("/nothing", "/v1", "/v2/events", "/schema/nothing"):
        assert_problem(either_client.get(path), 404, "no-such-path")


def test_a_method_the_path_does_not_know_is_told_which_it_knows(client: Client) -> None:
    answer = client.put("/v1/events", content=b"")

    assert_problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["allow"]
