"""Acknowledged means stored: the process is killed while it takes in messages, and nothing is lost.

Each body is one X12 tender, a message of several facts. What was acknowledged must be there
after the restart; what was not may be there whole or not at all, and can be sent again.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.evidence.intake.read import read
from app.infrastructure.storage.database import Database
from tests.integration.api.served import Served, serving
from tests.unit.evidence.intake.made_up import PROFILES, TENDERED, interchange

SENDERS = 4
KILL_AFTER = 40
MOST = 4000


def tender(number: int) -> bytes:
    """A tender of a shipment of its own, in an interchange of its own."""
    segments = tuple(part.replace("SHIP-1", f"CHAOS-{number}") for part in TENDERED)
    control = b"%09d" % number
    return interchange(("204", segments)).replace(b"000000007", control)


def expected_facts(number: int) -> tuple[str, ...]:
    """The ids of the facts in a tender, as the pure reader gives them."""
    (received,) = read(tender(number), "request body", PROFILES, "main", "api")
    assert len(received.facts) > 1
    return tuple(fact.fact_id for fact in received.facts)


class Senders:
    """Threads that send one tender after the other until nobody answers."""

    def __init__(self, served: Served) -> None:
        self._url = f"{served.url}/v1/events"
        self._numbers: Iterator[int] = iter(range(1, MOST + 1))
        self._lock = threading.Lock()
        self.sent: set[int] = set()
        self.acknowledged: set[int] = set()
        self.enough = threading.Event()

    def run(self) -> None:
        """Send until the connection breaks."""
        with httpx.Client(timeout=10) as client:
            while (number := self._next()) is not None:
                try:
                    answer = client.post(
                        self._url, content=tender(number), headers={"Content-Type": "text/plain"}
                    )
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                self._note(number)

    def _next(self) -> int | None:
        with self._lock:
            number = next(self._numbers, None)
            if number is not None:
                self.sent.add(number)
            return number

    def _note(self, number: int) -> None:
        with self._lock:
            self.acknowledged.add(number)
            if len(self.acknowledged) >= KILL_AFTER:
                self.enough.set()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_acknowledged_before_a_kill_is_there_after_it(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = f"sqlite:///{tmp_path / 'chaos.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    opened = Database(url)
    opened.upgrade()

    with serving(url, tmp_path) as served, ThreadPoolExecutor(SENDERS) as threads:
        senders = Senders(served)
        running = [threads.submit(senders.run) for _ in range(SENDERS)]
        assert senders.enough.wait(20)
        children = served.children()
        served.kill()
        for each in running:
            each.result(20)
    assert senders.sent > senders.acknowledged, "it was killed in the middle of something"

    assert _are_gone(children), "an engine outlived the process that asked it"
    with serving(url, tmp_path) as served:
        for number in sorted(senders.sent):
            expected = expected_facts(number)
            there = _stored(opened, expected)
            assert there in (0, len(expected)), f"message {number} is stored by half"
            if number in senders.acknowledged:
                assert there == len(expected), f"message {number} was acknowledged and is lost"
        for number in sorted(senders.sent - senders.acknowledged):
            again = httpx.post(
                f"{served.url}/v1/events",
                content=tender(number),
                headers={"Content-Type": "text/plain"},
            )
            assert again.status_code == 200
            assert _stored(opened, expected_facts(number)) == len(expected_facts(number))
    opened.close()


def _stored(database: Database, fact_ids: tuple[str, ...]) -> int:
    with database.reading("main") as store:
        return len(store.facts.by_id(fact_ids))


def _are_gone(children: list[int]) -> bool:
    """Whether all of them end within five seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if not any(_is_running(child) for child in children):
            return True
        time.sleep(0.02)
    return False


def _is_running(pid: int) -> bool:
    """Whether it runs; one that ended and was not yet buried does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
