"""The acts that the work list offers on one hold, and the way back to it."""

import pytest

from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from tests.integration.console.test_unit_page import UNIT, fields_on
from tests.integration.console.visiting import Visitor
from tests.integration.operations.northwind import moved, record

OFFERED = "/acts/offered?unit=shipment:N1&code=POD_MISSING"
SCRIPT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def held(house: House) -> None:
    """A shipment of 12,000 lb that waits for its paper: too much to go out ahead of it."""
    record(house, *moved("N-1", "12000"))
    decide_unit(house, "N-1")


def fields_offered(visitor: Visitor, back: str) -> dict[str, str]:
    """What the form for giving the hold to somebody sends."""
    asked = {"unit": "shipment:N1", "code": "POD_MISSING", "back": back}
    part = visitor.client.get("/acts/offered", params=asked, headers=SCRIPT).text
    return {**fields_on(part, "assign"), "to": "Clara", "note": ""}


def test_without_a_script_the_hold_on_the_units_page_is_shown(visitor: Visitor) -> None:
    answer = visitor.client.get(OFFERED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{UNIT}#hold-POD_MISSING")


def test_a_hold_that_is_no_longer_open_offers_nothing(visitor: Visitor) -> None:
    gone = OFFERED.replace("POD_MISSING", "RATE_MISSING")
    page = visitor.client.get(gone, headers=SCRIPT).text
    assert "It is no longer open." in page
    assert "<form" not in page


def test_after_the_act_one_is_back_in_the_list_as_it_was(visitor: Visitor) -> None:
    fields = fields_offered(visitor, "/?owner=carrier+desk")

    there = visitor.send("/acts/assign", fields).headers["location"]

    assert there.startswith("/?owner=carrier+desk&did=assign&")
    assert "The hold is assigned." in visitor.see(there)


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/", "/board", "?x"])
def test_nobody_is_sent_back_to_anywhere_else(visitor: Visitor, back: str) -> None:
    fields = fields_offered(visitor, back)
    assert "back" not in fields

    answer = visitor.send("/acts/assign", {**fields, "back": back})

    assert answer.headers["location"].startswith(f"{UNIT}?")
