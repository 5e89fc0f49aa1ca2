"""What could not be read is listed, shown and mended over HTTP."""

from httpx import Response

from tests.integration.api.asking import FREIGHT, X12, Client, assert_problem, send

BAD = FREIGHT.replace(b"AT7*D1*NS***20260310*", b"AT7*D1*NS***2026o310*")


def kept_aside(client: Client) -> int:
    assert BAD != FREIGHT
    assert send(client, BAD, X12).status_code == 200  # its neighbours count
    (aside,) = client.get("/v1/quarantine").json()["messages"]
    return int(aside["seq"])


def mend(client: Client, seq: int, body: bytes, because: str) -> Response:
    headers, asked = {"Content-Type": X12}, {"because": because}
    return client.post(f"/v1/quarantine/{seq}/mend", content=body, headers=headers, params=asked)


def test_a_message_is_found_shown_and_mended(client: Client) -> None:
    seq = kept_aside(client)
    found = client.get("/v1/quarantine", params={"code": "VALUE_UNREADABLE"}).json()["messages"]
    assert [each["seq"] for each in found] == [seq]
    shown = client.get(f"/v1/quarantine/{seq}").json()
    assert shown["open"]
    assert shown["faults"][-1]["found"]["here"].startswith("AT7*D1*NS***2026o310*")

    mended = mend(client, seq, FREIGHT, "the o is a zero")
    assert mended.status_code == 200
    assert mended.json()["closed"] == [seq]
    assert client.get("/v1/quarantine").json() == {"messages": []}
    shown = client.get(f"/v1/quarantine/{seq}").json()
    assert not shown["open"]
    assert [each["reason"] for each in shown["mendings"]] == ["the o is a zero"]


def test_what_is_refused_again_says_why_and_still_waits(client: Client) -> None:
    seq = kept_aside(client)
    worse = BAD.replace(b"2026o310", b"2026x310")
    answer = mend(client, seq, worse, "hope")
    assert answer.status_code == 422
    assert "2026x310" in answer.json()["mistakes"][0]["what"]
    assert [each["seq"] for each in client.get("/v1/quarantine").json()["messages"]] == [seq]


def test_a_reason_is_needed_and_a_message_that_was_kept_aside(client: Client) -> None:
    seq = kept_aside(client)
    assert mend(client, seq, FREIGHT, " ").status_code == 422
    assert_problem(client.get("/v1/quarantine/99999"), 404, "not-found")


def test_what_is_asked_wrongly_is_told(client: Client) -> None:
    for query in (
        "since=yesterday",
        "limit=0",
        "limit=100000",
        "since=2026-03-05T12:00:00",
        "since=0001-01-01T00:00:00%2B14:00",
    ):
        answer = client.get(f"/v1/quarantine?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["mistakes"][0]["where"] in query
