"""A storm over a whole installation: `python -m tests.chaos.storm.run --faults 200 --seed 7`.

Two services and two workers share a PostgreSQL that crashes; sources send to whichever service
answers; a real Tryton takes the invoices behind a proxy that loses, delays, doubles and refuses
requests. Afterwards the checker reads the sources' log, the database and the ERP.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from app.infrastructure.storage.database import Database
from app.settings import PRODUCT
from tests.chaos.storm.checker import Found, InErp, check
from tests.chaos.storm.crowd import Crowd
from tests.chaos.storm.faults import Storm, blow
from tests.chaos.storm.sources import BILLED, Sources, is_under_way, messages
from tests.real.faulty_proxy import Fault, FaultyProxy, faulty_proxy
from tests.real.installation import amount, installation
from tests.real.postgresql import new_database, start_postgres
from tests.real.tryton import RunningTryton, tryton_on_postgresql

SENDERS = 4
STRIKES_EVERY_S = 1.2
SETTLES_WITHIN_S = 420.0
RAIN = {
    Fault.NONE: 5.0,
    Fault.DROP_BEFORE: 1.0,
    Fault.DROP_AFTER: 1.0,
    Fault.DELAY: 1.0,
    Fault.TWICE: 0.5,
    Fault.ANSWER_500: 1.0,
    Fault.ANSWER_503: 0.5,
    Fault.ANSWER_400: 0.3,
    Fault.NEVER: 0.3,
}


def storm(
    shipments: int,
    faults: int,
    seed: int,
    *,
    at_most_s: float,
    strikes_every_s: float,
    twice: float,
) -> Found:
    """One run; what was counted, and every promise that was broken."""
    server = start_postgres(keeps=True)
    try:
        url = new_database(server, "storm")
        database = Database(url)
        database.upgrade()
        database.close()
        with ExitStack() as around:
            folder = Path(around.enter_context(tempfile.TemporaryDirectory()))
            # On SQLite two posts at once may be given one number by Tryton itself.
            books = start_postgres()
            around.callback(books.stop)
            tryton = around.enter_context(tryton_on_postgresql(books))
            proxy = around.enter_context(faulty_proxy(tryton.url))
            settings = installation(folder, PRODUCT / "rules", proxy.url, tryton)
            crowd = Crowd(url, folder, settings)
            around.callback(crowd.stop)
            crowd.start()
            sources = Sources(crowd.urls, messages(shipments, seed), seed)
            raging = Storm(crowd, server, seed)
            proxy.rain(seed, {**RAIN, Fault.TWICE: twice})
            sources.start(SENDERS, pause_s=at_most_s / 6 / len(messages(shipments, seed)))
            blow(raging, lambda: _faults(raging, proxy) >= faults, strikes_every_s, at_most_s)
            struck = _faults(raging, proxy)
            _say(raging, proxy)
            proxy.calm()
            sources.finish()
            _wait(lambda: _is_settled(url), SETTLES_WITHIN_S)
            names = {f"ST{n}": not is_under_way(n) for n in range(1, shipments + 1)}
            found = check(url, sources.log.acknowledged, _invoices(tryton), BILLED, names)
            found.counts["faults injected"] = struck
            found.counts["creations that the ERP got twice"] = _doubled(proxy)
            found.counts["answers lost on the way"] = sources.log.lost_answers
            found.broken += sources.log.refused
            if found.broken:
                kept = Path(tempfile.mkdtemp(prefix="tollgate-storm-"))
                shutil.copytree(folder, kept, dirs_exist_ok=True)
                found.broken.append(f"the logs are kept in {kept}")
            return found
    finally:
        server.stop()


def _faults(raging: Storm, proxy: FaultyProxy) -> int:
    return raging.done.total() + _wet(proxy)


def _wet(proxy: FaultyProxy) -> int:
    return sum(each.fault is not Fault.NONE for each in list(proxy.seen))


def _doubled(proxy: FaultyProxy) -> int:
    created = [each for each in list(proxy.seen) if each.method == "POST"]
    created = [each for each in created if urlsplit(each.path).path.endswith("account.invoice")]
    return sum(each.fault is Fault.TWICE for each in created)


def _say(raging: Storm, proxy: FaultyProxy) -> None:
    for what, times in sorted(raging.done.items()):
        print(f"{times:>6}  {what}")
    print(f"{_wet(proxy):>6}  the ERP answers late, twice, with errors or not at all")


def _is_settled(url: str) -> bool:
    """Whether nothing is due, and nothing is on its way that is not given up."""
    query = (
        "select (select count(*) from due) + (select count(*) from outbox_waiting)"
        " + (select count(*) from sending where state = 'waiting')"
    )
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row is not None and not row[0]


def _wait(done: Callable[[], bool], at_most_s: float) -> None:
    until = time.monotonic() + at_most_s
    while not done() and time.monotonic() < until:
        time.sleep(0.3)


def _invoices(tryton: RunningTryton) -> list[InErp]:
    """Every invoice to a customer, as Tryton itself tells it."""
    fields = ("reference", "number", "state", "total_amount")
    found = tryton.search("account.invoice", [["type", "=", "out"]], *fields)
    return [
        InErp(
            reference=str(each["reference"] or ""),
            number=str(each["number"] or ""),
            state=str(each["state"]),
            total=amount(each["total_amount"]),
        )
        for each in found
    ]


def main() -> None:
    """Run, print the counts, and end with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipments", type=int, default=80)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-most-s", type=float, default=600.0)
    # On a busy machine a process needs longer to come up than between two strikes.
    parser.add_argument("--strikes-every-s", type=float, default=STRIKES_EVERY_S)
    parser.add_argument("--twice", type=float, default=RAIN[Fault.TWICE], help="its weight")
    asked = parser.parse_args()
    found = storm(
        asked.shipments,
        asked.faults,
        asked.seed,
        at_most_s=asked.at_most_s,
        strikes_every_s=asked.strikes_every_s,
        twice=asked.twice,
    )
    print()
    for what, times in found.counts.items():
        print(f"{times:>6}  {what}")
    print(f"{len(found.broken):>6}  promises broken")
    for sentence in found.broken:
        print(f"BROKEN  {sentence}")
    sys.exit(1 if found.broken else 0)


if __name__ == "__main__":
    main()
