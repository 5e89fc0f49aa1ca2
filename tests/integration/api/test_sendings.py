"""What was given up is seen and retried over HTTP, by whoever has the key."""

import pytest

from app.operations.house import House
from tests.integration.api.asking import Client, a_dead_letter, assert_problem
from tests.integration.sending.told import attempts

REASON = {"because": "they know the customer now"}


def test_dead_letters_are_listed_with_their_reason_and_how_it_goes_with_each_destination(
    client: Client, house: House
) -> None:
    seq = a_dead_letter(house)

    for path in ("/v1/sendings", "/v1/sendings?state=dead&destination=acme/billing"):
        answer = client.get(path).json()
        (letter,) = answer["sendings"]
        assert (letter["seq"], letter["last_error"]) == (seq, "no such customer")
        assert letter["event_id"]
        assert answer["destinations"] == [
            {
                "destination": "acme/billing",
                "configured": False,
                "waiting": 0,
                "sent": 0,
                "dead": 1,
                "failures": 0,
            }
        ]
    for path in (
        "/v1/sendings?state=waiting",
        "/v1/sendings?destination=acme/other",
        f"/v1/sendings?after={seq}",
    ):
        assert client.get(path).json()["sendings"] == []


def test_a_retry_is_kept_with_who_asked_for_it_and_why(client: Client, house: House) -> None:
    seq = a_dead_letter(house)

    answer = client.post(f"/v1/sendings/{seq}/retry", json=REASON)

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["attempts"]) == ("waiting", 0)
    (_, retried) = attempts(house, seq)
    assert (retried.outcome, retried.detail, retried.actor) == (
        "retried",
        REASON["because"],
        "api",
    )
    again = client.post(f"/v1/sendings/{seq}/retry", json=REASON)
    problem = assert_problem(again, 409, "conflict")
    assert "only what is dead is retried" in problem["detail"]


@pytest.mark.parametrize(
    "seq, status, name",
    [
        ("4711", 404, "not-found"),
        ("-1", 404, "not-found"),
        ("9" * 40, 404, "not-found"),
        ("one", 404, "no-such-path"),
    ],
)
def test_a_place_where_nothing_is_cannot_be_retried(
    client: Client, seq: str, status: int, name: str
) -> None:
    answer = client.post(f"/v1/sendings/{seq}/retry", json=REASON)
    assert_problem(answer, status, name)


@pytest.mark.parametrize(
    "body, where",
    [
        (b"", "body"),
        (b"{}", "$"),
        (b'{"because": ""}', "$.because"),
        (b'{"because": "   "}', ""),
        (b'{"because": "a\\u0000b"}', "$.because"),
        (b'{"because": "x", "force": true}', "$.force"),
    ],
)
def test_a_retry_without_a_reason_is_refused_with_its_place(
    client: Client, house: House, body: bytes, where: str
) -> None:
    seq = a_dead_letter(house)
    headers = {"Content-Type": "application/json"}

    answer = client.post(f"/v1/sendings/{seq}/retry", content=body, headers=headers)

    problem = assert_problem(answer, 422, "request-wrong")
    assert [each["where"] for each in problem.get("mistakes", [])] == ([where] if where else [])
    assert client.get("/v1/sendings").json()["sendings"]


@pytest.mark.parametrize(
    "query, status, name",
    [
        ("state=lost", 422, "request-wrong"),
        ("after=-1", 422, "request-wrong"),
        (f"after={'9' * 40}", 422, "request-wrong"),
        ("after=first", 400, "request-unreadable"),
        ("destination=%00", 422, "request-wrong"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    client: Client, query: str, status: int, name: str
) -> None:
    assert_problem(client.get(f"/v1/sendings?{query}"), status, name)
