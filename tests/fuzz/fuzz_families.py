"""Random families under the law of the family: `python -m tests.fuzz.fuzz_families`.

A law that does not hold ends the run with its seed, which brings the family back:

    python -m tests.fuzz.fuzz_families --seed 17 --families 1
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from app.family.family import IllegalMoveError
from tests.laws.family_laws import BrokenLawError, Life

EVENTS = (15, 40, 120)
"""Of a family, in turn."""


def lived(seed: int) -> tuple[Counter[str], str]:
    """What was seen of one family, and the law that it breaks, or nothing."""
    life = Life(seed)
    try:
        life.lives(EVENTS[seed % len(EVENTS)])
    except (BrokenLawError, IllegalMoveError) as broken:
        return life.seen, f"seed {seed}: {broken}"
    return life.seen, ""


def run(first: int, families: int) -> Iterator[tuple[Counter[str], str]]:
    """The same for many seeds, on every processor."""
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as processes:
        yield from processes.map(lived, range(first, first + families), chunksize=5)


def main() -> int:
    """Run, say how far it is, and end with 1 at the first law that does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=10_000, help="the first family's seed")
    parser.add_argument("--families", type=int, default=1000)
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    for number, (mine, broken) in enumerate(run(asked.seed, asked.families), start=1):
        if broken:
            print(f"a law of the family does not hold: {broken}", file=sys.stderr)
            return 1
        seen.update(mine)
        if number % 100 == 0:
            print(f"{number:,} families, {seen['events']:,} events", flush=True)
    for what, times in sorted(seen.items()):
        print(f"{times:>9,} {what}")
    print("every law of the family has held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
