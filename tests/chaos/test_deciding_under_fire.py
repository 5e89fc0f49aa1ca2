"""Every engine process killed or stopped in turn while units are decided: none lost, none wrong."""

import io
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from app.entrypoints.demo import OPENED, record_week
from app.entrypoints.drafts import bring_into_force
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.engine.standby import PACKS_AHEAD
from app.infrastructure.engine.worker import Worker
from app.judgement.rulebook.model import Kind, Pattern, Quantifier, RulePack
from app.main import open_house, read_drafts, upgrade_database
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.look_up import all_units
from app.settings import Settings
from app.telemetry import REGISTRY
from tests.chaos.processes import engine_processes, stand_in
from tests.laws.packs import Invention

WORKERS = 3
THREADS = 4
EVERY_S = 0.2
"""A process takes about so long to start on a machine with something to do."""


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the made-up week, of which nothing is decided."""
    folder: Path = tmp_path_factory.mktemp("fire") / "week"
    folder.mkdir()
    settings = settings_of(folder)
    upgrade_database(settings)
    with open_house(settings) as opened:
        bring_into_force(settings, opened, at=OPENED)
        record_week(opened, Console(file=io.StringIO()))
    return folder


def settings_of(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'week.db'}",  # type: ignore[arg-type]
        engine_workers=WORKERS,
        engine_time_limit_s=0.5,
    )


@contextmanager
def undecided(week: Path, tmp_path: Path) -> Iterator[House]:
    """A house with a copy of the week."""
    copy = tmp_path / f"copy {len(list(tmp_path.iterdir()))}"
    shutil.copytree(week, copy)
    with open_house(settings_of(copy)) as house:
        yield house


def decided_by_many(house: House, units: Sequence[str]) -> None:
    """Each unit decided by one of several threads; what goes wrong in one is raised here."""
    together([partial(decide_all, house, units[first::THREADS]) for first in range(THREADS)])


def decide_all(house: House, units: Sequence[str]) -> None:
    for unit in units:
        decide_unit(house, unit)


def together(works: Sequence[Callable[[], object]]) -> None:
    failed: list[BaseException] = []

    def careful(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 - raised below, in the test's own thread
            failed.append(problem)

    threads = [threading.Thread(target=careful, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def bodies(house: House) -> dict[str, tuple[str, bytes, bytes]]:
    """Every stored decision by its unit; one that failed would stand beside the right one."""
    with house.database.reading(house.tenant) as store:
        rows = list(store.decisions.in_order())
    assert len({row.unit for row in rows}) == len(rows), "a unit was decided twice, differently"
    return {row.unit: (row.decision_id, row.body, row.trace) for row in rows}


@contextmanager
def fire(how: signal.Signals) -> Iterator[set[int]]:
    """One process after the other, those that are being asked and the one that stands by, too."""
    hit: set[int] = set()
    done = threading.Event()

    def shoot() -> None:
        while not done.wait(EVERY_S):
            others = [pid for pid in engine_processes() if pid not in hit]
            if others:
                hit.add(others[0])
                os.kill(others[0], how)

    gunner = threading.Thread(target=shoot)
    gunner.start()
    try:
        yield hit
    finally:
        done.set()
        gunner.join()


@pytest.mark.parametrize("how, rounds", [(signal.SIGKILL, 3), (signal.SIGSTOP, 1)])
def test_no_decision_is_lost_or_wrong_when_every_process_is_hit_in_turn(
    week: Path,
    tmp_path: Path,
    how: signal.Signals,
    rounds: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with undecided(week, tmp_path) as house:
        units = all_units(house)
        decided_by_many(house, units)
        quietly = bodies(house)
    assert quietly.keys() == set(units)
    hits = 0
    for _ in range(rounds):
        with undecided(week, tmp_path) as house:
            with fire(how) as hit:
                decided_by_many(house, units)
            assert bodies(house) == quietly
            hits += len(hit)
    assert hits > WORKERS, "more than every process was hit"
    with capsys.disabled():
        print(f"\n{hits} processes hit by {how.name} in {rounds * len(units)} decisions", end=" ")


def test_rules_change_under_load_and_each_decision_is_by_one_edition(
    week: Path, tmp_path: Path
) -> None:
    """A rule comes and changes while units are decided; replaying finds no mix of editions."""
    with undecided(week, tmp_path) as house:
        units = all_units(house)
        drafts = read_drafts(settings_of(week))
        done = threading.Event()
        retried = counted("tollgate_engine_alarms_total", hold="ENGINE_FAILED")

        def change() -> None:
            for number in range(4):
                accept_editions(house, with_another_rule(drafts, number))
            done.set()

        def ask() -> None:
            while not done.is_set():
                for unit in units:
                    decide_unit(house, unit)

        together([change, *[ask] * THREADS])
        for unit in units:
            decide_unit(house, unit)
        with house.database.reading(house.tenant) as store:
            rows = list(store.decisions.in_order())
        assert counted("tollgate_engine_alarms_total", hold="ENGINE_FAILED") == retried
        assert all(row.decision_id == row.dossier_digest for row in rows), "both keys agreed"
        assert len(rows) > len(units), "some were decided by more than one edition"
        assert not [each for each in replay_decisions(house) if each.differs]


def with_another_rule(drafts: Drafts, number: int) -> Drafts:
    """The drafts with a rule that holds what has no paper; each time it says something else."""

    def grown(pack: RulePack) -> RulePack:
        like = next(rule for rule in pack.rules if rule.kind is Kind.REQUIRE)
        paper = Pattern(quantifier=Quantifier.SOME, entity="document", conditions=())
        another = msgspec.structs.replace(
            like, rule_id="PAPER-1", applies=(), unless=(), patterns=(paper,), say=f"say {number}"
        )
        return msgspec.structs.replace(pack, rules=(*pack.rules, another))

    packs = tuple(grown(pack) for pack in drafts.packs)
    return msgspec.structs.replace(drafts, packs=packs, cases=())


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
            stand_in(pool)
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
