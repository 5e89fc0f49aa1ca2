"""What one partner's flood does to the others: `python -m tests.bench.bench_flood`.

One service and one worker process on a real PostgreSQL. Four partners send at an even pace, each
event is acknowledged, and its unit is decided; first alone, then while a fifth sends as fast as it
can from many connections, which is many times what is taken in. Latencies are from the sender's
side: until the answer, and until the decision stands in the database. Only the ratios say
something about tollgate.
"""

import json
import math
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

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
FLOODERS = 16
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


def flood(url: str, lane: int, stop: threading.Event, measured: Measured) -> None:
    with httpx.Client(timeout=60) as client:
        number = 0
        while not stop.is_set():
            number += 1
            body = event("flood", f"F{lane}X{number}")
            answer = client.post(url, content=body, headers=headers("flood"))
            measured.flood[answer.status_code] += 1


def decided_s(url: str, measured: Measured, decided: dict[str, float]) -> list[float]:
    """How long after it was sent each unit's decision was seen to stand."""
    until = time.monotonic() + 60
    while not measured.sent.keys() <= decided.keys() and time.monotonic() < until:
        time.sleep(0.05)
    missing = measured.sent.keys() - decided.keys()
    assert not missing, f"never decided: {sorted(missing)[:5]} of {url}"
    return [decided[unit] - sent for unit, sent in measured.sent.items()]


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


def phase(url: str, name: str, *, flooded: bool) -> Measured:
    measured, stop = Measured(), threading.Event()
    lanes = FLOODERS if flooded else 0
    with ThreadPoolExecutor(len(PARTNERS) + FLOODERS) as threads:
        floods = [threads.submit(flood, url, lane, stop, measured) for lane in range(lanes)]
        paces = [threads.submit(paced, url, each, name, measured) for each in PARTNERS]
        for each in paces:
            each.result()
        stop.set()
        for each in floods:
            each.result()
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
        phase(to, "W", flooded=False)  # until everything is warm
        quiet = phase(to, "Q", flooded=False)
        quiet_decided = decided_s(url, quiet, decided)
        loud = phase(to, "L", flooded=True)
        loud_decided = decided_s(url, loud, decided)
        stop.set()
        watcher.join()
    taken, away = loud.flood[200], loud.flood[429]
    print(
        f"{len(PARTNERS)} partners, a message each {EACH_S} s; the flood of a fifth: "
        f"{(taken + away) / PHASE_S:,.0f} a second sent, {taken / PHASE_S:,.0f} taken, "
        f"{away / PHASE_S:,.0f} told to come later ({(taken + away) / max(taken, 1):.1f} times "
        "what is taken)"
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
