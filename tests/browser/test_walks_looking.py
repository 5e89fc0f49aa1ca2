"""What people come for who do not act: audit looks at a decision, a customer at its charges."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import be_somebody

HELD = "/units/shipment:NS10409"
OTHERS = re.compile("NORTHWIND|HALCYON|Northwind|Halcyon")
STAFFS = ("/search?q=KS88123", "/board", "/units", "/forecast", "/kpis", "/rules", "/rules/KESTREL")


@pytest.fixture
def auditor(browser_page: Page) -> Page:
    """The decision that holds a unit, come to from the unit's page by somebody of audit."""
    be_somebody(browser_page, "Audrey", "audit")
    browser_page.goto(HELD)
    browser_page.get_by_role("link", name="see the whole decision").click()
    return browser_page


def decision_of(page: Page) -> str:
    return page.url.rpartition("/")[2].partition("?")[0]


def test_audit_reads_what_both_engines_found_and_what_a_rule_asked(auditor: Page) -> None:
    auditor.get_by_text("What each of them found").click()
    found = auditor.get_by_role("table", name="Firings of the rules, by engine")
    expect(found.get_by_role("row", name="POD-1")).to_contain_text(re.compile("fired.*fired"))

    rule = auditor.locator("#rules ~ ul > li > details", has_text="POD-1")
    rule.locator("summary").click()
    expect(rule.locator("li", has_text="saw").first).to_be_visible()


def test_audit_replays_the_decision_to_the_byte(auditor: Page) -> None:
    auditor.get_by_role("button", name="Replay it and compare the bytes").click()

    expect(auditor.get_by_role("status")).to_have_text("Identical: every byte came out again.")
    rows = auditor.get_by_role("table").locator("tbody tr")
    parts = [row.inner_text().split() for row in rows.all()]
    assert {part[0] for part in parts} >= {"decision", "trace"}
    assert all("identical" in part for part in parts)


def test_the_export_has_the_bytes_that_are_stored(auditor: Page, demo_database: Path) -> None:
    with auditor.expect_download() as coming:
        auditor.get_by_role("link", name="Export as JSON").click()
    exported = Path(coming.value.path()).read_bytes()

    with closing(sqlite3.connect(demo_database)) as database:
        query = """SELECT d.answers, d.body, o.body, d.trace FROM decision d JOIN dossier o
            ON o.tenant = d.tenant AND o.digest = d.dossier_digest WHERE d.decision_id = ?"""
        stored = database.execute(query, [decision_of(auditor)]).fetchone()
    names = ("answers", "decision", "dossier", "trace")
    for name, body in zip(names, stored, strict=True):
        assert b'"%s":%s' % (name.encode(), body) in exported, name
    assert set(json.loads(exported)) == set(names)


def test_the_decision_is_printed_whole_and_without_what_is_no_paper(auditor: Page) -> None:
    decision = decision_of(auditor)
    auditor.get_by_role("link", name="Open everything for print").click()
    assert auditor.locator("details:not([open])").count() == 0
    auditor.emulate_media(media="print")
    expect(auditor.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(auditor.get_by_role("button")).to_have_count(0)
    expect(auditor.get_by_text("Printed by Audrey (audit)")).to_contain_text(decision)
    printed = auditor.pdf(tagged=False)
    auditor.emulate_media(media=None)

    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert printed.startswith(b"%PDF")
    assert pages > 1
    title = f"Decision {decision[:12]} on".encode("utf-16-be").hex().upper()
    assert title.encode() in printed, "the document is called by the decision"


@pytest.fixture
def kim(browser_page: Page) -> Page:
    """Somebody of KESTREL, on the first page that they may see."""
    be_somebody(browser_page, "Kim", "customer", "KESTREL")
    return browser_page


def test_a_customer_sees_its_own_units_and_nothing_of_others_or_of_costs(
    kim: Page, demo_database: Path
) -> None:
    expect(kim.get_by_role("heading", level=1)).to_have_text("Charges of KESTREL")
    seen = dict(pages_from(kim))

    assert {unquoted(path) for path in seen if "/units/" in path} >= set(own_units(demo_database))
    costs = carrier_costs(demo_database) - customer_amounts(demo_database)
    assert costs
    for path, html in seen.items():
        assert not OTHERS.search(html), path
        told = set(re.findall(r"[\d,]+\.\d\d", html))
        assert not told & costs, path


def pages_from(page: Page) -> Iterator[tuple[str, str]]:
    """Everything that can be reached by links from this page, and the HTML of it."""
    ahead, seen = ["/customer"], set[str]()
    while ahead:
        path = ahead.pop()
        if path in seen or path.startswith(("/static", "/sign-in")):
            continue
        seen.add(path)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        yield path, page.content()
        ahead += page.evaluate(
            """() => [...document.querySelectorAll("a[href]")]
              .map(each => each.pathname + each.search)"""
        )


def unquoted(path: str) -> str:
    return path.rpartition("/")[2].replace("%3A", ":")


def own_units(file: Path) -> list[str]:
    """KESTREL's units of which there is something to see."""
    query = "SELECT unit FROM standing WHERE customer = 'KESTREL' AND stage IN ('held', 'ready')"
    return [str(row[0]) for row in asked(file, query)]


def carrier_costs(file: Path) -> set[str]:
    """What carriers charge, as it would be written."""
    bodies = asked(file, "SELECT body FROM fact WHERE entity = 'cost'")
    amounts = re.findall(r'"amount":"?(\d+\.\d\d)', " ".join(row[0].decode() for row in bodies))
    return {f"{float(amount):,.2f}" for amount in amounts}


def customer_amounts(file: Path) -> set[str]:
    """What customers are charged, in lines and in totals: some carrier may charge the same."""
    bodies = asked(file, "SELECT body FROM decision WHERE customer = 'KESTREL'")
    amounts = re.findall(r'"amount":"?(\d+\.\d\d)', " ".join(row[0].decode() for row in bodies))
    return {f"{float(amount):,.2f}" for amount in amounts}


def asked(file: Path, query: str) -> list[tuple[bytes, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("path", [*STAFFS, "/units/shipment:KS88123", "/kpis/invoices-issued"])
def test_a_customer_is_refused_what_is_for_staff(kim: Page, path: str) -> None:
    answer = kim.goto(path)

    assert answer is not None
    assert answer.status == 403
    expect(kim.get_by_role("alert")).to_contain_text("Kim is here for customer")
    assert not OTHERS.search(kim.content())


def test_another_customers_unit_and_view_are_not_there(kim: Page) -> None:
    for path in ("/customer/units/shipment:NS10409", "/customer?customer=NORTHWIND"):
        answer = kim.goto(path)
        assert answer is not None
        assert answer.status == 404, path
