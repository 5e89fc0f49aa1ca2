"""A real `tollgate serve` over the demo's data, and a real Chromium that looks at it.

Each process has a browser and a server of its own, which end with its last test here.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.checking import SIZES
from tests.browser.chromium import chromium
from tests.browser.watched import watch
from tests.copied import copy_of
from tests.integration.api.served import Served, serving

PATIENCE_MS = 60_000
"""A busy machine may take its time."""
expect.set_options(timeout=PATIENCE_MS)
Opens = Callable[..., Page]
"""At an address; without scripts where `scripts=False` is said."""
Starts = Callable[[dict[str, str]], Served]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The one browser of all these tests."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def served(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The console over the demo's data, for those who only look."""
    folder = tmp_path_factory.mktemp("served")
    copy = copy_of(demo_database, folder / "looked-at.db")
    with serving(f"sqlite:///{copy}", folder) as server:
        yield server


@pytest.fixture
def serve_alone(demo_database: Path, tmp_path: Path) -> Iterator[Starts]:
    """Starts one over a copy of its own, for those who act, with settings if they need some."""
    with ExitStack() as running:

        def start(settings: dict[str, str]) -> Served:
            copy = copy_of(demo_database, tmp_path / "alone.db")
            return running.enter_context(serving(f"sqlite:///{copy}", tmp_path, settings=settings))

        yield start


@pytest.fixture
def served_alone(serve_alone: Starts) -> Served:
    """One of its own, as it comes."""
    return serve_alone({})


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opens]:
    """Opens a page at an address, in a browser without a past."""
    contexts: list[BrowserContext] = []

    def opened(url: str, size: ViewportSize = SIZES[0], *, scripts: bool = True) -> Page:
        context = browser.new_context(base_url=url, viewport=size, java_script_enabled=scripts)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch(page)
        page.goto("/")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(open_page: Opens, served: Served) -> Page:
    """The work list over the demo's data, for those who only look."""
    return open_page(served.url)
