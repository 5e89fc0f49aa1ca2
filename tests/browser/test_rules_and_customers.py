"""The pages about rules and the customer's view in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page
from tests.browser.signing_in import be_somebody

AMOUNT = re.compile(r"[\d,]+\.\d\d")


@pytest.mark.parametrize(
    "path",
    [
        "/rules",
        "/rules/NORTHWIND",
        "/rules/NORTHWIND/ACC-3",
        "/rules/standard/POD-1",
        "/customer",
        "/customer?customer=KESTREL",
    ],
)
def test_pages_about_rules_and_customers_can_be_used_by_everybody(
    browser_page: Page, path: str
) -> None:
    browser_page.goto(path)

    check_page(browser_page)


def test_from_a_customers_pack_to_the_units_that_a_rule_holds(browser_page: Page) -> None:
    browser_page.get_by_role("link", name="Rules").click()
    browser_page.get_by_role("link", name="NORTHWIND").click()
    browser_page.get_by_role("link", name="DEL-1", exact=True).click()

    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("DEL-1")
    behind = browser_page.get_by_role("table", name="The units behind it, the most money first")
    added = sum(
        float(AMOUNT.findall(cell)[0].replace(",", ""))
        for cell in behind.locator("td.number").all_inner_texts()
        if AMOUNT.search(cell)
    )
    told = browser_page.locator("dd", has_text=re.compile(r"USD of \d+ unit")).inner_text()
    assert f"{added:,.2f}" == AMOUNT.findall(told)[0]


def test_somebody_of_a_customer_sees_what_its_charges_wait_for(browser_page: Page) -> None:
    be_somebody(browser_page, "Kim", "customer", "NORTHWIND")
    browser_page.goto("/customer")

    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Charges of NORTHWIND")
    row = browser_page.get_by_role("row", name="Shipment NS10409")
    expect(row).to_contain_text("We wait for the signed proof of delivery from the carrier.")
    row.get_by_role("link").click()

    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Shipment NS10409")
    expect(browser_page.get_by_role("table", name="What will be billed")).to_contain_text(
        "Linehaul"
    )
    check_page(browser_page)


def test_a_unit_of_another_customer_is_not_there(browser_page: Page) -> None:
    be_somebody(browser_page, "Kim", "customer", "KESTREL")
    browser_page.goto("/customer/units/shipment:NS10409")

    expect(browser_page.get_by_role("alert")).to_contain_text("there is no unit shipment:NS10409")
