"""Senders repeat themselves, at once and under other names; it is the same message."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from pydantic import SecretStr

from app.entrypoints.api.examples.sent import EVENTS
from app.operations.house import House
from app.operations.receiving.record_messages import record_messages
from app.settings import Settings
from tests.integration.api.asking import (
    FREIGHT,
    X12,
    Client,
    assert_problem,
    counted,
    entrance,
    send,
    shipped_order,
)


def test_many_who_send_the_same_at_once_are_all_told_it_is_recorded(
    either_client: Client,
) -> None:
    together = Barrier(6)

    def sent(_: int) -> int:
        together.wait()
        return send(either_client, FREIGHT, X12).status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(sent, range(6))) == [200] * 6
    outcomes = [
        message["outcome"] for message in send(either_client, FREIGHT, X12).json()["messages"]
    ]
    assert outcomes == ["duplicate"] * 4


def test_a_message_sent_again_by_another_hand_is_a_duplicate(
    client: Client, house: House, settings: Settings
) -> None:
    record_messages(house, FREIGHT, "freight.edi", media=X12)
    before = counted(house)

    again = send(client, FREIGHT, X12)

    assert again.status_code == 200, again.text
    assert {each["outcome"] for each in again.json()["messages"]} == {"duplicate"}
    keys = settings.model_copy(update={"api_keys": SecretStr("night:k1")})
    with entrance(house, keys) as other:
        other.headers["Authorization"] = "Bearer k1"
        assert send(other, FREIGHT, X12).status_code == 200
    assert counted(house) == before


def test_a_batch_with_a_reused_id_is_not_recorded_by_half(client: Client, house: House) -> None:
    assert client.post("/v1/events", json=EVENTS).status_code == 200
    before = counted(house)
    reused = shipped_order("7")
    reused[1]["id"] = EVENTS[1]["id"]

    assert_problem(client.post("/v1/events", json=reused), 409, "message-id-reused")

    assert counted(house) == before
