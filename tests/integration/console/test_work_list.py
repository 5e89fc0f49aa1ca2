"""What the work list says of itself: how many holds there are, their money, and their order."""

import re
from html import unescape

import pytest

from tests.integration.console.week import STAFF, Week

CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
ROW = re.compile(r'<tr>\s*<th scope="row" data-label="Unit">')


@pytest.fixture(autouse=True)
def _staff(week: Week) -> None:
    week.visitor.be(STAFF)


def caption_of(page: str) -> str:
    found = CAPTION.search(page)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", unescape(found[1])).split())


def test_the_caption_counts_all_parts_and_names_the_place_of_this_one(week: Week) -> None:
    first = week.visitor.see("/")
    onwards = re.search(r'<a href="([^"]*)" rel="next"', first)
    assert onwards
    second = week.visitor.see(unescape(onwards[1]))

    said = re.fullmatch(r"Open holds: (\d+), .*; 1 to 25", caption_of(first))
    assert said, caption_of(first)
    rows = len(ROW.findall(second))
    assert caption_of(second).startswith(f"Open holds: {said[1]}, ")
    assert caption_of(second).endswith(f"; 26 to {25 + rows}")


def test_of_a_filtered_list_the_caption_counts_what_is_shown(week: Week) -> None:
    page = week.visitor.see("/?customer=KESTREL&carrier=GRHN")

    rows = len(ROW.findall(page))
    assert rows
    assert caption_of(page).startswith(f"Open holds: {rows}, ")
    assert " to " not in caption_of(page)


def test_a_filtered_list_says_that_the_paper_above_it_is_of_everybody(week: Week) -> None:
    assert "unlocks most today</h2>" in week.visitor.see("/")
    assert "unlocks most today, of everybody</h2>" in week.visitor.see("/?customer=KESTREL")


def test_the_order_of_the_list_is_explained(week: Week) -> None:
    page = week.visitor.see("/")

    assert "<summary>How this is ranked</summary>" in page
    for word in ("×8", "×2", "The only hold on it"):
        assert f"<dt>{word}</dt>" in page


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 12])
def test_a_place_that_is_no_number_is_refused(week: Week, seen: str) -> None:
    after = '[0,"shipment:A","X",""]'
    assert "it is no number of holds" in week.visitor.see(f"/?after={after}&seen={seen}", 422)


def test_that_too_few_holds_have_closed_is_said_once_above_the_list(week: Week) -> None:
    page = week.visitor.see("/")

    assert page.count("too few like it have closed") == 1
    assert "not enough history" not in page
