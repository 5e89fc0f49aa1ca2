"""Every page of the console can be used by everybody: wide and narrow, light and dark, by keyboard.

Pages are looked at in one browser over the demo's data; a page that is folded open is one more.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.checking import check_page
from tests.browser.signing_in import be_somebody

STAGES = {
    "moving": "/units/order:HH3310",
    "held": "/units/order:HH3308",
    "billed": "/units/shipment:NS10434",
    "no bill": "/units/shipment:KS88141",
    "ready": "/units/order:HH3301",
    "kept back in part": "/units/shipment:KS88123",
}
PAGES = [
    "/",
    "/?customer=NORTHWIND",
    "/?carrier=ABFL",
    "/?code=POD_MISSING",
    "/?owner=carrier+desk",
    "/?assigned_to=nobody",
    "/?age=7-30",
    "/?only=alone",
    "/?only=unpriced",
    "/?currency=USD",
    "/board",
    "/provisionals",
    "/rights",
    "/units",
    "/units?stage=held",
    "/forecast",
    "/forecast?code=POD_MISSING",
    "/kpis?days=90&by=lane",
    "/kpis/exception-backlog",
    "/kpis/exception-backlog-value-days",
    "/kpis/invoices-issued?by=customer",
    "/kpis/fact-freshness?by=source",
    "/kpis/hold-inflow-ratio",
    "/kpis/held-value-at-risk",
    "/rules/KESTREL",
    "/rules/NORTHWIND/DEL-1",
    *STAGES.values(),
    "/units/shipment:NS10434/changes",
    "/units/shipment:NS10410/unlock",
    "/customer?customer=NORTHWIND",
    "/customer/units/shipment:NS10434?customer=NORTHWIND",
    "/search",
    "/search?q=NOBODY",
    "/?only=nonsense",
    "/decisions/nonsense",
    "/customer/units/shipment:NOBODY?customer=KESTREL",
]
"""Those that no other test here checks."""


@pytest.mark.parametrize("path", PAGES)
def test_the_page_can_be_used_by_everybody(browser_page: Page, path: str) -> None:
    browser_page.goto(path)

    check_page(browser_page)


@pytest.mark.parametrize("reached", ["shipment", "delivered"])
def test_a_message_can_be_looked_at_by_everybody(browser_page: Page, reached: str) -> None:
    """One as JSON and one as X12."""
    browser_page.goto("/units/shipment:NS10409")
    told = browser_page.locator(".timeline").get_by_role("link", name=reached)
    told.first.click()

    check_page(browser_page)


@pytest.mark.parametrize("path", STAGES.values())
def test_the_decision_in_force_can_be_looked_at_by_everybody(browser_page: Page, path: str) -> None:
    browser_page.goto(path)
    browser_page.get_by_role("link", name="see the whole decision").click()

    check_page(browser_page)


def test_all_that_is_folded_in_the_list_can_be_used_by_everybody(browser_page: Page) -> None:
    browser_page.goto("/")
    row = browser_page.get_by_role("row", name="NS10409")
    row.locator("summary", has_text="Act").click()
    row.locator("form").first.wait_for(state="attached")
    for act in row.locator(".offered summary").all():
        act.click()
    browser_page.get_by_text("Filter", exact=True).click()

    check_page(browser_page)


@pytest.mark.parametrize("path", ["/customer", "/customer/units/shipment:KS88123", "/board"])
def test_pages_as_somebody_of_a_customer_sees_them_can_be_used(
    browser_page: Page, path: str
) -> None:
    be_somebody(browser_page, "Kim", "customer", "KESTREL")
    browser_page.goto(path)

    check_page(browser_page)
