"""The whole working of every worked example, kept: `python -m tests.golden.workings` adds new ones.

A working is stored with the decision and replayed to the byte, so what a method prints, names as
its inputs and rows and gives as its reasons never changes under the method's name. What is kept
is never written again here: a case that is meant to change gets another name, or its working is
taken out by hand.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from app.errors import FileError
from app.pricing.lines.charge import Rated
from tests.unit.pricing.test_money_cases import CASES, Case, card_of, rated_in

KEPT = Path(__file__).parent / "workings"
Workings = dict[str, Any]
"""By the name of the case."""


def workings_now(file: Path) -> Workings:
    """The working of every case in a file, as plain data a person can read."""
    return {case["case"]: _working_of(case) for case in _worked(file)}


def _worked(file: Path) -> list[Case]:
    cases = yaml.load_all(file.read_text(encoding="utf-8"), yaml.CBaseLoader)
    return [case for case in cases if "share" not in case]


def _working_of(case: Case) -> Any:
    if "refused" in case:
        try:
            card_of(case)
        except FileError as refused:
            return {"refused": str(refused).splitlines()}
        raise AssertionError(f"{case['case']} was not refused")
    rated = rated_in(case, card_of(case))
    return {number: plain(each) for number, each in rated.items()}


def plain(rated: Rated) -> Any:
    """The working as plain data, without what is empty."""
    told = msgspec.json.decode(msgspec.json.encode(rated))
    return {key: value for key, value in told.items() if value}


def kept_workings(file: Path) -> Workings:
    """What is kept of a file of cases, by case."""
    place = KEPT / file.name
    kept: Workings = (
        yaml.load(place.read_text(encoding="utf-8"), yaml.CSafeLoader) if place.is_file() else {}
    )
    return kept


def files_of_cases() -> tuple[Path, ...]:
    """Every file of worked examples that comes to more than shares."""
    return tuple(file for file in sorted(CASES.glob("*.yaml")) if _worked(file))


def _keep(file: Path, kept: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    wanted = {name: kept.get(name, working) for name, working in now.items()}
    text = yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=100)
    (KEPT / file.name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for each in files_of_cases():
        _keep(each, kept_workings(each), workings_now(each))
