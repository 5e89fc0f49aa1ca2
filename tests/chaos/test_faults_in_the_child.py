"""Crashes and hangs inside the engine's process, for given units: held, and nobody else's harm."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from app.infrastructure.engine.pool import ATTEMPTS, FORGIVEN, EnginePool
from app.infrastructure.engine.protocol import Ask, Reply
from app.infrastructure.engine.worker import Worker
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import Quantifier
from app.judgement.rulebook.seen import View
from app.telemetry import REGISTRY
from tests.chaos.processes import stand_in, state
from tests.unit.infrastructure.engine.judging import is_, item, pack, pattern, rule, view

NEEDS_POD = pack(rule(pattern(Quantifier.SOME, "document", is_("type", "POD"))))
POD = view(item("document", "1", type="POD"))
BOL = view(item("document", "1", type="BOL"))
FAULTS = {
    "crash": "ended with code -11",
    "abort": "ended with code -6",
    "leave": "ended with code 0",
    "hang": "silent for 0.4 seconds",
    "raise": "MemoryError",
}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[EnginePool]:
    monkeypatch.setattr("app.infrastructure.engine.worker.CHILD", "tests.chaos.faulty_child")
    with EnginePool(workers=2, time_limit_s=0.4) as faulty:
        yield faulty


def with_fault(fault: str) -> View:
    return view(item("document", "1", type="POD"), fault=fault)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def lost() -> float:
    return counted("tollgate_engine_processes_replaced_total", why="lost")


@pytest.mark.parametrize("fault, said", FAULTS.items())
def test_a_unit_that_breaks_its_child_has_no_answer_after_two_attempts(
    pool: EnginePool, fault: str, said: str
) -> None:
    before = lost()
    answer = pool.judge(NEEDS_POD, with_fault(fault))
    assert isinstance(answer, NoAnswer)
    assert said in answer.why
    # An exception is told by a child that lives on; it is not asked again what it cannot answer.
    assert lost() - before == (0 if fault == "raise" else ATTEMPTS)
    assert pool.judge(NEEDS_POD, POD) == Answer(firings=())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_view_that_breaks_the_child_spoils_no_other_in_its_message(
    pool: EnginePool, fault: str
) -> None:
    first, broken, third = pool.judge_many(NEEDS_POD, [POD, with_fault(fault), POD])
    assert first == third == Answer(firings=())
    assert isinstance(broken, NoAnswer)


def test_units_that_crash_and_hang_harm_nobody_who_asks_at_the_same_time(pool: EnginePool) -> None:
    right = {id(each): pool.judge(NEEDS_POD, each) for each in (POD, BOL)}
    wrong: list[object] = []
    done = threading.Event()

    def break_it() -> None:
        while not done.is_set():
            for fault in ("crash", "hang", "leave"):
                answer = pool.judge(NEEDS_POD, with_fault(fault))
                if not isinstance(answer, NoAnswer):
                    wrong.append(answer)

    def ask() -> None:
        for number in range(200):
            each = (POD, BOL)[number % 2]
            answer = pool.judge(NEEDS_POD, each)
            if answer != right[id(each)]:
                wrong.append(answer)

    breaking = threading.Thread(target=break_it)
    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in (breaking, *asking):
        thread.start()
    for thread in asking:
        thread.join()
    done.set()
    breaking.join()
    assert not wrong


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_child_and_the_one_that_stands_by_may_be_lost_at_once(
    pool: EnginePool, how: signal.Signals
) -> None:
    """Nobody asks at that moment, so the next question costs no attempt."""
    before = counted("tollgate_engine_retries_total")
    for _ in range(3):
        assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
        hit = [*pool.processes(), stand_in(pool)]
        for pid in hit:
            os.kill(pid, how)
        while any(state(pid) not in "TZ" for pid in hit):
            time.sleep(0.001)
    assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
    assert counted("tollgate_engine_retries_total") == before


def test_a_child_that_others_kill_again_and_again_is_forgiven_a_few_times_only(
    pool: EnginePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is killed from outside each time may be killed for what it was asked, as by a limit."""
    asked, right = 0, Worker.reply_to

    def killed(self: Worker, ask: Ask, rules: bytes) -> Reply:
        nonlocal asked
        asked += 1
        os.kill(self.process.pid, signal.SIGKILL)
        return right(self, ask, rules)

    monkeypatch.setattr(Worker, "reply_to", killed)
    answer = pool.judge(NEEDS_POD, POD)
    assert isinstance(answer, NoAnswer)
    assert "ended with code -9" in answer.why
    assert asked == ATTEMPTS + FORGIVEN


def test_a_question_survives_the_loss_of_as_many_children_as_are_forgiven(
    pool: EnginePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, right = 0, Worker.reply_to

    def killed_at_first(self: Worker, ask: Ask, rules: bytes) -> Reply:
        nonlocal asked
        asked += 1
        if asked <= FORGIVEN + 1:
            os.kill(self.process.pid, signal.SIGSTOP if asked == 1 else signal.SIGKILL)
        return right(self, ask, rules)

    monkeypatch.setattr(Worker, "reply_to", killed_at_first)
    assert pool.judge(NEEDS_POD, POD) == Answer(firings=())


def test_a_pack_that_breaks_the_child_that_loads_it_is_not_loaded_ahead(
    pool: EnginePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be the end of everybody who stands by."""
    deadly = pack(rule(pattern(Quantifier.SOME, "stop"), rule_id="DEADLY"))
    right = Worker.load

    def breaking(self: Worker, key: str, rules: bytes) -> Reply:
        if b"DEADLY" in rules:
            os.kill(self.process.pid, signal.SIGSEGV)
        return right(self, key, rules)

    monkeypatch.setattr(Worker, "load", breaking)
    assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
    stand_in(pool)
    for _ in range(2):
        assert isinstance(pool.judge(deadly, POD), NoAnswer)
    stand_in(pool)
    assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
