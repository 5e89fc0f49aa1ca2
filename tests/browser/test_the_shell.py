"""The frame of every page in a real browser, and that its checks find what is wrong."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checking import check_page
from tests.browser.conftest import Opens, Starts
from tests.browser.signing_in import be_somebody
from tests.integration.api.served import Served


@pytest.mark.parametrize("path", ["/sign-in", "/not-there"])
def test_pages_of_the_shell_can_be_used_by_everybody(browser_page: Page, path: str) -> None:
    browser_page.goto(path)

    check_page(browser_page)


def test_somebody_of_a_customer_is_told_what_they_may_not_see(browser_page: Page) -> None:
    be_somebody(browser_page, "Kim", "customer", "KESTREL")
    browser_page.goto("/")
    expect(browser_page).to_have_url(re.compile("/customer$"))
    browser_page.goto("/board")

    expect(browser_page.get_by_role("alert")).to_contain_text("Kim is here for customer")
    expect(browser_page.get_by_role("link", name="Board")).to_have_count(0)
    check_page(browser_page)


def test_with_keys_one_signs_in_first(open_page: Opens, serve_alone: Starts) -> None:
    server = serve_alone(
        {"TOLLGATE_API_KEYS": "nora:correct-horse", "TOLLGATE_ROLES": "nora:finance"}
    )
    page = open_page(server.url)
    expect(page.get_by_role("navigation")).to_have_count(0)
    check_page(page)

    page.get_by_label("Your key").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("this is not a key")
    page.get_by_label("Your key").fill("correct-horse")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    expect(page.get_by_role("banner")).to_contain_text("nora")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    expect(page.get_by_label("Your key")).to_be_visible()


def test_a_page_from_elsewhere_cannot_send_a_form(open_page: Opens, served: Served) -> None:
    page = open_page(served.url)
    page.goto("about:blank")
    page.set_content(
        f"<form method=post action={served.url}/sign-in><input name=name value=Mallory>"
        "<input name=role value=finance><button>Win</button></form>"
    )
    page.get_by_role("button").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The form was not taken")
    page.goto(served.url)
    expect(page.get_by_role("banner")).not_to_contain_text("Mallory")


def test_the_style_of_the_page_is_there_and_its_policy_refuses_scripts_in_it(
    browser_page: Page,
) -> None:
    assert browser_page.evaluate("() => htmx.version").startswith("2.")
    assert browser_page.evaluate("() => getComputedStyle(document.body).marginTop") == "0px"
    browser_page.evaluate(
        """() => { const script = document.createElement("script");
           script.textContent = "window.done = true"; document.body.append(script); }"""
    )
    assert browser_page.evaluate("() => window.done") is None


@pytest.mark.parametrize(
    ("part", "style", "found"),
    [
        ("<p>wide</p>", "width: 1400px", "it scrolls sideways"),
        ("<p>left</p>", "position: absolute; left: -50px", "beyond the edge: <p> left"),
        ("<p>" + "long " * 50 + "</p>", "white-space: nowrap; overflow: hidden", "cut off: <p>"),
        ("<p>" + "long " * 50 + "</p>", "white-space: nowrap; overflow: auto", "cut off: <p>"),
        ("<p>" + "long " * 500 + "</p>", "height: 2em; overflow: hidden", "cut off: <p>"),
        (f"<svg>{2 * '<text y=20>12.00</text>'}</svg>", "width: 9em", "12.00, written over 12.00"),
        ("<svg><text x=60 y=20>12.00</text></svg>", "width: 70px", "cut off: <text> 12.00"),
        ("<p>pale</p>", "color: #eee; background: #fff", "axe color-contrast"),
        ("<button>mute</button>", "outline: none", "focus is not to be seen on <button> mute"),
        ("<button></button>", "width: 2em; height: 2em", "axe button-name"),
        ("<input>", "width: 5em", "axe label"),
        ("<button style='x' onfocus='y'>gone</button>", "display: inline", "complains: "),
    ],
)
def test_what_is_wrong_with_a_page_is_found(
    browser_page: Page, part: str, style: str, found: str
) -> None:
    browser_page.evaluate(
        """([part, style]) => {
          const main = document.querySelector("main");
          main.innerHTML = `<h1>Wrong</h1>${part}`;
          main.lastElementChild.style.cssText = style;
        }""",
        [part, style],
    )

    with pytest.raises(AssertionError, match=re.escape(found)):
        check_page(browser_page)


def test_what_the_keyboard_does_not_reach_is_found(browser_page: Page) -> None:
    browser_page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.innerHTML = "<h1>Trap</h1><button>a</button><button>b</button>";
          main.addEventListener("keydown", event => event.preventDefault());
        }"""
    )

    with pytest.raises(AssertionError, match="Tab does not reach <button> b"):
        check_page(browser_page)


def test_a_page_that_asks_elsewhere_is_found(browser_page: Page) -> None:
    browser_page.evaluate("() => { new Image().src = 'http://192.0.2.1/pixel.png'; }")

    with pytest.raises(AssertionError, match=r"(asks elsewhere|complains): .*192\.0\.2\.1"):
        check_page(browser_page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_number_typed_on_any_page_leads_to_its_unit(
    open_page: Opens, served: Served, *, scripts: bool
) -> None:
    page = open_page(f"{served.url}/board", scripts=scripts)
    page.get_by_label("Find a number").fill("904407")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("shipment:KS88123")
    page.get_by_label("Find a number").fill("NOBODY")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing goes by NOBODY")
    expect(page.get_by_label("Find a number")).to_have_value("NOBODY")
