"""The pages of units, decisions and messages over the demo's data, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page
from tests.browser.conftest import Opens
from tests.browser.signing_in import be_somebody
from tests.integration.api.served import Served

HELD = "/units/shipment:NS10409"
"""Delivered, and nobody has sent its proof of delivery."""


@pytest.mark.parametrize(
    "path",
    [
        HELD,
        "/units/shipment:KS88123",
        "/units/shipment:NS10434",
        "/units/shipment:NS10425",
        "/units/order:HH3301",
        f"{HELD}/unlock",
        "/units/NOBODY",
    ],
)
def test_units_can_be_looked_at_by_everybody(browser_page: Page, path: str) -> None:
    browser_page.goto(path)
    check_page(browser_page)


def test_everything_folded_can_be_opened_and_still_fits(browser_page: Page) -> None:
    browser_page.goto("/units/shipment:NS10425")
    open_everything(browser_page)
    check_page(browser_page)


def test_a_decision_can_be_looked_at_by_everybody(browser_page: Page) -> None:
    browser_page.goto(HELD)
    browser_page.get_by_role("link", name="see the whole decision").click()
    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("Decision on")
    check_page(browser_page)
    browser_page.get_by_role("link", name="All of them").click()
    expect(browser_page.get_by_text("Rules 1 to 20 of the")).to_be_visible()
    open_everything(browser_page)
    check_page(browser_page)
    browser_page.get_by_role("link", name="Next").click()
    expect(browser_page.get_by_text("Rules 21 to 40 of the")).to_be_visible()
    check_page(browser_page)


def test_a_fact_leads_to_its_message_where_it_is_pointed_out(browser_page: Page) -> None:
    browser_page.goto(HELD)
    browser_page.get_by_role("link", name="delivered", exact=True).click()
    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("Message ABFL")
    expect(browser_page.get_by_text("the one you came from")).to_be_visible()
    mine = browser_page.locator(".received .mine")
    expect(mine.get_by_text("AT7*D1")).to_be_visible()
    check_page(browser_page)


def test_what_would_release_it_is_found_without_leaving_the_page(browser_page: Page) -> None:
    browser_page.goto(HELD)
    browser_page.get_by_role("link", name="Find what would release it").click()
    expect(browser_page.get_by_text("a signed POD without exceptions is received")).to_be_visible()
    expect(browser_page).to_have_url(re.compile(f"{HELD}$"))
    check_page(browser_page)


def test_the_missing_paper_is_attached_and_the_unit_is_released(
    open_page: Opens, served_alone: Served, tmp_path: Path
) -> None:
    paper = tmp_path / "pod.pdf"
    paper.write_bytes(b"%PDF-1.4 signed by J. Doe")
    page = open_page(served_alone.url)
    page.goto(f"{HELD}#hold-POD_MISSING")
    page.get_by_text("Attach the missing POD").click()
    page.get_by_label("File").set_input_files(paper)
    page.get_by_label("Signed", exact=True).select_option("yes")
    page.get_by_label("Overage, shortage or damage noted on it").select_option("no")
    check_page(page)
    page.get_by_role("button", name="Attach POD").click()

    expect(page.get_by_role("status")).to_have_text(
        "The document is attached: hold → release, 1,690.84 USD."
    )
    expect(page.get_by_text("Nothing holds it.")).to_be_visible()
    check_page(page)


def test_an_auditor_replays_a_decision_and_prints_it(browser_page: Page) -> None:
    be_somebody(browser_page, "Audrey", "audit")
    browser_page.goto(HELD)
    expect(browser_page.get_by_text("Attach the missing POD")).to_have_count(0)
    browser_page.get_by_role("link", name="see the whole decision").click()
    browser_page.get_by_role("button", name="Replay it and compare the bytes").click()
    expect(browser_page.get_by_role("status")).to_have_text("Identical: every byte came out again.")
    check_page(browser_page)
    browser_page.get_by_role("link", name="Back to the decision").click()
    browser_page.get_by_role("link", name="Open everything for print").click()
    expect(browser_page.get_by_text("Printed by Audrey (audit)")).to_be_visible()
    assert browser_page.locator("details:not([open])").count() == 0
    browser_page.emulate_media(media="print")
    expect(browser_page.get_by_role("button", name="Replay it")).to_be_hidden()
    expect(browser_page.get_by_text("Printed by Audrey (audit)")).to_be_visible()
    assert len(browser_page.pdf()) > 10_000
    browser_page.emulate_media(media="screen")


def test_the_pages_work_without_a_script(open_page: Opens, served: Served) -> None:
    page = open_page(served.url)
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(HELD)
    page.get_by_role("link", name="Find what would release it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would release shipment:NS10409")


def open_everything(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
