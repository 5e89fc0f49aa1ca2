"""What a page costs beside a bare indexed read: `python -m tests.bench.bench_console`.

A `tollgate serve` on a real PostgreSQL, and the loops beside it in a `tollgate work`, so that the
processor time of the service is that of its pages. It is asked over one connection that stays open:
a page, the bare read (`console_service.py`), the next page, and so on, many times, with ever more
units stored. A page costs what the median of its times comes to in times of the bare read's, by the
clock and by the processor time of the service. It ends with 1 where with most units stored a page
costs more than five bare reads. Only the ratios say something about tollgate.
"""

import http.client
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import LiteralString
from urllib.parse import quote, urlsplit

import psycopg

from app.operations.house import House
from app.operations.looking.board import keep_board
from app.operations.looking.forecast import fit_forecast
from app.operations.looking.kpis import keep_kpis
from app.operations.looking.rule_totals import keep_rules
from tests.bench.console_service import BARE
from tests.bench.many_units import grow, weeks_house
from tests.integration.api.served import Served, free_port, working
from tests.real.postgresql import new_database, start_postgres

SIZES = tuple(int(each) for each in os.environ.get("BENCH_UNITS", "1000 10000 100000").split())
SERVICE = (sys.executable, "-m", "tests.bench.console_service", "serve")
TIMES = 30
WARM = 5
AT_MOST = 5.0
PAGES_ON = 19
HELD_UNIT = "shipment:NS10410"
"""Of the week: held, with several answers about it."""
KPI = "shipment-to-bill-latency"
CUSTOMER = "NORTHWIND"
_DECISION = "select decision_id from standing where unit = %s"
_MANY = """select unit from decision_taken where unit in (select unit from release)
group by unit order by count(*) desc, unit limit 1"""
"""The unit with most decisions of those that were billed."""
_FACT = "select fact_id from fact_reference where key = %s limit 1"
_NEXT = re.compile(r'<a href="([^"]*)" rel="next"')


@dataclass
class Spent:
    """Milliseconds of each request: by the clock, and of the service's processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    size: int = 0

    def middle(self) -> tuple[float, float]:
        return statistics.median(self.wall), statistics.median(self.cpu)


class Asking:
    """One browser's connection to the service."""

    def __init__(self, served: Served) -> None:
        self._pid = served.process.pid
        self._connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=60)
        self._cookie = ""

    def get(self, path: str) -> bytes:
        self._connection.request(
            "GET", path, headers={"Accept": "text/html", "Cookie": self._cookie}
        )
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == http.HTTPStatus.OK, f"{path}: {answer.status} {body[:400]!r}"
        if said := answer.getheader("Set-Cookie"):
            self._cookie = said.partition(";")[0]
        return body

    def timed(self, path: str, spent: Spent) -> None:
        cpu, wall = self._cpu_ms(), time.perf_counter()
        body = self.get(path)
        spent.wall.append((time.perf_counter() - wall) * 1000)
        spent.cpu.append(self._cpu_ms() - cpu)
        spent.size = len(body)

    def _cpu_ms(self) -> float:
        """What all threads of the service have used so far."""
        threads = Path(f"/proc/{self._pid}/task").iterdir()
        return sum(_nanoseconds(each) for each in threads) / 1e6


def _nanoseconds(thread: Path) -> int:
    try:
        return int((thread / "schedstat").read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, ProcessLookupError):  # it ended between two looks
        return 0


def pages(asking: Asking, url: str) -> Mapping[str, str]:
    """Every page by what it is called here."""
    with psycopg.connect(url) as connection:
        decision = _one(connection, _DECISION, HELD_UNIT)
        many = _one(connection, _MANY)
        fact = _one(connection, _FACT, HELD_UNIT.replace(":", "::"))
    filters = {
        "customer": "CUSTOMER 7",
        "carrier": "CAR10",
        "code": "POD_MISSING",
        "owner": "billing",
        "age": "7-30",
        "only": "alone",
    }
    return {
        "/": "/",
        **{f"/?{name}=": f"/?{name}={quote(value)}" for name, value in filters.items()},
        "/?only=unpriced": "/?only=unpriced",
        "/ page 20": _further(asking, "/"),
        "/board": "/board",
        "/provisionals": "/provisionals",
        "/rights": "/rights",
        "/units?stage=held": "/units?stage=held",
        "/units?stage=billed p. 20": _further(asking, "/units?stage=billed"),
        "/units/{unit}": f"/units/{HELD_UNIT}",
        "/units/{unit} of many": f"/units/{many}",
        "/units/{unit}/changes": f"/units/{many}/changes",
        "/decisions/{id}": f"/decisions/{decision}",
        "/decisions/{id} rules": f"/decisions/{decision}?rules=all",
        "/decisions/{id} rules p. 3": f"/decisions/{decision}?rules=3",
        "/decisions/{id} printed": f"/decisions/{decision}?print=1",
        "/messages/of-fact/{id}": f"/messages/of-fact/{fact}",
        "/kpis": "/kpis",
        "/kpis/{name}": f"/kpis/{KPI}",
        "/kpis/{name} list p. 20": _further(asking, f"/kpis/{KPI}"),
        "/rules": "/rules",
        "/rules/{customer}": "/rules/NORTHWIND",
        "/rules/standard/{rule}": "/rules/standard/POD-1",
        "/rules/.../{release}": "/rules/standard/REL-1",
        "/customer": f"/customer?customer={CUSTOMER}",
        "/customer p. 20": _further(asking, f"/customer?customer={CUSTOMER}"),
        "/customer/units/{unit}": f"/customer/units/{HELD_UNIT}?customer={CUSTOMER}",
        "/forecast": "/forecast",
    }


def _one(connection: psycopg.Connection, query: LiteralString, *told: str) -> str:
    row = connection.execute(query, told).fetchone()
    assert row, f"the demo's week has no answer to {query}"
    return str(row[0])


def _further(asking: Asking, path: str) -> str:
    """Some pages on in a list, or its last one."""
    for _ in range(PAGES_ON):
        found = _NEXT.search(asking.get(path).decode())
        if not found:
            break
        onwards = unescape(found[1])
        path = urlsplit(path).path + onwards if onwards.startswith("?") else onwards
    return path


def measured(served: Served, url: str) -> dict[str, tuple[float, float, float, float, int]]:
    """Of each page: milliseconds by the clock and processor, and both as times of a bare read."""
    asking = Asking(served)
    asked = pages(asking, url)
    bare = f"{BARE}/{HELD_UNIT}"
    table = {}
    for path in asked.values():
        for _ in range(WARM):
            asking.get(path)
    spent = {name: (Spent(), Spent()) for name in asked}
    for _ in range(TIMES):
        for name, path in asked.items():
            of_page, of_bare = spent[name]
            asking.timed(path, of_page)
            asking.timed(bare, of_bare)
    every_bare = Spent(
        [each for _, bares in spent.values() for each in bares.wall],
        [each for _, bares in spent.values() for each in bares.cpu],
    )
    least = every_bare.middle()
    for name, (of_page, _) in spent.items():
        wall, cpu = of_page.middle()
        table[name] = wall, cpu, wall / least[0], cpu / least[1], of_page.size
    table["(the bare read)"] = *least, 1.0, 1.0, 0
    return table


@contextmanager
def service(url: str, folder: Path) -> Iterator[Served]:
    """The service with the bare read."""
    port, log = free_port(), folder / "serve.log"
    with log.open("ab") as output:
        process = Popen(
            [*SERVICE, "--port", str(port), "--no-work"],
            env={**os.environ, "TOLLGATE_DATABASE_URL": url},
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
        )
    served = Served(process, port, log)
    try:
        served.wait_until_ready()
        yield served
    finally:
        served.kill()


def _counted(house: House) -> None:
    """What loops count is counted before, so that they rest."""
    keep_board(house)
    fit_forecast(house)
    keep_kpis(house)
    keep_rules(house)


def main() -> None:
    """Print the table; 1 where a page costs too much."""
    server = start_postgres()
    found = {}
    try:
        url = new_database(server, "console")
        with weeks_house(url) as house, tempfile.TemporaryDirectory() as folder:
            before = 0
            for size in SIZES:
                grow(url, before, size)
                _counted(house)
                at = Path(folder)
                with service(url, at) as served, working(url, at):
                    found[size] = measured(served, url)
                before = size
    finally:
        server.stop()
    report(found)
    worst = max(max(row[2:4]) for row in found[SIZES[-1]].values())
    sys.exit(worst > AT_MOST)


def report(
    found: Mapping[int, Mapping[str, Sequence[float]]],
) -> None:
    """The table, with how a page's cost grows."""
    most = SIZES[-1]
    growth = "".join(f"{size:>9,}" for size in SIZES)
    print(f"Times a bare indexed read, by clock and processor, with {most:,} units, the larger of")
    print("both also with fewer")
    print(f"{'page':<26}{'ms':>7}{'CPU ms':>8}{'KiB':>6}{'clock':>7}{'CPU':>6}  {growth}")
    for name, row in found[most].items():
        wall, cpu, by_wall, by_cpu, size = row
        grown = "".join(f"{max(found[each][name][2:4]):>8.1f}x" for each in SIZES)
        over = "  too much" if max(by_wall, by_cpu) > AT_MOST else ""
        print(
            f"{name:<26}{wall:>7.1f}{cpu:>8.1f}{size / 1024:>6.0f}"
            f"{by_wall:>6.1f}x{by_cpu:>5.1f}x  {grown}{over}"
        )


if __name__ == "__main__":
    main()
