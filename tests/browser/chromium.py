"""The Chromium on PATH, without a window and without a word to anybody outside."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
STAYS_AT_HOME = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Where it is; the test fails where there is none, for a skip would prove nothing."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("no Chromium is on PATH, and these tests need one: make browser-apt")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that runs until the block ends.

    Until then no event loop can be run in this thread, so it does not outlive its tests.
    """
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium_path(), headless=True, args=list(STAYS_AT_HOME)
        )
        yield browser
        browser.close()
