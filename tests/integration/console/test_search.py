"""From a number that somebody types to the unit that goes by it."""

import re

import pytest

from app.access import Person, Role
from app.evidence.facts.reference import ReferenceKind
from app.reports.work.wanted import WantedUnits
from tests.integration.console.visiting import Visitor
from tests.integration.console.week import STAFF, Week

FIELD = re.compile(r'<form class="find" role="search" method="get" action="/search">')


def led_to(visitor: Visitor, typed: str) -> str:
    answer = visitor.client.get("/search", params={"q": typed})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("typed", ["KS88123", " ks 88123 ", "904407", "shipment:KS88123"])
def test_any_number_of_a_unit_leads_to_it(week: Week, typed: str) -> None:
    week.visitor.be(STAFF)

    assert led_to(week.visitor, typed) == "/units/shipment:KS88123"


def test_the_number_of_an_invoice_leads_to_what_it_billed(week: Week) -> None:
    week.visitor.be(STAFF)
    with week.house.database.reading(week.house.tenant) as store:
        every = store.standings.units(WantedUnits(moment=week.house.now()), 1_000)
        invoices = [e for one in every for e in store.standings.of_unit(one.unit).invoices]
        told = [each for each in invoices if each.number]
        alone = [each for each in told if len(store.invoices.units_of(each.number)) == 1]
    assert alone
    for each in alone[:5]:
        assert led_to(week.visitor, each.number) == f"/units/{each.unit}"


def test_a_number_of_several_units_shows_all_of_them(week: Week) -> None:
    week.visitor.be(STAFF)
    with week.house.database.reading(week.house.tenant) as store:
        loads = tuple(store.facts.keys_of_kinds([ReferenceKind.LOAD]))
    shown = [week.visitor.client.get("/search", params={"q": key.split(":")[-1]}) for key in loads]
    several = [page.text for page in shown if page.status_code == 200]
    assert several
    assert all(page.count('<li><a href="/units/') >= 2 for page in several)


@pytest.mark.parametrize("typed", ["NOBODY-1", "<b>", "x" * 500, "\x00"])
def test_what_is_not_found_says_what_may_be_typed(week: Week, typed: str) -> None:
    week.visitor.be(STAFF)
    answer = week.visitor.client.get("/search", params={"q": typed})

    assert answer.status_code == 404
    for word in ("shipment", "order", "PRO", "bill of lading", "invoice"):
        assert word in answer.text
    assert "<b>" not in answer.text


def test_nothing_typed_is_no_mistake(week: Week) -> None:
    week.visitor.be(STAFF)

    assert "Find a unit by its number" in week.visitor.see("/search")


def test_every_page_of_the_staff_has_the_field_and_the_way_to_all_units(week: Week) -> None:
    week.visitor.be(STAFF)
    page = week.visitor.see("/board")

    assert FIELD.search(page)
    assert '<a href="/units">Units</a>' in page
    assert '<a href="/customer">Customer view</a>' in page


def test_a_customer_has_no_field_and_finds_nothing(week: Week) -> None:
    week.visitor.be(Person(name="pat", role=Role.CUSTOMER, customer="KESTREL"))

    assert not FIELD.search(week.visitor.see("/customer"))
    assert "KS88123" not in week.visitor.see("/search?q=904407", 403)
