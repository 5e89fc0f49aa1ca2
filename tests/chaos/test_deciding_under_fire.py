"""Every engine process killed or stopped in turn while units are decided: none lost, none wrong."""

import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from app.entrypoints.demo import OPENED, record_week
from app.entrypoints.drafts import bring_into_force
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.engine.standby import PACKS_AHEAD
from app.infrastructure.engine.worker import Worker
from app.main import open_house, upgrade_database
from app.operations.decide_unit import dossier_of, evaluate
from app.operations.editions_in_force import editions_by_digest
from app.operations.house import House
from app.operations.look_up import all_units
from app.settings import Settings
from app.telemetry import REGISTRY
from tests.laws.packs import Invention

WORKERS = 3
THREADS = 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    file: Path = tmp_path_factory.mktemp("fire") / "week.db"
    settings = Settings(
        database_url=f"sqlite:///{file}",  # type: ignore[arg-type]
        engine_workers=WORKERS,
        engine_time_limit_s=0.5,
    )
    upgrade_database(settings)
    with open_house(settings) as opened:
        bring_into_force(settings, opened, at=OPENED)
        record_week(opened, Console(file=io.StringIO()))
        yield opened


def decided(house: House, unit: str) -> str:
    """The id of the decision, taken anew; where a key failed, it is another."""
    with house.database.reading(house.tenant) as store:
        dossier = dossier_of(store, unit)
        editions = editions_by_digest(store, dossier.editions)
    return evaluate(house, dossier, editions)[0].decision.decision_id


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_no_decision_is_lost_or_wrong_when_every_process_is_hit_in_turn(
    house: House, how: signal.Signals
) -> None:
    units = all_units(house)
    quietly = {unit: decided(house, unit) for unit in units}
    pool = house.first_key
    assert isinstance(pool, EnginePool)
    hit: set[int] = set()
    done = threading.Event()
    wrong: list[str] = []
    taken = 0

    def fire() -> None:
        """One process after the other, as they come back from their questions."""
        while not done.wait(0.2):
            ready = [pid for pid in pool.processes() if pid not in hit]
            if ready:
                hit.add(ready[0])
                os.kill(ready[0], how)

    def decide(first: int) -> None:
        nonlocal taken
        for unit in units[first::THREADS] * (6 if how is signal.SIGKILL else 2):
            if decided(house, unit) != quietly[unit]:
                wrong.append(unit)
            taken += 1

    gunner = threading.Thread(target=fire)
    deciders = [threading.Thread(target=decide, args=(number,)) for number in range(THREADS)]
    for thread in (gunner, *deciders):
        thread.start()
    for thread in deciders:
        thread.join()
    done.set()
    gunner.join()
    assert not wrong
    assert taken == len(units) * (6 if how is signal.SIGKILL else 2), "each was answered"
    assert hit, "somebody was hit while the units were decided"


def stands_by(pool: EnginePool) -> Worker:
    """The child that stands by, as soon as it does."""
    for _ in range(2000):
        if pool._standby._ready is not None:
            return pool._standby._ready
        time.sleep(0.005)
    raise AssertionError("nobody has come to stand by in ten seconds")


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_process_that_has_ended_while_nobody_asked_costs_no_attempt() -> None:
    invention = Invention(3)
    pack, view = invention.pack(), invention.view()
    before = counted("tollgate_engine_retries_total")
    with EnginePool() as pool:
        right = pool.judge(pack, view)
        for _ in range(5):
            (pid,) = pool.processes()
            os.kill(pid, signal.SIGKILL)
            while pool._free.queue[-1].worker.process.poll() is None:  # type: ignore[union-attr]
                time.sleep(0.001)
            assert pool.judge(pack, view) == right
    assert counted("tollgate_engine_retries_total") == before


def test_a_lost_process_is_replaced_in_less_than_a_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The one that stands by has started already; both are timed in this run."""
    invention = Invention(4)
    pack, view = invention.pack(), invention.view()
    began = time.perf_counter()
    cold = Worker(time_limit_s=5.0, load_limit_s=5.0)
    cold.wait_until_started()
    start = time.perf_counter() - began
    cold.end()
    replaced = []
    with EnginePool(time_limit_s=5.0) as pool:
        pool.judge(pack, view)
        for _ in range(5):
            stands_by(pool)
            (pid,) = pool.processes()
            os.kill(pid, signal.SIGKILL)
            began = time.perf_counter()
            pool.judge(pack, view)
            replaced.append(time.perf_counter() - began)
    ratio = sorted(replaced)[2] / start
    with capsys.disabled():
        print(f"\nreplaced and answered in {ratio:.2f} of a cold start", end=" ")
    assert ratio < 1


def test_packs_change_under_load_and_nobody_is_refused_or_judged_by_another_pack() -> None:
    inventions = [Invention(seed) for seed in range(40)]
    asked = [(each.pack(rules=20), each.view()) for each in inventions]
    with EnginePool(workers=2, time_limit_s=10.0) as quiet:
        right = [quiet.judge(pack, view) for pack, view in asked]
    wrong: list[int] = []
    with EnginePool(workers=2, time_limit_s=10.0) as pool:

        def ask(first: int) -> None:
            order = [*range(first, 40), *range(first)]
            wrong.extend(n for n in order if pool.judge(*asked[n]) != right[n])

        threads = [threading.Thread(target=ask, args=(first,)) for first in (0, 10, 20, 30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_no_process_loads_packs_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.infrastructure.engine.pool.PACKS_A_CHILD", 3)
    monkeypatch.setattr("app.infrastructure.engine.standby.PACKS_A_CHILD", 3)
    most = 0
    with EnginePool(time_limit_s=5.0) as pool:
        pids: set[int] = set()
        for seed in range(12):
            invention = Invention(seed)
            pool.judge(invention.pack(), invention.view())
            pids.update(pool.processes())
            (place,) = pool._free.queue
            assert place.worker is not None
            most = max(most, place.worker.packs_loaded)
    assert most <= 3 + PACKS_AHEAD
    assert len(pids) > 2, "one that is used up is replaced"
