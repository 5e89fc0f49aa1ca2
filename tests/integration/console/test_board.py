"""The board in a browser: a number leads to the list that adds up to it."""

import re
from html import unescape
from random import Random

import pytest
from msgspec.structs import replace

from app.operations.house import House
from app.reports.standing.standing import Spell, WhereItStands
from tests.integration.console.visiting import Visitor
from tests.kpi_rows import NOW, random_unit


@pytest.fixture(autouse=True)
def filled(house: House) -> House:
    random = Random(7)
    with house.database.writing(house.tenant) as store:
        for number in range(60):
            unit = f"shipment:S{number:04}"
            store.standings.replace(unit, _priced(random_unit(number, random)), NOW.date())
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
    found = re.findall(r'class="number"><a href="([^"]+)">(\d+)</a>', page)
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


def test_the_currency_of_a_list_is_a_filter_that_is_seen(visitor: Visitor) -> None:
    path = next(p for p, _ in numbers(visitor.see("/board")) if p.startswith("/?") and "USD" in p)
    assert '<option value="USD" selected>USD</option>' in visitor.see(path)
