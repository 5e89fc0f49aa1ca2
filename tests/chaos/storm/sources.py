"""What the systems outside send: to whichever service answers, again and again until it is taken.

Each source keeps a log of what was acknowledged, as a system with a billing dispute would.
"""

import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.integration.operations import northwind as nw

BILLED = "355.61"
"""1,800 lb as 2,000: 20.00 x 49.39 = 987.80, less 70% = 296.34; fuel 20.0% of it = 59.27."""
UNDER_WAY_EVERY = 4
"""Each fourth shipment is not delivered within the run, and must not be billed."""
RESENT = 0.15


@dataclass(frozen=True)
class Message:
    """One event as its system sends it."""

    source: str
    message_id: str
    unit: str
    body: bytes


@dataclass
class SourcesLog:
    """What was acknowledged, and to whom."""

    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    """Source and message id to the unit it is about."""
    refused: list[str] = field(default_factory=list)
    attempts: int = 0
    lost_answers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, message: Message) -> None:
        with self.lock:
            self.acknowledged[message.source, message.message_id] = message.unit


def is_under_way(number: int) -> bool:
    """Whether the shipment of this number stays without delivery and proof."""
    return number % UNDER_WAY_EVERY == 0


def messages(shipments: int, seed: int) -> list[Message]:
    """All that is said of so many shipments, out of order, and some of it twice."""
    draw = random.Random(seed)
    events = [(nw.diesel(), "")]
    for number in range(1, shipments + 1):
        name = f"ST{number}"
        said = nw.moved(name)[1:]
        events += [(event, name) for event in (said[:-1] if is_under_way(number) else said)]
        if not is_under_way(number):
            events.append((nw.pod(name), name))
    made = [_message(event, unit) for event, unit in events]
    made += draw.sample(made, int(len(made) * RESENT))
    draw.shuffle(made)
    return made


def _message(event: dict[str, Any], unit: str) -> Message:
    body = json.dumps(event).encode()
    return Message(str(event["source"]), str(event["id"]), unit, body)


class Sources:
    """Threads that send everything there is to send."""

    def __init__(self, urls: Sequence[str], to_send: Sequence[Message], seed: int) -> None:
        self.log = SourcesLog()
        self._urls = urls
        self._left = list(reversed(to_send))
        self._seed = seed
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, senders: int, pause_s: float) -> None:
        """Send from so many threads, each waiting a little after each message."""
        for number in range(senders):
            draw = random.Random(f"{self._seed} {number}")
            thread = threading.Thread(target=self._run, args=(draw, pause_s), daemon=True)
            thread.start()
            self._threads.append(thread)

    @property
    def left(self) -> int:
        """How many messages were not begun yet."""
        return len(self._left)

    def finish(self) -> None:
        """Wait until everything was acknowledged."""
        for thread in self._threads:
            thread.join()

    def _run(self, draw: random.Random, pause_s: float) -> None:
        with httpx.Client(timeout=20) as client:
            while (message := self._next()) is not None:
                self._send(client, message, draw)
                time.sleep(pause_s)

    def _next(self) -> Message | None:
        with self._lock:
            return self._left.pop() if self._left else None

    def _send(self, client: httpx.Client, message: Message, draw: random.Random) -> None:
        while True:
            url = draw.choice(self._urls)
            with self.log.lock:
                self.log.attempts += 1
            try:
                answer = client.post(
                    f"{url}/v1/events",
                    content=message.body,
                    headers={"content-type": "application/json"},
                )
            except httpx.TransportError:
                with self.log.lock:
                    self.log.lost_answers += 1
                time.sleep(0.2)
                continue
            if answer.status_code == 200:
                self.log.note(message)
                return
            if answer.status_code in {429, 500, 503}:
                time.sleep(0.2)
                continue
            self.log.refused.append(f"{message.message_id}: {answer.status_code} {answer.text}")
            return
