"""Whether a page can be used: on a desk and on a telephone, by keyboard, by a screen reader."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import JSHandle, Page, ViewportSize

from tests.browser.watched import heard_of

SIZES: tuple[ViewportSize, ...] = (
    {"width": 1280, "height": 900},
    {"width": 390, "height": 844},
)
GRAVE = {"serious", "critical"}
IN_PAGE = (Path(__file__).parent / "in_page.js").read_text(encoding="utf-8")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
MORE_THAN_ONCE_AROUND = 40
"""A field for a date and time takes the key up to eight times."""


def check_page(page: Page) -> None:
    """Raise AssertionError with everything that is wrong with the page as it is now.

    The page keeps its width of before; what has the focus afterwards is not told.
    """
    before = page.viewport_size
    found: list[str] = []
    for size in SIZES:
        page.set_viewport_size(size)
        at = f"{page.url} at {size['width']} px"
        found += [f"{at}: {each}" for each in (*_layout(page), *_keyboard(page), *_axe(page))]
    page.emulate_media(color_scheme="dark")
    found += [f"{page.url} in the dark: {each}" for each in _axe(page)]
    page.emulate_media(color_scheme=None)
    if before:
        page.set_viewport_size(before)
    heard = heard_of(page)
    found += [f"{page.url} complains: {each}" for each in heard.complaints]
    found += [f"{page.url} asks elsewhere: {each}" for each in heard.went_out]
    assert not found, "\n".join(found)


def _layout(page: Page) -> Iterator[str]:
    eyes = _eyes(page)
    if eyes.evaluate("eyes => eyes.scrollsSideways()"):
        yield "it scrolls sideways"
    yield from (f"beyond the edge: {each}" for each in eyes.evaluate("eyes => eyes.outside()"))
    yield from (f"cut off: {each}" for each in eyes.evaluate("eyes => eyes.clipped()"))


def _keyboard(page: Page) -> Iterator[str]:
    """Tab from the top of the page until everything was reached, or it has gone around."""
    eyes = _eyes(page)
    wanted = eyes.evaluate("eyes => eyes.startTabbing()")
    for _ in range(wanted + MORE_THAN_ONCE_AROUND):
        page.keyboard.press("Tab")
        if not eyes.evaluate("eyes => eyes.tabbed()"):
            break
    told = eyes.evaluate("eyes => eyes.endTabbing()")
    yield from (f"Tab does not reach {each}" for each in told["missed"])
    yield from (f"focus is not to be seen on {each}" for each in told["unseen"])


def _axe(page: Page) -> Iterator[str]:
    if not page.evaluate("() => 'axe' in window"):
        # Not as a script of the page, which its policy would refuse.
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    told = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    for violation in told["violations"]:
        if violation["impact"] in GRAVE:
            for node in violation["nodes"]:
                yield f"axe {violation['id']}: {violation['help']}: {node['html'][:200]}"


def _eyes(page: Page) -> JSHandle:
    return page.evaluate_handle(IN_PAGE)
