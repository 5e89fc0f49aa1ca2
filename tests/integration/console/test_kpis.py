"""KPIs in a browser: each number leads to a list that adds up to it."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from random import Random

import pytest

from app.operations.house import House
from app.operations.looking import kpis
from app.operations.looking.kpis import keep_kpis
from tests.integration.console.visiting import Visitor
from tests.kpi_rows import NOW, random_unit

BACKLOG = "/kpis/exception-backlog"
ASKED = "from=2026-03-10&to=2026-04-09"


@pytest.fixture(autouse=True)
def filled(house: House) -> House:
    fill(house, range(150))
    return house


def fill(house: House, numbers: range) -> None:
    random = Random(7)
    with house.database.writing(house.tenant) as store:
        for number in numbers:
            store.standings.replace(f"shipment:S{number:04}", random_unit(number, random), NOW)


def test_every_kpi_is_on_one_page_with_its_number_or_what_it_needs(visitor: Visitor) -> None:
    page = visitor.see("/kpis")

    assert "<h1>KPIs</h1>" in page
    assert '<a href="/kpis/first-pass-release-rate?' in page
    assert "no source" in page
    assert "claimed without one" in page


def test_what_can_never_be_open_is_told_apart_from_nothing_open(visitor: Visitor) -> None:
    page = visitor.see("/kpis")

    cells = set(re.findall(r'<td data-label="Open" class="number">(.*?)</td>', page))
    assert '<span class="quiet">does not apply</span>' in cells
    assert "none" not in cells
    assert "0" in cells


def test_a_list_ends_with_the_number_it_adds_up_to(visitor: Visitor) -> None:
    page = visitor.see(f"/kpis/first-pass-release-rate?{ASKED}")
    listed = page.count('<a href="/units/shipment%3AS')

    assert f"{listed} in all" in page
    assert f" of {listed})" in page
    assert listed > 10


def test_a_list_goes_on_where_the_page_before_ended(visitor: Visitor) -> None:
    first = visitor.see("/kpis/holds-opened?from=2026-03-01&to=2026-06-30")
    following = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = visitor.see("/kpis/holds-opened" + following.replace("&amp;", "&").partition("#")[0])

    assert first.count('<a href="/units/shipment%3AS') == 50
    assert 'rel="prev"' in second
    assert "<td colspan" in second


def test_all_parts_of_a_list_belong_to_one_number(house: House, visitor: Visitor) -> None:
    """The age of what is open is of the same moment on each, however long somebody reads."""
    fill(house, range(150, 500))
    page = visitor.see(BACKLOG)
    number = _number_of(page)
    parts = 0
    while 'rel="next"' in page:
        assert "at=20" in _following(page)
        page = visitor.see(BACKLOG + _following(page))
        assert _number_of(page) == number
        parts += 1
    assert parts > 1


def test_a_list_goes_on_as_of_its_first_part_though_its_number_is_counted_anew_meanwhile(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, range(150, 500))
    monkeypatch.setattr(kpis, "CHEAP_MS", -1)
    then = house.now() - timedelta(days=30)
    keep_kpis(replace(house, now=lambda: then))
    monkeypatch.setattr(kpis, "_reports", _nothing_is_counted)
    first = visitor.see(f"{BACKLOG}?part=counted")
    following = _following(first)
    second = visitor.see(BACKLOG + following)
    assert " in all</td>" in second
    monkeypatch.undo()
    monkeypatch.setattr(kpis, "CHEAP_MS", -1)
    keep_kpis(house)
    monkeypatch.setattr(kpis, "_reports", _nothing_is_counted)

    again = visitor.see(BACKLOG + following)

    assert _number_of(again) != _number_of(second)
    assert _rows_of(again) == _rows_of(second)
    assert f"at={then:%Y-%m-%d}" in _following(again)
    assert "goes on as of then" in again
    assert " in all</td>" not in again, "it adds up to another number"
    assert _rows_of(visitor.see(BACKLOG)) != _rows_of(first)


def _nothing_is_counted(*_: object) -> None:
    raise AssertionError("what is kept is not counted for a page")


def _following(page: str) -> str:
    return unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0]).partition("#")[0]


def _rows_of(page: str) -> str:
    return page.partition('id="list"')[2].partition("<tbody>")[2].partition("</tbody>")[0]


def _number_of(page: str) -> str:
    """What was counted, with its spread and buckets, and as of when."""
    counted = re.search(r"open as of .*?, counted", page, re.DOTALL)
    assert counted
    return counted[0] + page.partition("<h2>Numbers</h2>")[2].partition('id="list"')[0]


def test_a_number_is_taken_apart_and_each_part_has_its_list(visitor: Visitor) -> None:
    page = visitor.see(f"/kpis/pod-late-rate?{ASKED}&by=customer&value=Acme")

    assert "customer: <strong>Acme</strong>" in page
    assert "Globex" in page


@pytest.mark.parametrize(
    "name",
    ["hold-inflow-ratio", "exception-backlog", "quarantine-backlog", "automation-saving"],
)
def test_each_kind_of_kpi_has_its_page(visitor: Visitor, name: str) -> None:
    assert "<h1>" in visitor.see(f"/kpis/{name}?{ASKED}")


@pytest.mark.parametrize(
    "asked",
    [
        "by=colour",
        "at=2999-01-01T00:00:00Z",
        "at=2026-05-01T00:00:00",
        "part=elsewhere",
        "only=some",
        "after=junk",
        "days=31",
        "by=hold&value=X",
    ],
)
def test_what_a_page_does_not_know_is_refused(visitor: Visitor, asked: str) -> None:
    window = "" if asked.startswith("days") else f"&{ASKED}"
    page = visitor.client.get(f"/kpis/first-pass-release-rate?{asked}{window}")

    assert page.status_code == 422, page.text
    assert "allowed:" in page.text


@pytest.mark.parametrize("own", ["", "&from=2026-03-10"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00"])
def test_a_moment_before_anybody_counted_is_refused(visitor: Visitor, at: str, own: str) -> None:
    page = visitor.client.get(f"{BACKLOG}?at={at}{own}")

    assert page.status_code == 422, page.text
    assert "no number was counted" in page.text


def test_a_kpi_that_is_none_is_not_found(visitor: Visitor) -> None:
    assert visitor.client.get("/kpis/happiness").status_code == 404
