"""Children that are killed, stopped or mute: never a wrong answer, and the next one is right."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.engine.protocol import Ask, Reply
from app.infrastructure.engine.worker import Worker
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import Quantifier, RulePack
from tests.laws.naive import NaiveKey
from tests.laws.packs import Invention
from tests.unit.infrastructure.engine.judging import is_, item, pack, pattern, rule, view

NEEDS_POD = pack(rule(pattern(Quantifier.SOME, "document", is_("type", "POD"))))
POD = view(item("document", "1", type="POD"))


def child_of(pool: EnginePool) -> Worker:
    worker = pool._free.queue[-1].worker
    assert worker is not None, "it has been asked something"
    return worker


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_a_lost_child_is_replaced_and_the_question_asked_again(how: signal.Signals) -> None:
    with EnginePool(time_limit_s=0.5) as pool:
        assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
        lost = child_of(pool).process
        os.kill(lost.pid, how)
        assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
        assert child_of(pool).process.pid != lost.pid
        assert lost.returncode is not None, "it was waited for"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_children_lost_in_the_middle_of_a_stream_never_make_a_wrong_answer(
    how: signal.Signals,
) -> None:
    invention = Invention(5)
    asked = invention.pack(rules=20)
    views = [invention.view() for _ in range(20)]
    right = [NaiveKey(asked).judge(each) for each in views]
    done = threading.Event()

    def kill_now_and_then(pool: EnginePool) -> None:
        while not done.wait(0.15):
            for place in list(pool._free.queue) or places:
                worker = place.worker
                if worker is not None and worker.process.returncode is None:
                    os.kill(worker.process.pid, how)

    with EnginePool(time_limit_s=0.4) as pool:
        places = list(pool._free.queue)
        killer = threading.Thread(target=kill_now_and_then, args=(pool,))
        killer.start()
        answers = [pool.judge(asked, views[n % 20]) for n in range(300 if how == 9 else 20)]
        done.set()
        killer.join()
        assert pool.judge(asked, views[0]) == right[0], "and then it works"
    for number, answer in enumerate(answers):
        assert isinstance(answer, NoAnswer) or answer == right[number % 20]


def test_what_always_crashes_the_child_is_no_answer_and_harms_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Worker.reply_to
    crashed = 0

    def crashing(self: Worker, ask: Ask, rules: bytes) -> Reply:
        nonlocal crashed
        if b"CRASH" in rules:
            crashed += 1
            self.process.send_signal(signal.SIGSEGV)
        return right(self, ask, rules)

    monkeypatch.setattr(Worker, "reply_to", crashing)
    deadly: RulePack = pack(rule(pattern(Quantifier.SOME, "document"), rule_id="CRASH"))
    with EnginePool() as pool:
        for _ in range(2):
            answer = pool.judge(deadly, POD)
            assert isinstance(answer, NoAnswer)
            assert "ended with code -11" in answer.why
            assert pool.judge(NEEDS_POD, POD) == Answer(firings=())
    assert crashed == 4, "each question is asked twice, no more"


def test_a_child_that_never_finishes_loading_is_killed() -> None:
    with EnginePool(load_limit_s=0.0) as pool:
        answer = pool.judge(NEEDS_POD, POD)
    assert isinstance(answer, NoAnswer)
    assert "silent for 0 seconds" in answer.why


def test_a_view_larger_than_the_pipe_does_not_block_on_a_stopped_child() -> None:
    large = view(item("document", "1", type="POD", note="x" * 1_000_000))
    with EnginePool(time_limit_s=0.5) as pool:
        assert pool.judge(NEEDS_POD, large) == Answer(firings=())
        os.kill(child_of(pool).process.pid, signal.SIGSTOP)
        assert pool.judge(NEEDS_POD, large) == Answer(firings=())


def test_many_threads_share_two_children_and_get_their_own_answers() -> None:
    invention = Invention(6)
    asked = invention.pack(rules=10)
    views = [invention.view() for _ in range(40)]
    wrong: list[int] = []

    def ask(pool: EnginePool, first: int) -> None:
        key = NaiveKey(asked)
        mine = range(first, 40, 4)
        wrong.extend(n for n in mine if pool.judge(asked, views[n]) != key.judge(views[n]))

    with EnginePool(workers=2, time_limit_s=5.0) as pool:
        threads = [threading.Thread(target=ask, args=(pool, first)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_who_waits_has_its_turn_although_somebody_else_asks_without_a_pause() -> None:
    stop = threading.Event()

    def ask(pool: EnginePool) -> None:
        while not stop.is_set():
            pool.judge(NEEDS_POD, POD)

    with EnginePool(time_limit_s=5.0) as pool:
        pool.judge(NEEDS_POD, POD)
        greedy = threading.Thread(target=ask, args=(pool,), daemon=True)
        patient = threading.Thread(target=pool.judge, args=(NEEDS_POD, POD), daemon=True)
        greedy.start()
        patient.start()
        patient.join(timeout=10)
        answered = not patient.is_alive()
        stop.set()
        greedy.join()
    assert answered


def test_a_closed_pool_has_no_answers_and_no_children() -> None:
    pool = EnginePool()
    pool.judge(NEEDS_POD, POD)
    process = child_of(pool).process
    pool.close()
    assert process.returncode is not None
    assert pool.judge(NEEDS_POD, POD) == NoAnswer(why="the engine is closed")
    pool.close()
    gc.collect()  # a pipe or process left open would warn, and warnings are errors


def test_a_child_ends_when_its_parent_is_killed() -> None:
    script = (
        "import os, signal, tests.chaos.test_engine_processes as t\n"
        "pool = t.EnginePool(); pool.judge(t.NEEDS_POD, t.POD)\n"
        "print(t.child_of(pool).process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, check=False, text=True
    )
    assert gone(int(parent.stdout)), "nobody is left to close its pipe but the kernel"


def test_a_child_that_hangs_without_a_parent_ends_itself() -> None:
    """The alarm is set while a question is half read; then nothing comes."""
    child = subprocess.Popen(
        [sys.executable, "-m", "app.infrastructure.engine.child", "0.3"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write((100).to_bytes(4, "big"))
    child.stdin.flush()
    assert child.wait(timeout=10) == -signal.SIGALRM
    child.stdin.close()
    child.stdout.close()


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - one line of the kernel's
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_many_views_in_one_message_get_the_answers_each_would_get_alone() -> None:
    invention = Invention(6)
    asked = invention.pack(rules=20)
    views = [invention.view() for _ in range(150)]
    with EnginePool() as pool:
        together = pool.judge_many(asked, views)
    assert together == [NaiveKey(asked).judge(each) for each in views]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_child_lost_between_messages_of_many_loses_no_answer(how: signal.Signals) -> None:
    with EnginePool(time_limit_s=0.5) as pool:
        assert pool.judge_many(NEEDS_POD, [POD]) == [Answer(firings=())]
        os.kill(child_of(pool).process.pid, how)
        assert pool.judge_many(NEEDS_POD, [POD, POD]) == [Answer(firings=())] * 2


def test_a_view_that_cannot_be_judged_spoils_no_other_in_its_message() -> None:
    wrong = view(item("document", "1", type=5))
    with EnginePool() as pool:
        first, second, third = pool.judge_many(NEEDS_POD, [POD, wrong, POD])
    assert isinstance(second, NoAnswer)
    assert first == third == Answer(firings=())
