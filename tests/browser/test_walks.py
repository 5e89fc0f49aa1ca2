"""What people come for, from the first page to the last: operations clear work, others look on."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page
from tests.browser.conftest import Opens
from tests.browser.signing_in import be_somebody
from tests.integration.api.served import Served

BIGGEST = "NS10409"
"""Delivered; alone its missing proof of delivery keeps the most money of the week."""
RELEASED = "The document is attached: hold → release, 1,690.84 USD."
NOTE = "the driver's copy"
PAPER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """The proof of delivery as the carrier's desk has it."""
    file = tmp_path / "pod.pdf"
    file.write_bytes(PAPER)
    return file


def first_row(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    return page.get_by_role("table", name="Open holds").locator("tbody tr").first.inner_text()


def is_released(page: Page) -> None:
    """The unit's page says so, has the fact with who and why, and the work list has it no more."""
    expect(page.get_by_role("status")).to_have_text(RELEASED)
    expect(page.get_by_text("Nothing holds it.")).to_be_visible()
    fact = page.locator(".timeline td", has=page.get_by_role("link", name=re.compile("POD")))
    fact.locator("summary").click()
    expect(fact).to_contain_text("ops console")
    expect(fact).to_contain_text(NOTE)
    expect(fact).to_contain_text("by Olga")
    fact.get_by_role("link", name=re.compile("POD")).click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="the paper").click()
    assert Path(coming.value.path()).read_bytes() == PAPER
    page.get_by_role("link", name="Work list").click()
    assert BIGGEST not in page.get_by_role("main").inner_text()


def test_the_biggest_hold_is_cleared_with_the_mouse(
    open_page: Opens, served_alone: Served, paper: Path
) -> None:
    page = open_page(served_alone.url)
    be_somebody(page, "Olga", "operations")
    assert first_row(page).startswith(BIGGEST)

    page.get_by_role("row", name=BIGGEST).get_by_role("link", name=BIGGEST).click()
    expect(page.get_by_text("There is no accepted proof of delivery")).to_be_visible()
    fill_in(page, paper)
    page.get_by_role("button", name="Attach POD").click()

    is_released(page)


def test_the_biggest_hold_is_cleared_without_a_script(
    open_page: Opens, served_alone: Served, paper: Path
) -> None:
    page = open_page(served_alone.url, scripts=False)
    be_somebody(page, "Olga", "operations")
    row = page.get_by_role("row", name=BIGGEST)
    row.locator("summary").click()
    row.get_by_role("link", name="Act on the unit's page").click()

    expect(page.locator("#hold-POD_MISSING:target")).to_be_visible()
    fill_in(page, paper)
    page.get_by_role("button", name="Attach POD").click()

    is_released(page)


def fill_in(page: Page, paper: Path) -> None:
    page.get_by_text("Attach the missing POD").click()
    page.get_by_label("File").set_input_files(paper)
    page.get_by_label("Signed", exact=True).select_option("yes")
    page.get_by_label("Overage, shortage or damage noted on it").select_option("no")
    page.get_by_label("Note", exact=True).first.fill(NOTE)


def test_the_biggest_hold_is_cleared_by_keyboard_alone(
    open_page: Opens, served_alone: Served, paper: Path
) -> None:
    page = open_page(served_alone.url)
    be_somebody(page, "Olga", "operations")
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Enter")
    tab_to(page, lambda page: BIGGEST in focused(page) and in_row(page))
    keys.press("Enter")
    page.wait_for_url(re.compile("/units/"))

    tab_to(page, lambda page: focused(page) == "Attach the missing POD")
    keys.press("Enter")
    tab_to(page, lambda page: focused(page) == "File")
    page.locator("input:focus").set_input_files(paper)
    tab_to(page, lambda page: focused(page) == "Signed")
    keys.type("yes")
    tab_to(page, lambda page: focused(page).startswith("Overage"))
    keys.type("no")
    tab_to(page, lambda page: focused(page) == "Note")
    keys.type(NOTE)
    tab_to(page, lambda page: focused(page) == "Attach POD")
    keys.press("Enter")

    is_released(page)


def tab_to(page: Page, there: Callable[[Page], bool]) -> None:
    """Press Tab until it has come there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if there(page):
            return
    raise AssertionError("Tab does not lead there")


def focused(page: Page) -> str:
    """What has the focus, by its label or its text."""
    return str(
        page.evaluate(
            """() => {
              const here = document.activeElement;
              return (here.labels?.[0] ?? here).innerText.trim();
            }"""
        )
    )


def in_row(page: Page) -> bool:
    return bool(page.evaluate("() => document.activeElement.closest('tbody') !== null"))


def act_on(page: Page, unit: str, act: str) -> None:
    """Open the acts on the first hold of a unit where the list shows it."""
    row = page.get_by_role("row", name=unit).first
    row.locator("summary", has_text="Act").first.click()
    row.get_by_text(act, exact=True).click()


def test_an_extra_charge_is_approved_in_the_list_and_the_list_says_what_came_of_it(
    open_page: Opens, served_alone: Served
) -> None:
    page = open_page(f"{served_alone.url}")
    page.goto("/?code=ACCESSORIAL_UNAPPROVED")
    act_on(page, "KS88123", "Approve or reject it")
    form = page.locator("form[action='/acts/approve']")
    form.get_by_label("Reason").fill("the customer agreed by telephone")
    check_page(page)
    page.get_by_role("button", name="Approve", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text(
        "KS88123: DT-88123 is approved: still release, "
    )
    expect(page).to_have_url(re.compile(r"/\?code=ACCESSORIAL_UNAPPROVED&"))
    expect(page.get_by_role("table", name="Open holds")).not_to_contain_text("KS88123")
    check_page(page)
    page.get_by_role("status").get_by_role("link").click()
    expect(page.locator(".timeline")).to_contain_text("the customer agreed by telephone")


def test_a_hold_is_waived_with_a_reason_and_never_without(
    open_page: Opens, served_alone: Served
) -> None:
    page = open_page(served_alone.url)
    act_on(page, "NS10418", "Waive the hold")
    waive = page.get_by_role("button", name="Waive SOURCE_CONFLICT")
    waive.click()
    expect(page.get_by_label("Reason")).to_be_focused()
    # Somebody whose browser does not ask for it.
    page.get_by_label("Reason").evaluate("each => each.removeAttribute('required')")
    waive.click()

    expect(page.get_by_role("alert")).to_contain_text("there is no reason given")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    page.get_by_label("Reason").fill("both weights cost the same")
    waive.click()

    expect(page.get_by_role("status")).to_contain_text("The waiver is recorded: hold → release")
    page.get_by_role("status").get_by_role("link").click()
    expect(page.locator(".timeline")).to_contain_text("both weights cost the same")


def test_work_is_given_to_somebody_who_finds_it_by_the_filter(
    open_page: Opens, served_alone: Served
) -> None:
    page = open_page(served_alone.url)
    act_on(page, "NS10410", "Assign it")
    page.get_by_label("To", exact=True).fill("Clara")
    page.get_by_role("button", name="Assign", exact=True).click()

    expect(page.get_by_role("status")).to_have_text("NS10410: The hold is assigned.")
    # The board counts anew from time to time; the address filters at once.
    page.goto("/?assigned_to=Clara")
    rows = page.get_by_role("table", name="Open holds").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("claims · Clara")
    expect(page.get_by_label("Assigned to")).to_have_value("Clara")


def test_audit_is_offered_no_act_and_refused_one(open_page: Opens, served: Served) -> None:
    page = open_page(served.url)
    be_somebody(page, "Audrey", "audit")
    page.goto("/")
    expect(page.get_by_role("table", name="Open holds").locator("summary")).to_have_count(0)
    page.get_by_role("row", name=BIGGEST).get_by_role("link", name="See").click()
    expect(page.locator("#hold-POD_MISSING")).to_be_visible()
    assert page.locator("form[action^='/acts']").count() == 0

    token = page.evaluate("() => JSON.parse(document.body.getAttribute('hx-headers'))")
    answer = page.request.post(
        "/acts/waive",
        form={"unit": f"shipment:{BIGGEST}", "hold": "POD_MISSING", "reason": "because"},
        headers={**token, "Origin": served.url, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status == 403
    assert "Audrey is here for audit and may not waive holds" in answer.text()
