"""The board in a browser: a number leads to the list that adds up to it."""

import re
from datetime import timedelta
from html import unescape
from random import Random

import pytest
from msgspec.structs import replace

from app.operations.house import House
from app.reports.standing.standing import Spell, WhereItStands
from tests.integration.console.visiting import Visitor
from tests.kpi_rows import NOW, random_unit
from tests.unit.reports.forecast.made_holds import held


@pytest.fixture(autouse=True)
def filled(house: House) -> House:
    random = Random(7)
    with house.database.writing(house.tenant) as store:
        for number in range(60):
            unit = f"shipment:S{number:04}"
            store.standings.replace(unit, _priced(random_unit(number, random)), NOW)
    return house


def _priced(found: WhereItStands) -> WhereItStands:
    """The same, where what has no currency has no price either."""
    standing = found.standing
    if standing and not standing.currency:
        standing = replace(standing, amount_minor=None, billed_minor=0)
    spells = (
        each if each.value_minor is not None and each.currency else _unpriced(each)
        for each in found.spells
    )
    return replace(found, standing=standing, spells=tuple(spells))


def _unpriced(spell: Spell) -> Spell:
    return replace(spell, value_minor=None, currency="")


def numbers(page: str) -> list[tuple[str, int]]:
    """Where each number in a table leads, and the number."""
    found = re.findall(
        r'(?:class="number">|<span class="second">\+ )<a href="([^"]+)">(\d+)</a>', page
    )
    return [(unescape(path), int(number)) for path, number in found]


def rows_behind(visitor: Visitor, path: str) -> int:
    """How many rows a list has, over all its pages."""
    rows = 0
    while path:
        listed = visitor.see(path)
        rows += listed.count('<th scope="row" data-label="Unit">')
        following = re.search(r'<a href="([^"]+)" rel="next">', listed)
        path = unescape(following[1]) if following else ""
    return rows


def test_each_number_leads_to_a_list_of_as_many(visitor: Visitor) -> None:
    told = numbers(visitor.see("/board"))

    assert len(told) > 40
    for path, number in told:
        assert rows_behind(visitor, path) == number, path


def test_what_is_ready_provisionally_stands_apart_and_leads_to_a_list_of_its_own(
    visitor: Visitor,
) -> None:
    page = visitor.see("/board")
    assert '<th scope="row" data-label="Stage">ready, provisionally' in page
    ahead = [path for path, _ in numbers(page) if "verdict=provisional" in path]
    final = [path for path, _ in numbers(page) if "verdict=release" in path]
    assert ahead
    assert final
    assert all("stage=ready" in path for path in (*ahead, *final))
    assert "provisionally</td>" in visitor.see(ahead[0])
    assert "provisionally</td>" not in visitor.see(final[0])


def test_value_at_risk_is_told_line_by_line(visitor: Visitor) -> None:
    over = next(path for path, _ in numbers(visitor.see("/board")) if path.startswith("/rights"))
    page = visitor.see(over)
    assert "right: over" in page
    assert "detention/D-1" in page
    assert "only to be claimed" in page
    assert "there is no &#39;soon&#39;" in visitor.see("/rights?right=soon", 422)
    assert "no place in the list" in visitor.see("/rights?after=nonsense", 422)


def test_the_currency_of_a_list_is_a_filter_that_is_seen(visitor: Visitor) -> None:
    path = next(p for p, _ in numbers(visitor.see("/board")) if p.startswith("/?") and "USD" in p)
    assert '<option value="USD" selected>USD</option>' in visitor.see(path)


def test_the_countdown_tells_batches_by_their_moment_those_that_closed_apart(
    house: House, visitor: Visitor
) -> None:
    moment = house.now()
    with house.database.writing(house.tenant) as store:
        for name, hours in (("SOON", 2.5), ("GONE", -50)):
            closes_at = (moment + timedelta(hours=hours)).replace(second=0, microsecond=0)
            on = {"cutoff_on": closes_at.date(), "cutoff_at": closes_at}
            standing = held(unit=f"order:{name}", customer=name, currency="EUR", **on)
            priced = replace(standing, amount_minor=12345)
            store.standings.replace(standing.unit, WhereItStands(standing=priced), moment)

    page = visitor.see("/board")

    batches = page.split('<h2 id="cutoffs">')[1].split("</section>")[0]
    assert '<th scope="col">Closes</th>' in batches
    assert '<th scope="row" data-label="Closes">' in batches
    assert "Ends" not in batches

    coming = page.split("The next batches to close")[1].split("</table>")[0]
    closed = page.split("Batches that closed without all of theirs")[1].split("</table>")[0]
    assert '<td data-label="In">2 hours</td>' in coming
    assert "123.45 EUR" in coming
    assert "GONE" not in coming
    assert "SOON" not in closed
    row = closed.split("GONE</th>")[1].split("</tr>")[0]
    assert '<td data-label="Ago">2 days</td>' in row
    path, number = numbers(row)[0]
    assert "customer=GONE&currency=EUR" in path
    assert number == 1
    listed = visitor.see(path)
    assert ">GONE</a>" in listed
    assert rows_behind(visitor, path) == 1
    assert f"{moment + timedelta(hours=-50):%Y-%m-%d %H:%M} UTC" in listed


@pytest.mark.parametrize(
    "path", ["/", "/units", "/units?currency=USD", "/provisionals", "/provisionals?currency=USD"]
)
def test_each_part_of_a_list_has_a_way_back_to_the_first(
    house: House, visitor: Visitor, path: str
) -> None:
    random = Random(8)
    with house.database.writing(house.tenant) as store:
        for number in range(60, 400):
            unit = f"shipment:S{number:04}"
            store.standings.replace(unit, _priced(random_unit(number, random)), NOW)
    first = visitor.see(path)
    assert 'rel="prev"' not in first
    second = visitor.see(_leading(first, "next"))
    back = _leading(second, "prev")
    assert back == path
    assert visitor.see(back).count('data-label="Unit"') == first.count('data-label="Unit"')


def _leading(page: str, to: str) -> str:
    (found,) = re.findall(f'<a href="([^"]+)" rel="{to}">', page)
    return unescape(found)
