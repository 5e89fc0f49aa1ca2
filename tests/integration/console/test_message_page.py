"""The source of a fact: the message as it was received, and what was made of it."""

import json

import pytest

from app.entrypoints.demo import DEMO
from app.operations.house import House
from app.operations.looking import message_page as looking
from app.operations.receiving.record_messages import record_messages
from tests.integration.console.visiting import Visitor
from tests.integration.operations.northwind import milestone, record, shipment

LOAD_TENDER = (DEMO / "week" / "0210-1320-tms-abfl-204.edi").read_bytes()


def fact_ids(house: House) -> list[str]:
    with house.database.reading(house.tenant) as store:
        return list(store.facts.of_entities(["shipment", "milestone"]))


def test_a_message_shows_its_bytes_and_the_facts_made_of_it(house: House, visitor: Visitor) -> None:
    record(house, shipment("N-1"), milestone("N-1", "delivered", "2026-03-04T11:00:00-05:00"))
    first, second = fact_ids(house)
    page = visitor.see(f"/messages/of-fact/{second}")
    assert page.count("the one you came from") == 1
    assert "delivered" in page
    assert "N-1-delivered" in page
    assert 'class="mine"' in page
    assert visitor.see(f"/messages/of-fact/{first}") != page


def test_the_bytes_are_handed_out_as_they_came_and_never_shown_by_the_browser(
    house: House, visitor: Visitor
) -> None:
    raw = b"<html><script>alert(1)</script>"
    record_messages(house, raw, "x.html", media="text/html")
    with house.database.reading(house.tenant) as store:
        (message,) = store.messages.latest(limit=1)
    page = visitor.see(f"/messages/{message.seq}")
    assert "<script>alert" not in page
    assert "refused" in page
    answer = visitor.client.get(f"/messages/{message.seq}/raw")
    assert answer.content == raw
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_wrong_with_a_message_is_told_with_its_place(
    house: House, visitor: Visitor
) -> None:
    broken = shipment("N-1")
    broken["data"]["shipment"]["weight"]["value"] = "many"
    record_messages(house, json.dumps(broken).encode(), "x.json", media="application/json")
    with house.database.reading(house.tenant) as store:
        (message,) = store.messages.latest(limit=1)
    page = visitor.see(f"/messages/{message.seq}")
    assert "What is wrong with it" in page
    assert "weight" in page


def test_what_is_not_there_is_not_found(visitor: Visitor) -> None:
    for path in ("/messages/99", "/messages/of-fact/abc", "/messages/99/raw", "/messages/papers/a"):
        assert visitor.client.get(path).status_code == 404


def test_of_a_message_that_says_very_much_the_fact_asked_for_is_shown_all_the_same(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST", 1)
    record_messages(house, LOAD_TENDER, "204.edi", media="application/edi-x12")
    with house.database.reading(house.tenant) as store:
        (message,) = store.messages.latest(limit=1)
        facts = store.facts.arrived_in(message.seq, 100)
    assert len(facts) > 2
    page = visitor.see(f"/messages/of-fact/{facts[-1].fact.fact_id}")
    assert "the one you came from" in page
    assert "only the first facts are shown" in page
    assert page.count('id="fact-') == 2
