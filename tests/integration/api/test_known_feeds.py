"""How it goes with every feed is told over HTTP, to whoever has the key."""

from tests.integration.api.asking import X12, Client, send
from tests.unit.evidence.intake.made_up import DELIVERED, interchange


def test_what_came_by_no_feed_is_told_by_its_sender(client: Client) -> None:
    assert send(client, interchange(("214", DELIVERED)), X12).status_code == 200
    assert send(client, interchange(("214", DELIVERED[1:])), X12).status_code == 422

    answer = client.get("/v1/feeds")

    assert answer.status_code == 200
    feeds = {each["feed"]: each for each in answer.json()["feeds"]}
    told = feeds["standard, from ACME"]
    assert (told["configured"], told["partner"], told["sender"]) == (False, "standard", "ACME")
    assert (told["recorded"], told["refused"], told["kept_aside"]) == (1, 1, 1)
    assert told["last_message_at"]
    assert answer.json()["findings"] == []
