"""A form that is not taken: where the focus is, what is read out, and how one goes on."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page
from tests.browser.conftest import Opens
from tests.browser.test_walks import BIGGEST, NOTE, PAPER, act_on
from tests.integration.api.served import Served

CONFLICT = "NS10418"
"""Two systems tell two weights; it can be waived."""


def refused(page: Page) -> None:
    """The summary has the focus, whether or not a script could have put it there."""
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("This was not recorded")
    expect(page).to_have_title(re.compile("^Not taken: "))


def told_of(page: Page, label: str) -> str:
    """What a screen reader says of the field besides its label."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    ids = field.get_attribute("aria-describedby") or ""
    return " ".join(page.locator(f"[id='{each}']").inner_text() for each in ids.split())


def test_a_form_of_the_work_list_comes_back_in_the_work_list_as_it_was_filled_in(
    open_page: Opens, served_alone: Served
) -> None:
    page = open_page(served_alone.url)
    page.goto("/?code=SOURCE_CONFLICT")
    act_on(page, CONFLICT, "Waive the hold")
    page.get_by_label("Reason").fill("both weights\ncost the same")
    page.get_by_label("Up to, in USD").fill("12,50")
    page.get_by_label("Until, in UTC").fill("2099-01-01T10:00")
    page.get_by_role("button", name="Waive SOURCE_CONFLICT").click()

    refused(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    expect(page.get_by_label("Hold", exact=True)).to_have_value("SOURCE_CONFLICT")
    expect(page.get_by_label("Reason")).to_have_value("both weights\ncost the same")
    expect(page.get_by_label("Until, in UTC")).to_have_value("2099-01-01T10:00")
    assert "write 12.50" in told_of(page, "Up to, in USD")
    check_page(page)

    page.get_by_role("alert").get_by_role("link").click()
    limit = page.get_by_label("Up to, in USD")
    expect(limit).to_be_focused()
    expect(limit).to_have_value("12,50")
    limit.fill("")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("The waiver is recorded")
    expect(page).to_have_url(re.compile(r"/\?code=SOURCE_CONFLICT&did=waive"))


def test_forms_of_other_rows_are_fetched_from_the_page_that_came_back(
    open_page: Opens, served_alone: Served
) -> None:
    page = open_page(served_alone.url)
    act_on(page, CONFLICT, "Assign it")
    page.get_by_label("Note", exact=True).fill("x" * 501)
    page.get_by_role("button", name="Assign", exact=True).click()
    refused(page)

    act_on(page, BIGGEST, "Attach the missing POD")

    expect(page.get_by_label("Type of document")).to_have_value("POD")
    for unit in (BIGGEST, CONFLICT):  # the one is closed, and then the other opened
        page.get_by_role("row", name=unit).first.locator("summary", has_text="Act").first.click()
    expect(page.locator("#assign-refused-note")).to_be_visible()
    expect(page.locator("#assign-refused-note")).to_have_value("x" * 501)


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_units_page_the_focus_is_on_what_is_wrong_and_only_the_file_is_chosen_again(
    open_page: Opens, served_alone: Served, tmp_path: Path, scripts: bool
) -> None:
    paper = tmp_path / "pod.pdf"
    paper.write_bytes(PAPER)
    page = open_page(served_alone.url, scripts=scripts)
    page.goto(f"/units/shipment:{BIGGEST}")
    page.get_by_text("Attach the missing POD").click()
    page.get_by_label("File", exact=True).set_input_files(paper)
    page.get_by_label("Signed", exact=True).select_option("yes")
    page.get_by_label("Overage, shortage or damage noted on it").select_option("no")
    page.get_by_label("Signed at, in UTC").fill("2099-01-01T10:00")
    page.get_by_label("Note", exact=True).first.fill(NOTE)
    page.get_by_role("button", name="Attach POD").click()

    refused(page)
    expect(page.get_by_role("alert")).to_contain_text("choose pod.pdf again")
    expect(page.get_by_label("Signed", exact=True)).to_have_value("yes")
    expect(page.get_by_label("Overage, shortage or damage noted on it")).to_have_value("no")
    expect(page.get_by_label("Note", exact=True).first).to_have_value(NOTE)
    expect(page.get_by_label("File", exact=True)).to_have_value("")
    assert "is still to come" in told_of(page, "Signed at, in UTC")
    if scripts:
        check_page(page)

    page.get_by_label("Signed at, in UTC").fill("2026-03-05T14:30")
    page.get_by_label("File", exact=True).set_input_files(paper)
    page.get_by_role("button", name="Attach POD").click()
    expect(page.get_by_role("status")).to_contain_text("The document is attached: hold → release")
