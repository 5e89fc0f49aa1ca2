"""What a decision costs beside other engines: `python -m tests.bench.bench_engine [SHIPMENTS]`.

Decisions a processor second of parent and child together, over sixty rules and two thousand
shipments with some four items each. The verdicts are compared first; where they differ
nothing is measured. Rounds are interleaved and the median counts, as machines are noisy.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.key import Answer
from tests.bench.bare_host import BareHost, facts_of
from tests.bench.other_engines import JsonRules, ZenTable, context_of
from tests.bench.shipments import Shipment, shipments, sixty_rules
from tests.bench.tollgate_way import decided, traced, view_of

ROUNDS = 7
BARE = "(a) durable-rules by its Host"
SERVICE = "(b) tollgate, a view a message"
TOGETHER = "(b) tollgate, many views a message"
INSIDE = "(b) tollgate, engine in process"
SECOND = "(c) second key with trace alone"
JSON_RULES = "(d) json-rules-engine 7"
ZEN = "(d) zen-engine, table with trace"


def _on_one_processor() -> None:
    """One processor for everybody: two that take turns each pay for waking up the other."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main() -> None:
    """Compare, measure, print."""
    _on_one_processor()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    made, pack = shipments(count), sixty_rules()
    facts, contexts = [facts_of(each) for each in made], [context_of(each) for each in made]
    views = [view_of(each) for each in made]
    bare, zen, inside = BareHost(pack), ZenTable(pack), EngineInProcess()
    node = JsonRules(pack, contexts)
    with EnginePool(time_limit_s=10.0) as pool:
        pool.judge(pack, views[0])

        def cost(work: Callable[[], object]) -> float:
            return _processor_seconds(work, pool)

        verdicts = {
            BARE: [bare.fired(each) for each in facts],
            SERVICE: [_ids(answer) for answer, _ in decided(pack, made, pool)],
            TOGETHER: [_ids(answer) for answer, _ in decided(pack, made, pool, together=True)],
            INSIDE: [_ids(answer) for answer, _ in decided(pack, made, inside)],
            SECOND: [_ids(traced(pack, view)[0]) for view in views],
            JSON_RULES: node.fired(),
            ZEN: [zen.fired(each) for each in contexts],
        }
        _stop_if_they_differ(verdicts, made)
        ways: dict[str, Callable[[], float]] = {
            BARE: lambda: cost(lambda: [bare.fired(each) for each in facts]),
            SERVICE: lambda: cost(lambda: decided(pack, made, pool)),
            TOGETHER: lambda: cost(lambda: decided(pack, made, pool, together=True)),
            INSIDE: lambda: cost(lambda: decided(pack, made, inside)),
            SECOND: lambda: cost(lambda: [traced(pack, view) for view in views]),
            JSON_RULES: node.round,
            ZEN: lambda: cost(lambda: [zen.fired(each) for each in contexts]),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name].append(way())
    node.close()
    inside.close()
    _print({name: count / median(seconds) for name, seconds in taken.items()}, made)


def _ids(answer: Answer) -> set[str]:
    return {firing.rule_id for firing in answer.firings}


def _stop_if_they_differ(verdicts: dict[str, list[set[str]]], made: Sequence[Shipment]) -> None:
    expected = verdicts[SECOND]
    for name, fired in verdicts.items():
        for number, (one, other) in enumerate(zip(expected, fired, strict=True)):
            if one != other:
                sys.exit(
                    f"{name} differs about shipment {number}: {sorted(one ^ other)}\n{made[number]}"
                )


def _processor_seconds(work: Callable[[], object], pool: EnginePool) -> float:
    """What the work takes of every processor, in this process and in the engine's."""
    before = time.process_time() + _of_children(pool)
    work()
    return time.process_time() + _of_children(pool) - before


def _of_children(pool: EnginePool) -> float:
    """Their own clocks: usage of children counts only those that have ended."""
    return sum(time.clock_gettime(((~pid) << 3) | 2) for pid in pool.processes())


def _print(speeds: dict[str, float], made: Sequence[Shipment]) -> None:
    items = sum(len(each["items"]) for each in made) / len(made)
    print(f"60 rules, {len(made):,} shipments, {items:.1f} items each, {ROUNDS} rounds;")
    print("decisions a processor second (children included), same verdicts from all\n")
    fastest = max(speeds[JSON_RULES], speeds[ZEN])
    print(f"{'':<36}{'decisions/s':>12}{'to (a)':>9}{'to best (d)':>13}")
    for name, speed in speeds.items():
        print(f"{name:<36}{speed:>12,.0f}{speed / speeds[BARE]:>8.2f}x{speed / fastest:>12.2f}x")


if __name__ == "__main__":
    main()
