"""Several processes share one database, and come to the same decisions.

Whatever comes in whatever order to whichever of them, to the byte, and nobody has to ask.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.entrypoints.demo import MEDIA, arrivals
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.main import now, read_drafts
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking.look_up import all_units
from app.operations.receiving.record_messages import record_messages
from app.settings import Settings
from tests.integration.api.served import serving, working

SEED = 2026
AGAIN = 0.3
"""How much of the week is sent twice."""
LATE = 0.2
"""How much of it is held back until everything else was sent."""
DONE_WITHIN_S = 180.0


@dataclass(frozen=True)
class Body:
    """One file of the week, as a request."""

    name: str
    raw: bytes
    media: str


def week() -> list[Body]:
    return [
        Body(each.file.name, each.file.read_bytes(), MEDIA[each.file.suffix]) for each in arrivals()
    ]


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The decision of every unit where one process hears everything once and in order."""
    file = tmp_path_factory.mktemp("in order") / "week.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with EnginePool(time_limit_s=10.0) as engine:
        house = House(database=database, first_key=engine, tenant="main", actor="api", now=now)
        accept_editions(house, read_drafts(Settings()))
        for body in week():
            record_messages(house, body.raw, body.name, media=body.media)
        yield {unit: decide_unit(house, unit).decision.decision_id for unit in all_units(house)}
    database.close()


def sent(client: httpx.Client, url: str, body: Body) -> None:
    """Send until it is taken or refused for good; who is told to come later comes later."""
    until = time.monotonic() + DONE_WITHIN_S
    while time.monotonic() < until:
        answer = client.post(
            f"{url}/v1/events", content=body.raw, headers={"content-type": body.media}
        )
        if answer.status_code not in {429, 503}:
            assert answer.status_code in {200, 409, 422}, answer.text
            return
    raise AssertionError(f"{body.name} was never taken")


def waits(database: Database) -> int:
    with database.reading("main") as store:
        return store.due.waiting()


def test_a_week_shuffled_doubled_delayed_and_split_comes_to_the_same_decisions_to_the_byte(
    postgres_url: str, tmp_path: Path, in_order: dict[str, str]
) -> None:
    database = Database(postgres_url)
    database.upgrade()
    draw = random.Random(SEED)
    bodies = week()
    late = draw.sample(bodies, int(len(bodies) * LATE))
    early = [body for body in bodies if body not in late]
    again = draw.sample(bodies, int(len(bodies) * AGAIN))
    first, second = [*early, *again[::2]], [*late, *again[1::2]]
    draw.shuffle(first)
    draw.shuffle(second)

    with ExitStack() as processes, ThreadPoolExecutor(4) as senders, httpx.Client(timeout=60) as to:
        served = [
            processes.enter_context(serving(postgres_url, tmp_path, option)).url
            for option in ("--work", "--no-work")
        ]
        processes.enter_context(working(postgres_url, tmp_path))
        for part in (first, second):
            list(senders.map(lambda body: sent(to, draw.choice(served), body), part))
        until = time.monotonic() + DONE_WITHIN_S
        while waits(database):
            assert time.monotonic() < until, "what is due is never done"
            time.sleep(0.05)

    with database.reading("main") as store:
        decided = {each.unit: each.decision_id for each in store.decisions.current()}
    database.close()
    assert decided == in_order
