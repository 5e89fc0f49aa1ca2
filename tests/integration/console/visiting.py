"""Somebody at a browser, without one: pages are asked for and forms sent as a browser would."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from app.access import Person
from app.entrypoints.console.forms import FIELD, SESSION
from app.entrypoints.console.sessions import chosen
from app.entrypoints.serving import create_app
from app.operations.house import House
from app.settings import Settings

HERE = "http://127.0.0.1:8000"
OURS = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
_TOKEN = re.compile(rf'name="{FIELD}" value="([0-9a-f]+)"|"X-CSRF-Token": "([0-9a-f]+)"')


class Visitor:
    """One browser, with its cookies; it follows no redirect by itself."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client
        client.follow_redirects = False
        client.headers["Accept"] = "text/html,application/xhtml+xml"

    def be(self, person: Person) -> None:
        """Choose who one is, on a machine without keys."""
        self.client.cookies.set(SESSION, chosen(person), domain="127.0.0.1")

    def see(self, path: str, status: int = 200) -> str:
        """The page."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(
        self, path: str, fields: Mapping[str, str], *, on: str = "/", **files: tuple[str, bytes]
    ) -> Response:
        """Fill in a form on one page and send it to another path."""
        token = form_token_on(self.client.get(on).text)
        return self.client.post(
            path, data={**fields, FIELD: token}, files=files or None, headers=OURS
        )


def form_token_on(page: str) -> str:
    """What a form on the page carries."""
    found = _TOKEN.search(page)
    assert found, "every page carries a token for its forms"
    return found[1] or found[2]


@contextmanager
def visiting(house: House, settings: Settings) -> Iterator[Visitor]:
    """A browser on this machine at the console of a house."""
    with TestClient(create_app(house, settings), base_url=HERE) as client:
        yield Visitor(client)
