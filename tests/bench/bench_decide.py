"""What a decision costs and how that grows: `python -m tests.bench.bench_decide`.

Every figure is per unit of Northwind's (six messages, two charges, some forty rules), on SQLite in
a temporary folder, with full durability. Only the ratios say something about tollgate; the
times are this machine's.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from app.main import open_house, read_drafts, upgrade_database
from app.operations.changing.accept_editions import accept_editions
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import decide_unit, dossier_of, evaluate
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.settings import Settings
from tests.integration.operations import northwind as nw

SIZES = (100, 400, 1600)
SAMPLE = 100


def milliseconds(work: Callable[[], object], times: int) -> float:
    """One piece of the work, in milliseconds."""
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) / times * 1000


def measured(house: House, size: int, known: int) -> dict[str, float]:
    """Costs with so many units stored."""
    numbers = [f"N{number}" for number in range(known, size)]
    sample = numbers[-SAMPLE:]

    def record() -> None:
        for number in numbers:
            nw.record(house, *nw.moved(number), nw.pod(number))

    def decide() -> None:
        for number in sample:
            decide_unit(house, number)

    figures = {"record": milliseconds(record, len(numbers))}
    figures["decide"] = milliseconds(decide, SAMPLE)
    figures["ask again"] = milliseconds(decide, SAMPLE)
    with house.database.reading(house.tenant) as store:
        dossier = dossier_of(store, sample[0])
        editions = editions_by_digest(store, dossier.editions)
    figures["evaluate only"] = milliseconds(
        lambda: [evaluate(house, dossier, editions) for _ in range(SAMPLE)], SAMPLE
    )
    taken = SAMPLE * (SIZES.index(size) + 1)
    figures["replay"] = milliseconds(lambda: list(replay_decisions(house)), taken)
    return figures


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        url = SecretStr(f"sqlite:///{Path(folder) / 'bench.db'}")
        settings = Settings(database_url=url)
        upgrade_database(settings)
        with open_house(settings) as house:
            accept_editions(house, read_drafts(settings))
            table, known = {}, 0
            for size in SIZES:
                table[size] = measured(house, size, known)
                known = size
    names = list(table[SIZES[0]])
    print(f"{'ms a unit, with units stored':<30}" + "".join(f"{size:>9}" for size in SIZES))
    for name in names:
        print(f"{name:<30}" + "".join(f"{table[size][name]:>9.2f}" for size in SIZES))
    first, last = table[SIZES[0]], table[SIZES[-1]]
    print(f"\n{'growth, ' + str(SIZES[-1] // SIZES[0]) + ' times the units':<30}")
    for name in names:
        print(f"{name:<30}{last[name] / first[name]:>8.2f}x")


if __name__ == "__main__":
    main()
