"""The demo: the made-up week under app/demo is recorded, decided and shown."""

import csv
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.console import Console
from rich.progress import track

from app.digest import digest
from app.entrypoints.demo_billing import BillingTurn, bill, billing_turns
from app.entrypoints.demo_report import WHOLE_LIFE, next_steps, one_life, report
from app.entrypoints.drafts import bring_into_force
from app.errors import NotFoundError
from app.judgement.decision import Decision
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking.family import known_family
from app.operations.looking.look_up import all_units, current_decisions, waiting_facts
from app.operations.receiving.record_messages import Receipt, record_messages
from app.settings import Settings

OPENED = datetime(2026, 3, 1, tzinfo=UTC)
"""The drafts count from before the week, so that every earlier moment can be asked about."""
DEMO = Path(str(files("app.demo")))
BILLING = DEMO / "billing.csv"
"""When the billing system looks at which unit."""
T = TypeVar("T")
MEDIA = {".json": "application/json", ".edi": "application/edi-x12"}


class Arrival(msgspec.Struct, frozen=True):
    """One file of the week and the moment at which it came."""

    file: Path
    arrived_at: datetime


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the week's files."""

    files: int
    recorded: int
    duplicates: int
    refused: int
    facts: int
    known_before: int
    """Messages recorded before this run."""


def run_demo(settings: Settings, house: House, console: Console) -> None:
    """Load the week, decide every unit and print the table; a second run changes nothing."""
    bring_into_force(settings, house, at=OPENED)
    before = {decision.unit: decision.decision_id for decision in current_decisions(house)}
    loaded = record_week(house, console, billing_turns(BILLING))
    decisions = decide_week(house, console)
    changed = sum(1 for each in decisions if before.get(each.unit) != each.decision_id)
    lines = [_loading(loaded, changed), "", *report(decisions, waiting_facts(house))]
    lines += ["", *one_life(known_family(house, WHOLE_LIFE))]
    for line in (*lines, "", *next_steps(_near(DEMO / "next"))):
        # Plain text: a wrapped or cut line is worth nothing to whoever pipes it into a file.
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def arrivals() -> tuple[Arrival, ...]:
    """The week's files in the order in which they came."""
    with (DEMO / "arrivals.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            Arrival(DEMO / "week" / row["file"], datetime.fromisoformat(row["arrived at"]))
            for row in csv.DictReader(rows)
        )


def record_week(house: House, console: Console, turns: Iterable[BillingTurn] = ()) -> Loaded:
    """Record each file at its moment of arrival; what lies in the database already is left.

    Args:
        house: where.
        console: where a bar is shown.
        turns: when the billing system bills, between the files that came before and after.
    """
    week = [(each, each.file.read_bytes()) for each in arrivals()]
    with house.database.reading(house.tenant) as store:
        known_before = store.messages.counted().get("recorded", 0)
        facts_before = store.facts.counted()
    there = _delivered(house, [raw for _, raw in week])
    receipts, due = [], deque(turns)
    for each, raw in _shown(week, "Recording", console):
        while due and due[0].at <= each.arrived_at:
            bill(house, due.popleft())
        if digest(raw) not in there:
            receipts.append(_recorded(house, each, raw))
    for turn in due:
        bill(house, turn)
    with house.database.reading(house.tenant) as store:
        facts = store.facts.counted() - facts_before
    return Loaded(
        files=len(week),
        recorded=sum(each.counted("recorded") for each in receipts),
        duplicates=sum(each.counted("duplicate") for each in receipts),
        refused=sum(each.counted("refused") + each.counted("conflict") for each in receipts),
        facts=facts,
        known_before=known_before,
    )


def decide_week(house: House, console: Console) -> tuple[Decision, ...]:
    """The decision about every unit that is known."""
    return tuple(
        decide_unit(house, unit).decision for unit in _shown(all_units(house), "Deciding", console)
    )


def _recorded(house: House, arrival: Arrival, raw: bytes) -> Receipt:
    return record_messages(
        house,
        raw,
        arrival.file.name,
        media=MEDIA[arrival.file.suffix],
        received_at=arrival.arrived_at,
    )


def _delivered(house: House, bodies: Iterable[bytes]) -> Collection[str]:
    """The digests of those bytes that were delivered in an earlier run."""
    found = set()
    with house.database.reading(house.tenant) as store:
        for name in {digest(raw) for raw in bodies}:
            try:
                found.add(store.messages.delivery(name).delivery_id)
            except NotFoundError:
                continue
    return found


def _shown(things: Sequence[T], doing: str, console: Console) -> Iterator[T]:
    """The things one by one, with a bar on a terminal and silence in a pipe."""
    if console.is_terminal:
        yield from track(things, description=doing, console=console)
    else:
        yield from things


def _loading(loaded: Loaded, changed: int) -> str:
    if not loaded.recorded and not loaded.refused:
        return (
            f"nothing new: 0 messages recorded, {loaded.known_before} known before; "
            f"{changed} decision{'' if changed == 1 else 's'} changed"
        )
    return (
        f"{loaded.files} files: {loaded.recorded} messages recorded, "
        f"{loaded.duplicates} duplicates, {loaded.refused} refused; {loaded.facts} facts"
    )


def _near(path: Path) -> Path:
    """The path as a person would type it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
