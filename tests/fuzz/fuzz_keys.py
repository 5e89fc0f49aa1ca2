"""Random packs over the whole language, judged three ways: `python -m tests.fuzz.fuzz_keys`.

durable-rules, the generated Python and the plain reading share nothing but the rule model.
A decision counts when all three gave a complete answer. A difference ends the run with the
seed and the numbers of pack and view, and those three bring it back:

    python -m tests.fuzz.fuzz_keys --seed 17 --packs 1
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from app.infrastructure.engine.child import EngineInProcess
from app.judgement.rulebook.key import Answer
from app.judgement.rulebook.second_key import SecondKey
from tests.laws.naive import NaiveKey
from tests.laws.packs import Invention

VIEWS = 20
"""Of each pack."""

SIZES = (None, None, None, 12, 60)
"""Rules in a pack, in turn; None: a few."""


def differences(seed: int) -> tuple[int, int, str]:
    """How many decisions and firings one seed makes, and the first difference, or nothing."""
    invention = Invention(seed, day_sums=True, two_currencies_in_a_list=True)
    pack = invention.pack(rules=SIZES[seed % len(SIZES)])
    engine, second, naive = EngineInProcess(), SecondKey(pack), NaiveKey(pack)
    fired = 0
    try:
        for number in range(VIEWS):
            view = invention.view()
            answers = {
                "durable-rules": engine.judge(pack, view),
                "generated Python": second.judge(view),
                "plain reading": naive.judge(view),
            }
            plain = answers["plain reading"]
            assert isinstance(plain, Answer), "the plain reading always answers"
            fired += len(plain.firings)
            if any(answer != plain for answer in answers.values()):
                told = "\n".join(f"  {name}: {answer}" for name, answer in answers.items())
                return number, fired, f"seed {seed}, view {number}:\n{told}"
    finally:
        engine.close()
    return VIEWS, fired, ""


def run(first: int, packs: int) -> Iterator[tuple[int, int, str]]:
    """The same for many seeds, on every processor."""
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as processes:
        yield from processes.map(differences, range(first, first + packs), chunksize=25)


def main() -> int:
    """Run, say how far it is, and end with 1 at the first difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first pack's seed")
    parser.add_argument("--packs", type=int, default=5000, help=f"each with {VIEWS} decisions")
    asked = parser.parse_args()
    counted: Counter[str] = Counter()
    for decisions, firings, difference in run(asked.seed, asked.packs):
        if difference:
            print(f"the keys disagree: {difference}", file=sys.stderr)
            return 1
        counted["packs"] += 1
        counted["decisions"] += decisions
        counted["firings"] += firings
        if counted["packs"] % 500 == 0:
            print(f"{counted['decisions']:,} decisions", flush=True)
    print(
        f"{counted['decisions']:,} decisions by {counted['packs']:,} packs, "
        f"{counted['firings']:,} firings, no disagreement"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
