"""The demo: the made-up week under app/demo is lived through by its own clock, and shown."""

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
from app.evidence.intake.feed import Lane
from app.judgement.decision import Decision
from app.main import clock_of, now
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.family import known_family
from app.operations.looking.keep_standing import catch_up
from app.operations.looking.look_up import all_units, current_decisions, waiting_facts
from app.operations.receiving.record_messages import Receipt, record_messages
from app.settings import Settings

OPENED = datetime(2026, 2, 1, tzinfo=UTC)
"""The drafts count from before the week, so that every earlier moment can be asked about."""
END = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
"""After the last arrival, and after what comes next was written: from then on its clock runs."""
URL = "http://127.0.0.1:8000/"
"""Where `tollgate serve` listens unless told otherwise."""
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


class Lived(msgspec.Struct, frozen=True, kw_only=True):
    """The week as it was acted out, and every unit's decision at its end."""

    loaded: Loaded
    decisions: tuple[Decision, ...]


def run_demo(settings: Settings, house: House, console: Console) -> None:
    """Live the week, decide every unit and print the table; a second run changes nothing."""
    before = {decision.unit: decision.decision_id for decision in current_decisions(house)}
    lived = live_week(settings, house, console)
    changed = sum(1 for each in lived.decisions if before.get(each.unit) != each.decision_id)
    lines = [_loading(lived.loaded, changed), "", *report(lived.decisions, waiting_facts(house))]
    lines += ["", *one_life(known_family(house, WHOLE_LIFE))]
    lines += ["", *next_steps(_near(DEMO / "next"), URL), *_clock(house)]
    for line in lines:
        # Plain text: a wrapped or cut line is worth nothing to whoever pipes it into a file.
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def live_week(settings: Settings, house: House, console: Console) -> Lived:
    """Act out the week by its own clock, which the database then keeps.

    A database that holds anything else keeps the real time: there the files are recorded as of
    their moments, and everything is decided now.
    """
    acted = not house.database.against_clock(END, _files_of_the_demo())
    ending = house.at(END) if acted else house
    bring_into_force(settings, house.at(OPENED) if acted else house, at=OPENED)
    loaded = record_week(house, console, billing_turns(BILLING), decided=acted)
    if acted:
        _decide_due(ending)
    decisions = decide_week(ending, console)
    catch_up(ending)
    if acted:
        house.database.set_clock(now(), END, _files_of_the_demo())
    return Lived(loaded=loaded, decisions=decisions)


def arrivals() -> tuple[Arrival, ...]:
    """The week's files in the order in which they came."""
    with (DEMO / "arrivals.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            Arrival(DEMO / "week" / row["file"], datetime.fromisoformat(row["arrived at"]))
            for row in csv.DictReader(rows)
        )


def record_week(
    house: House, console: Console, turns: Iterable[BillingTurn] = (), *, decided: bool = False
) -> Loaded:
    """Record each file at its moment of arrival; what lies in the database already is left.

    Args:
        house: where.
        console: where a bar is shown.
        turns: when the billing system bills, between the files that came before and after.
        decided: whether at each moment what is due is decided too.
    """
    week = [(each, each.file.read_bytes()) for each in arrivals()]
    with house.database.reading(house.tenant) as store:
        known_before = store.messages.counted().get("recorded", 0)
        facts_before = store.facts.counted()
    there = _delivered(house, [raw for _, raw in week])
    receipts, due = [], deque(turns)
    for each, raw in _shown(week, "Living the week" if decided else "Recording", console):
        while due and due[0].at <= each.arrived_at:
            bill(house, due.popleft())
        if digest(raw) not in there:
            receipts.append(_recorded(house, each, raw))
            if decided:
                _decide_due(house.at(each.arrived_at))
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


def _decide_due(house: House) -> None:
    """Whatever is due by the house's clock, what is critical before what is not."""
    while any(drain_due(house, lane).rows for lane in Lane):
        pass


def _files_of_the_demo() -> frozenset[str]:
    """The digests of all files that come with the demo."""
    folders = (DEMO / "week", DEMO / "next")
    return frozenset(digest(file.read_bytes()) for each in folders for file in each.iterdir())


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


def _clock(house: House) -> Iterator[str]:
    """That the time of the database is the week's, where it is."""
    told = clock_of(house.database)
    if told is not now:
        yield ""
        yield f"the clock of this database stands in the demo's week: it is {told():%A, %-d %B %Y}"


def _near(path: Path) -> Path:
    """The path as a person would type it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
