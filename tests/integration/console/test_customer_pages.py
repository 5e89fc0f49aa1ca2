"""A customer at a browser sees its own charges, and nothing else of the demo's week."""

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app.access import Person, Role
from app.entrypoints.console.pages import _TEMPLATES
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost
from app.evidence.facts.papers import ExceptionReport
from app.judgement.decision import Decision
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking import customer_view
from app.operations.looking.customer_view import CustomerUnitPage
from app.operations.looking.keep_standing import catch_up
from app.reports.customer.view import customer_unit, is_theirs
from tests.integration.console.visiting import Visitor
from tests.integration.console.week import STAFF, Week
from tests.integration.operations import northwind
from tests.unit.reports.customer.poisoned import BATCH_ON, DECISIONS, SECRETS

CUSTOMERS = ("HALCYON", "KESTREL", "NORTHWIND")
LINK = re.compile(r'href="(/customer[^"]*)"')


def somebody_of(customer: str) -> Person:
    return Person(name="pat", role=Role.CUSTOMER, customer=customer)


def pages_of(week: Week, customer: str) -> dict[str, str]:
    """Every page that somebody of a customer reaches from the first, by following links."""
    week.visitor.be(somebody_of(customer))
    seen: dict[str, str] = {}
    ahead = ["/customer"]
    while ahead:
        path = ahead.pop()
        if path not in seen:
            seen[path] = week.visitor.see(path)
            ahead += [unescape(each) for each in LINK.findall(seen[path])]
    return seen


def text_of(pages: dict[str, str]) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", "\n".join(pages.values())))


def facts_of(week: Week) -> tuple[Fact, ...]:
    with week.house.database.reading(week.house.tenant) as store:
        kinds = ("cost", "exception", "shipment", "order", "approval", "accessorial")
        return tuple(store.facts.of_entities(kinds).values())


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_a_customer_reaches_every_unit_of_its_own_and_no_other(week: Week, customer: str) -> None:
    pages = pages_of(week, customer)
    shown = {path.removeprefix("/customer/units/") for path in pages if "/units/" in path}
    own = {unescape(each.unit) for each in week.decisions if is_theirs(each, customer)}
    assert shown
    assert {each.replace("%3A", ":") for each in shown} <= own


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_nothing_of_the_week_that_is_not_the_customers_is_on_its_pages(
    week: Week, customer: str
) -> None:
    told = text_of(pages_of(week, customer))
    mine = [each for each in week.decisions if is_theirs(each, customer)]
    # A number of its own working may happen to be that of a cost.
    own = " ".join(line.charge.formula for each in mine for line in each.lines)
    secrets = {other for other in CUSTOMERS if other != customer}
    for fact in facts_of(week):
        if isinstance(fact.said, Cost) and f"{fact.said.total.amount:,.2f}" not in own:
            secrets |= {f"{fact.said.total.amount:,.2f}", str(fact.said.total.amount)}
        if isinstance(fact.said, ExceptionReport) and fact.said.note:
            secrets.add(fact.said.note)
        named = getattr(fact.said, "customer", None)
        if named not in {None, customer}:
            secrets |= {each.value for each in fact.references if len(each.value) > 4}
    for each in mine:
        for hold in each.holds:
            secrets |= {hold.code, hold.rule_id, hold.says, hold.waits_for, hold.way_out}
        secrets |= {*each.permitted_by, each.decision_id}
    words = set(re.findall(r"[\w.,:/-]+", told))
    found = [each for each in secrets if each and (each in words or (" " in each and each in told))]
    assert found == []


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_the_units_of_others_are_as_units_that_are_not_there(week: Week, customer: str) -> None:
    week.visitor.be(somebody_of(customer))
    others = [each.unit for each in week.decisions if each.customer != customer]
    assert others
    for unit in others:
        foreign = week.visitor.see(f"/customer/units/{unit}", 404)
        absent = week.visitor.see("/customer/units/shipment:NEVER", 404)
        assert same_but(foreign, unit) == same_but(absent, "shipment:NEVER")


def same_but(page: str, unit: str) -> str:
    """The page without the name that was asked for, and without what differs from page to page."""
    bare = page.replace(unit, "UNIT").replace(unit.replace(":", "%3A"), "UNIT")
    return re.sub(r"[0-9a-f]{64}", "TOKEN", bare)


def test_a_customer_may_not_look_at_another_ones_view(week: Week) -> None:
    week.visitor.be(somebody_of("NORTHWIND"))
    assert "KESTREL" not in week.visitor.see("/customer")
    foreign = week.visitor.see("/customer?customer=KESTREL", 404)
    absent = week.visitor.see("/customer?customer=NOBODY", 404)
    assert foreign.replace("KESTREL", "NOBODY") == absent
    unit = next(each.unit for each in week.decisions if each.customer == "KESTREL")
    week.visitor.see(f"/customer/units/{unit}?customer=KESTREL", 404)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=KS88123",
        "/units",
        "/rules",
        "/rules/NORTHWIND",
        "/rules/NORTHWIND/POD-1",
        "/board",
        "/kpis",
    ],
)
def test_a_customer_sees_no_page_of_the_staff(week: Week, path: str) -> None:
    week.visitor.be(somebody_of("NORTHWIND"))
    answer = week.visitor.client.get(path)
    assert answer.status_code in {403, 404}
    assert "POD-1" not in answer.text.replace(path, "")


def test_staff_see_what_the_customer_sees(week: Week) -> None:
    own = pages_of(week, "NORTHWIND")["/customer"]
    week.visitor.be(STAFF)
    assert '<a href="/customer?customer=NORTHWIND">NORTHWIND</a>' in week.visitor.see("/customer")
    theirs = week.visitor.see("/customer?customer=NORTHWIND")
    for told, bare in (("customer=NORTHWIND&amp;", ""), ("?customer=NORTHWIND", "")):
        theirs = theirs.replace(told, bare)
    assert main_of(theirs) == main_of(own)


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_unit_says_what_is_missing_and_from_whom(week: Week) -> None:
    held = next(
        each
        for each in week.decisions
        if is_theirs(each, "NORTHWIND") and [h.code for h in each.holds] == ["POD_MISSING"]
    )
    week.visitor.be(somebody_of("NORTHWIND"))
    page = week.visitor.see(f"/customer/units/{held.unit}")
    assert "We wait for the signed proof of delivery from the carrier." in page


@pytest.mark.parametrize(
    "path",
    [
        "/customer?invoices_after=soon",
        "/customer?invoices_after=|",
        "/customer?invoices_after=0001-01-01T00:00:00%2B14:00|R",
    ],
)
def test_a_place_in_the_list_that_is_none_is_refused(week: Week, path: str) -> None:
    week.visitor.be(somebody_of("NORTHWIND"))
    assert "no place in the list" in week.visitor.see(path, 422)


def test_every_dispute_is_on_one_part_and_their_number_is_told(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("N-1", "N-2", "N-3"):
        northwind.record(house, *northwind.moved(number), opened(number))
        decide_unit(house, number)
    catch_up(house)
    visitor.be(somebody_of("NORTHWIND"))
    whole = visitor.see("/customer")
    assert disputes_on(whole) == ["D-N-1", "D-N-2", "D-N-3"]
    assert "Disputes are open on" not in whole, "all of them are there to be counted"
    monkeypatch.setattr(customer_view, "DISPUTED_AT_ONCE", 1)
    seen, onwards = [], "/customer"
    while onwards:
        page = visitor.see(onwards)
        assert "Disputes are open on 3 shipments or orders" in page
        seen += disputes_on(page)
        found = re.search(r'href="(/customer\?disputes_after=[^"]*)" rel="next"', page)
        onwards = unescape(found[1]) if found else ""
    assert seen == disputes_on(whole)


def opened(number: str) -> dict[str, Any]:
    said = {
        "dispute": f"D-{number}",
        "charge": "linehaul",
        "shipment": number,
        "reason": "rate",
        "amount": {"amount": "20.00", "currency": "USD"},
        "state": "opened",
    }
    return northwind.event("dispute", said, system="portal", time="2026-03-05T09:00:00-06:00")


def disputes_on(page: str) -> list[str]:
    return re.findall(r'<th scope="row">(D-[^<]+)</th>', page)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DECISIONS)
def test_no_decision_whatever_lets_a_secret_onto_the_page(decision: Decision) -> None:
    unit = customer_unit(decision, references=(), is_complete=False, batch_on=BATCH_ON)
    found = CustomerUnitPage(customer="NORTHWIND", unit=unit, invoices=(), disputes=())
    page = _TEMPLATES.get_template("customer_unit.html").render(
        found=found,
        of="",
        person=None,
        pages=(),
        here="/customer",
        form_token="",
        typed=None,
        told_time=None,
    )
    assert not [each for each in SECRETS if each in page]


def test_a_unit_has_the_numbers_of_all_its_records_on_the_customers_page(week: Week) -> None:
    week.visitor.be(somebody_of("KESTREL"))
    page = week.visitor.see("/customer/units/shipment:KS88123")
    told = re.search(r"<dt>Your references</dt><dd>(.*?)</dd>", page, re.DOTALL)
    assert told
    for what in ("Bill of lading", "Order", "PRO 904407", "Purchase order"):
        assert what in told[1], told[1]
