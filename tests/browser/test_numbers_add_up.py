"""Behind every number of KPIs and board there is a list, and it adds up to the number."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from playwright.sync_api import Page

CELLS = """() => [...[...document.querySelectorAll("main table")].at(-1)?.tBodies[0].rows ?? []]
  .filter(row => !row.querySelector("td[colspan]"))
  .map(row => [...row.cells].map(cell => cell.innerText.trim()))"""
LINKED = """() => [...document.querySelectorAll("main tbody td a[href]")].map(link => ({
  path: link.getAttribute("href"), number: link.innerText.trim(),
  // What has no price stands beside what has one, and the money is not its own.
  money: link.closest(".second") ? ""
    : link.closest("td").nextElementSibling?.innerText.trim() ?? "",
  about: link.closest("tr").innerText}))"""
KPIS = """() => [...document.querySelectorAll("main tbody th a")].map(link => ({
  path: link.getAttribute("href"), number: link.closest("tr").cells[1].innerText.trim()}))"""
SPANS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
MONEY = re.compile(r"(-?[\d,]+\.\d\d) ([A-Z]{3})( days)?$")
DURATION = re.compile(r"-?(\d+ (d|h|min|s) ?)+")
CENT = Decimal("0.01")
Sums = dict[str, Decimal]


def rows_behind(page: Page, path: str) -> Iterator[list[str]]:
    """The cells of each row of the page's last table, through all parts of the list."""
    page.goto(path)
    while True:
        yield from page.evaluate(CELLS)
        following = page.get_by_role("link", name="Next", exact=True)
        if not following.count():
            return
        page.goto(page.evaluate("each => each.href", following.element_handle()))


def test_the_list_behind_every_kpi_adds_up_to_its_number(browser_page: Page) -> None:
    browser_page.goto("/kpis")
    told = browser_page.evaluate(KPIS)
    assert len(told) > 30

    wrong, added = [], 0
    for kpi in told:
        browser_page.goto(kpi["path"])
        if not browser_page.locator("#list").count():
            continue  # one KPI by another: each of these has its list
        number = browser_page.locator("main tfoot strong").inner_text()
        rows = list(rows_behind(browser_page, kpi["path"]))
        added += 1
        if not (adds_up(number, rows) and (number == kpi["number"] or grows(number))):
            wrong.append((kpi, number, len(rows), rows[:3]))
    assert not wrong
    assert added > 25


def grows(number: str) -> bool:
    """Whether it is another a moment later: the age of what is open, or money times days."""
    return bool(DURATION.fullmatch(number) or re.search(r"[A-Z]{3} days\b", number))


def adds_up(number: str, rows: list[list[str]]) -> bool:
    """Whether the last two columns, above the line or not and what is added, make the number."""
    adds = [row[5] for row in rows]
    if number in {"none in this window", "0.00"}:
        return not rows
    if of := re.search(r"\(([\d,]+) of ([\d,]+)\)$", number):
        part, whole = (int(each.replace(",", "")) for each in of.groups())
        above = Counter(row[4] for row in rows)["yes"]
        hits = sum(map(int, adds)) if all(map(str.isdigit, adds)) else above
        return (hits, len(rows)) == (part, whole)
    if number.replace(",", "").isdigit():
        return len(rows) == int(number.replace(",", ""))
    if DURATION.fullmatch(number):
        return sorted(adds, key=seconds)[(len(adds) + 1) // 2 - 1] == number
    return money_adds_up(number, adds)


def money_adds_up(number: str, adds: list[str]) -> bool:
    """Sums of money, of money times days (each cut to a cent), or a share of money."""
    unpriced = adds.count("no price")
    found = sums(adds)
    if without := re.search(r"; (\d+) without a price$", number):
        number = number[: without.start()]
        unpriced -= int(without[1])
    if weighted := re.fullmatch(r"(-?\d+\.\d\d) days in [A-Z]{3}", number):
        return bool(weighted) and len(found) == 1
    if part := re.search(r"\((-?[\d,]+\.\d\d [A-Z]{3}) of", number):
        number = part[1]
    wanted = sums(number.split("; "))
    near = CENT * len(adds) if number.endswith("days") else 0
    same = wanted.keys() == found.keys()
    return not unpriced and same and all(abs(found[c] - wanted[c]) <= near for c in wanted)


def sums(texts: list[str]) -> Sums:
    added: Counter[str] = Counter()
    total: Sums = {}
    for text in texts:
        if text != "no price":
            found = MONEY.match(text)
            assert found, f"{text} is no money"
            added[found[2]] += 1
            amount = Decimal(found[1].replace(",", ""))
            total[found[2]] = total.get(found[2], Decimal(0)) + amount
    return total


def seconds(text: str) -> int:
    size = sum(int(many) * SPANS[name] for many, name in re.findall(r"(\d+) (d|h|min|s)", text))
    return -size if text.startswith("-") else size


def test_every_number_of_the_board_opens_a_list_of_so_many_rows_and_that_money(
    browser_page: Page,
) -> None:
    browser_page.goto("/board")
    told = browser_page.evaluate(LINKED)
    assert len(told) > 40

    wrong = []
    for each in told:
        rows = list(rows_behind(browser_page, each["path"]))
        column = 4 if each["path"].startswith("/units") else 2
        # What is the only hold on it says so under its money.
        found = sums([row[column].split("\n")[0] for row in rows])
        wanted = sums([each["money"]]) if MONEY.match(each["money"]) else {}
        zero = {currency: amount for currency, amount in wanted.items() if amount}
        if len(rows) != int(each["number"]) or zero != {c: a for c, a in found.items() if a}:
            wrong.append((each, len(rows), found))
    assert not wrong
