"""How many decisions a second the first key makes: `python -m tests.bench.bench_engine`."""

import time
from collections.abc import Callable

from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from tests.laws.packs import Invention

Judge = Callable[[RulePack, View], Answer | NoAnswer]


def decisions_a_second(judge: Judge, rules: int, items: int, seconds: float = 3.0) -> float:
    """Over twenty views with so many items each."""
    invention = Invention(11)
    pack = invention.pack(rules=rules)
    views: list[View] = []
    while len(views) < 20:
        view = invention.view()
        if len(view.items) == items:
            views.append(view)
    for view in views:
        assert isinstance(judge(pack, view), Answer), "a benchmark of failures says nothing"
    done, before = 0, time.perf_counter() + seconds
    while time.perf_counter() < before:
        judge(pack, views[done % len(views)])
        done += 1
    return done / seconds


def main() -> None:
    engine = EngineInProcess()
    with EnginePool() as pool:
        for rules in (10, 30, 100, 300):
            inside = decisions_a_second(engine.judge, rules, 6)
            through = decisions_a_second(pool.judge, rules, 6)
            print(
                f"{rules:4} rules, 6 items: {inside:7.0f}/s in process, {through:7.0f}/s by child"
            )
    engine.close()


if __name__ == "__main__":
    main()
