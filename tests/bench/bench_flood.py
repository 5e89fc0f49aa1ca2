"""What one partner's flood does to the others: `python -m tests.bench.bench_flood`.

One service and one worker process on a real PostgreSQL. Four partners send at an even pace, each
event is acknowledged, and its unit is decided; first alone, then while a fifth, in a process of its
own, offers ten times what the service takes of one sender that is alone, which is measured first.
Latencies are from the sender's side: until the answer, and until the decision stands in the
database. Only the ratios say something about tollgate.
"""

import asyncio
import itertools
import json
import math
import multiprocessing
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

from app.infrastructure.storage.database import Database
from tests.integration.api.served import serving, working
from tests.integration.operations import northwind as nw
from tests.real.postgresql import new_database, start_postgres

PARTNERS = ("alfa", "bravo", "coast", "delta")
EACH_S = 0.5
"""One message of each partner in so many seconds."""
PHASE_S = 30.0
ALONE_S = 10.0
FLOODERS = 400
TIMES = 10
SPAWN = multiprocessing.get_context("spawn")
KEYS = ",".join(f"{name}:key-{name}" for name in (*PARTNERS, "flood"))


@dataclass
class Measured:
    """What the senders of one phase saw."""

    answered_s: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    """Unit, and when its message was sent."""
    codes: Counter[int] = field(default_factory=Counter)
    flood: Counter[int] = field(default_factory=Counter)


def event(partner: str, number: str) -> bytes:
    said = nw.shipment(number)
    said["source"] = f"/tms/{partner}"
    said["data"]["references"] = []
    return json.dumps(said).encode()


def headers(partner: str) -> dict[str, str]:
    return {"content-type": "application/json", "authorization": f"Bearer key-{partner}"}


def paced(url: str, partner: str, phase: str, measured: Measured) -> None:
    """Send at an even pace; who is told to come later would be a failure of the promise."""
    begun = time.monotonic()
    with httpx.Client(timeout=60) as client:
        for at in range(int(PHASE_S / EACH_S)):
            time.sleep(max(0.0, begun + at * EACH_S - time.monotonic()))
            number = f"{phase}{partner}{at}".upper()
            before = time.monotonic()
            answer = client.post(url, content=event(partner, number), headers=headers(partner))
            measured.answered_s.append(time.monotonic() - before)
            measured.codes[answer.status_code] += 1
            measured.sent[f"shipment:{number}"] = before


def flood(url: str, name: str, wanted: float, seconds: float, told: Any) -> None:
    """Offer so many messages a second, from as many connections as that needs, in a process."""
    codes: Counter[int] = Counter()
    os.nice(15)  # the flooding partner's own machine is not ours to slow down

    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    numbers = itertools.count()
    begun = time.monotonic()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while time.monotonic() < begun + seconds:
            number = next(numbers)
            await asyncio.sleep(max(0.0, begun + number / wanted - time.monotonic()))
            writer.write(request(url, event("flood", f"{name}X{number}")))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            codes[int(head.split(maxsplit=2)[1])] += 1
            await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        writer.close()

    async def offer() -> None:
        await asyncio.gather(*(connection() for _ in range(FLOODERS)))

    asyncio.run(offer())
    told.put(dict(codes))


def request(url: str, body: bytes) -> bytes:
    """A request as bytes: a client's own cost would be taken from what is measured."""
    told = {**headers("flood"), "host": "flood", "content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {urlsplit(url).path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def flooding(url: str, name: str, wanted: float, seconds: float) -> Callable[[], Counter[int]]:
    """Begin a flood, and give what tells how it was answered."""
    queue = SPAWN.Queue()
    process = SPAWN.Process(target=flood, args=(url, name, wanted, seconds, queue))
    process.start()

    def answered() -> Counter[int]:
        codes = Counter(queue.get())
        process.join()
        return codes

    return answered


def decided_s(url: str, measured: Measured, decided: dict[str, float]) -> list[float]:
    """How long after it was sent each unit's decision was seen to stand."""
    until = time.monotonic() + 60
    while not measured.sent.keys() <= decided.keys() and time.monotonic() < until:
        time.sleep(0.05)
    missing = measured.sent.keys() - decided.keys()
    assert not missing, f"never decided: {sorted(missing)[:5]} of {url}"
    return [decided[unit] - sent for unit, sent in measured.sent.items()]


def _settled(url: str) -> None:
    """Wait until nothing is due any more."""
    with psycopg.connect(url, autocommit=True) as connection:
        while (connection.execute("select count(*) from due").fetchone() or (0,))[0]:
            time.sleep(0.1)


def watch(url: str, decided: dict[str, float], stop: threading.Event) -> None:
    """Note when each unit's decision is there, by looking again and again."""
    last = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while not stop.is_set():
            query = "select seq, unit from decision_taken where seq > %s order by seq"
            for seq, unit in connection.execute(query, (last,)).fetchall():
                last = max(last, seq)
                decided.setdefault(unit, time.monotonic())
            time.sleep(0.01)


def p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def phase(url: str, name: str, flood_a_second: float = 0.0) -> Measured:
    measured = Measured()
    flooded = flooding(url, name, flood_a_second, PHASE_S) if flood_a_second else None
    with ThreadPoolExecutor(len(PARTNERS)) as threads:
        paces = [threads.submit(paced, url, each, name, measured) for each in PARTNERS]
        for each in paces:
            each.result()
    if flooded:
        measured.flood = flooded()
    return measured


def main() -> None:
    """Print the figures of both phases side by side."""
    server = start_postgres()
    try:
        url = new_database(server, "flood")
        database = Database(url)
        database.upgrade()
        database.close()
        _measure(url)
    finally:
        server.stop()


def _measure(url: str) -> None:
    settings = {"TOLLGATE_API_KEYS": KEYS}
    decided: dict[str, float] = {}
    stop = threading.Event()
    with ExitStack() as processes:
        folder = Path(processes.enter_context(tempfile.TemporaryDirectory()))
        served = processes.enter_context(serving(url, folder, "--no-work", settings=settings))
        processes.enter_context(working(url, folder))
        watcher = threading.Thread(target=watch, args=(url, decided, stop))
        watcher.start()
        to = f"{served.url}/v1/events"
        takes = flooding(to, "T", 100_000.0, ALONE_S)()[200] / ALONE_S
        _settled(url)
        phase(to, "W")  # until everything is warm
        quiet = phase(to, "Q")
        quiet_decided = decided_s(url, quiet, decided)
        loud = phase(to, "L", TIMES * takes)
        loud_decided = decided_s(url, loud, decided)
        stop.set()
        watcher.join()
    taken, offered = loud.flood[200], loud.flood.total()
    print(
        f"{len(PARTNERS)} partners, a message each {EACH_S} s. Of a fifth that is alone "
        f"{takes:,.0f} a second are taken; it offers {TIMES * takes:,.0f} a second from {FLOODERS} "
        f"connections, of which {offered / PHASE_S:,.0f} come to an answer, {taken / PHASE_S:,.0f} "
        "are taken, and the rest is told to come later"
    )
    print(f"others' answers, quiet {dict(quiet.codes)}, flooded {dict(loud.codes)}")
    print(f"\n{'p95 of the others, ms':<26}{'quiet':>10}{'flooded':>10}{'ratio':>8}")
    for name, before, after in (
        ("acknowledged", quiet.answered_s, loud.answered_s),
        ("decided", quiet_decided, loud_decided),
    ):
        print(
            f"{name:<26}{p95(before) * 1000:>10.1f}{p95(after) * 1000:>10.1f}"
            f"{p95(after) / p95(before):>7.2f}x"
        )


if __name__ == "__main__":
    main()
