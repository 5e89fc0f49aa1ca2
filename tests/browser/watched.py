"""A page whose every request and complaint is written down."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import ConsoleMessage, Page, Request


@dataclass
class Heard:
    """What a page has said and asked for since it was opened."""

    complaints: list[str] = field(default_factory=list)
    """Errors of the browser's console and of scripts."""
    went_out: list[str] = field(default_factory=list)
    """Addresses asked for that are not this machine's."""


_HEARD: WeakKeyDictionary[Page, Heard] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Write down from now on what the page says and asks for."""
    heard = _HEARD[page] = Heard()

    def complained(message: ConsoleMessage) -> None:
        # That a page is answered with a 404 or 422 is what a test asked for.
        if message.type == "error" and message.location.get("url") != page.url:
            heard.complaints.append(f"{message.text} ({message.location.get('url')})")

    def asked(request: Request) -> None:
        if not _is_here(request.url):
            heard.went_out.append(request.url)

    page.on("console", complained)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on("request", asked)


def heard_of(page: Page) -> Heard:
    """What was written down."""
    return _HEARD[page]


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in {"data", "blob", "about"}:
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
