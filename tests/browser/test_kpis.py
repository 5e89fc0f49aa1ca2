"""KPIs in a real browser: usable by everybody, and each number opens a list that adds up."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page


@pytest.mark.parametrize(
    "path",
    [
        "/kpis",
        "/kpis?days=7&by=customer",
        "/kpis/exception-backlog?by=hold",
        "/kpis/first-pass-release-rate?by=lane",
        "/kpis/automation-saving",
    ],
)
def test_kpi_pages_can_be_used_by_everybody(browser_page: Page, path: str) -> None:
    browser_page.goto(path)

    check_page(browser_page)


def test_a_number_opens_a_list_that_adds_up_to_it(browser_page: Page) -> None:
    browser_page.goto("/")
    browser_page.get_by_role("link", name="KPIs", exact=True).click()
    browser_page.get_by_role("link", name="First-pass release rate", exact=True).click()

    listed = browser_page.get_by_role("table", name="What is counted")
    total = listed.get_by_role("row", name=re.compile("All together"))
    told = re.search(r"(\d+) in all.*\((\d+) of (\d+)\)", total.inner_text(), re.DOTALL)
    assert told is not None
    rows = listed.locator("tbody tr")
    seen, above = 0, 0
    while True:
        seen += rows.count()
        above += rows.filter(has=browser_page.locator("td", has_text=re.compile("^yes$"))).count()
        following = browser_page.get_by_role("link", name="Next")
        if not following.count():
            break
        following.click()

    assert (str(seen), str(above), str(seen)) == told.groups()
    assert seen > 0
    browser_page.get_by_role("link", name="only what is above the line").click()
    expect(listed.get_by_role("row", name=re.compile("All together"))).to_contain_text(
        f"{above} in all, of {seen}"
    )
