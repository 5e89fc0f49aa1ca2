"""Bytes nobody would send: each gets an answer that says what is wrong, and none is our fault."""

import json
import random
from urllib.parse import quote

import pytest

from app.entrypoints.api.examples.sent import EVENTS
from tests.integration.api.asking import FREIGHT, X12, Client, send

ODD = (
    b"\x00",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"1e999",
    b"-1",
    b"99999999999999999999",
    b"NaN",
    b"[",
    b"}",
    b"~",
    b"*",
    b"\xff",
    b"9999-12-31T23:59:59-12:00",
    b"0001-01-01T00:00:00Z",
    b"true",
)
NUMBERS = ("SHIP-1", "SO-20117", "\x00", "é", "%", "/", "?", "#", ":", " ", "order:", "\ud800", "'")


def spoilt(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with some lost, added or changed."""
    body = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(body))
        odd = chance.choice(ODD)
        change = chance.randrange(3)
        if change == 0:
            del body[at : at + chance.randrange(1, 20)]
        elif change == 1:
            body[at:at] = odd
        else:
            body[at : at + len(odd)] = odd
    return bytes(body)


@pytest.mark.parametrize(
    "raw, media", [(FREIGHT, X12), (json.dumps(EVENTS).encode(), "application/json")]
)
def test_spoilt_messages_are_answered_with_what_is_wrong(
    either_client: Client, raw: bytes, media: str
) -> None:
    chance = random.Random(20260311)
    for _ in range(120):
        body = spoilt(raw, chance)
        answer = send(either_client, body, media)
        assert answer.status_code in (200, 409, 415, 422), (answer.text, body)
        assert answer.status_code == 200 or answer.json()["mistakes"], body


def test_odd_numbers_are_answered_with_what_is_wrong(either_client: Client) -> None:
    send(either_client, FREIGHT, X12)
    either_client.post("/v1/events", json=EVENTS)
    chance = random.Random(20260311)
    for _ in range(120):
        number = "".join(chance.choice(NUMBERS) for _ in range(chance.randrange(1, 4)))
        asked = json.dumps({"reference": number})
        path = f"/v1/shipments/{quote(number.encode('utf-8', 'surrogatepass'), safe='')}"
        for answer in (
            either_client.post(
                "/v1/charge-decisions",
                content=asked,
                headers={"Content-Type": "application/json"},
            ),
            either_client.get(path),
        ):
            assert answer.status_code in (200, 404, 409, 422), (answer.text, number)
