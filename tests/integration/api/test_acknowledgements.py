"""Senders of X12 over HTTP are answered with a 997 where they ask for one."""

import pytest

from app.entrypoints.api.examples.sent import X12
from tests.integration.api.asking import Client, assert_problem

MEDIA = "application/edi-x12"
SENT = {"Content-Type": MEDIA}


def test_the_997_of_a_delivery_is_read_by_the_id_in_its_receipt(client: Client) -> None:
    receipt = client.post("/v1/events", content=X12, headers=SENT).json()
    answer = client.get(f"/v1/deliveries/{receipt['delivery_id']}/acknowledgement")
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA)
    assert b"AK5*A~\nAK9*A*1*1*1~" in answer.content


def test_x12_is_answered_with_its_997_where_that_is_accepted(client: Client) -> None:
    first, second = (
        client.post("/v1/events", content=X12, headers={**SENT, "Accept": MEDIA}) for _ in "12"
    )
    assert (first.status_code, first.headers["content-type"]) == (200, MEDIA)
    assert first.content.startswith(b"ISA*")
    assert second.content == first.content


@pytest.mark.parametrize("accept", ["*/*", "application/json", f"application/json, {MEDIA};q=0.5"])
def test_others_are_answered_with_the_receipt(client: Client, accept: str) -> None:
    answer = client.post("/v1/events", content=X12, headers={**SENT, "Accept": accept})
    assert answer.json()["messages"][0]["outcome"] == "recorded"


def test_what_has_no_997_is_answered_with_the_receipt(client: Client) -> None:
    answer = client.post("/v1/events", content="[]", headers={"Accept": MEDIA})
    assert answer.headers["content-type"].startswith("application/")
    assert MEDIA not in answer.headers["content-type"]


def test_what_was_refused_altogether_is_a_problem_and_its_997_can_be_read(client: Client) -> None:
    broken = X12.replace("20260310*0930", "20260231*0930")
    answer = client.post("/v1/events", content=broken, headers={**SENT, "Accept": MEDIA})
    problem = assert_problem(answer, 422, "messages-refused")
    told = client.get(f"/v1/deliveries/{problem['delivery_id']}/acknowledgement")
    assert b"AK5*R*5~\nAK9*R*1*1*0~" in told.content


def test_a_delivery_that_is_not_there_or_is_no_x12_has_none(client: Client) -> None:
    assert_problem(client.get(f"/v1/deliveries/{'0' * 64}/acknowledgement"), 404, "not-found")
