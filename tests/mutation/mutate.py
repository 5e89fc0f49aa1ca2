"""Changes rating in many small ways and asks its tests each time: `make mutate`.

A mutant is one operator, constant or argument changed. A sample is drawn by a seed from all
of them, so that two runs ask the same; every tenth part that survives is too many. What is
mutated and by which tests it is judged stands in pyproject.toml.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

HERE = Path(__file__).parents[2]
COPIED = ("app", "ratecards", "rules", "tests", "pyproject.toml")
LEAST_KILLED = 0.9
ONE_AT_ALL = "app.pricing.lines.tie_out.x_tie_out_faults__mutmut_1"
"""Asking for one makes all of them."""

Outcomes = dict[str, int | None]
"""By name of the mutant, how its tests ended: 0 where none of them noticed."""


def main() -> None:
    """Make the mutants, draw a sample, ask, and print who survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    place = HERE / "build" / "mutate"
    _copy_to(place)
    _mutmut(place, [ONE_AT_ALL])
    every = sorted(_outcomes(place))
    drawn = Random(asked.seed).sample(every, min(asked.sample, len(every)))
    _mutmut(place, drawn)
    outcomes = _outcomes(place)
    survivors = sorted(name for name in drawn if outcomes[name] == 0)
    unasked = sorted(name for name in drawn if outcomes[name] in (None, 33))
    for name in survivors:
        print(f"survived: {name}")
    for name in unasked:
        print(f"no test comes by: {name}")
    killed = 1 - (len(survivors) + len(unasked)) / len(drawn)
    print(f"{len(drawn):,} of {len(every):,} mutants of rating, seed {asked.seed}")
    print(f"{killed:.1%} killed, {len(survivors)} survived, {len(unasked)} met no test")
    sys.exit(killed < LEAST_KILLED)


def _copy_to(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in COPIED:
        source = HERE / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)


def _mutmut(place: Path, names: list[str]) -> None:
    """Its own exit code says nothing: survivors are what is looked for."""
    log = place / "mutmut.log"
    with log.open("ab") as out:
        subprocess.run(
            [sys.executable, "-m", "mutmut", "run", *names],
            cwd=place,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not list(place.glob("mutants/**/*.meta")):
        sys.exit(f"no mutants were made; {log} says why")


def _outcomes(place: Path) -> Outcomes:
    found: Outcomes = {}
    for meta in place.glob("mutants/**/*.meta"):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    main()
