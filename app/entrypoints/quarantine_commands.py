"""`tollgate quarantine`, `replay-messages` and `gaps`: what could not be read, or never came."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from app.entrypoints.drafts import working_house
from app.entrypoints.moments import INSTANT
from app.entrypoints.plainly import told_plainly
from app.evidence.intake.feed import Lane
from app.evidence.intake.offending import Offending
from app.operations.receiving.gaps import gaps, watch_gaps
from app.operations.receiving.mend_message import Mend, mend_message
from app.operations.receiving.quarantine import Aside, AsideShown, quarantine, show_aside
from app.operations.receiving.replay_messages import Replayed, Selection, replay_messages
from app.settings import Settings

MARK = ">>>"
"""Stands before what is wrong."""


@click.group("quarantine")
def quarantined() -> None:
    """Messages that were kept aside: looked at, and mended."""


@quarantined.command("list")
@click.option("--partner", default="", help="Only this partner's.")
@click.option("--feed", default="", help="Only this feed's.")
@click.option("--code", default="", help="Only those with this fault.")
@click.option("--since", type=INSTANT, help="Arrived then or later.")
@click.option("--limit", default=50, show_default=True)
@told_plainly
def list_aside(partner: str, feed: str, code: str, since: datetime | None, limit: int) -> None:
    """What waits to be mended, the last one first."""
    with working_house(Settings()) as house:
        found = quarantine(house, partner=partner, feed=feed, code=code, since=since, limit=limit)
    for aside in found:
        click.echo(_line(aside))


@quarantined.command()
@click.argument("seq", type=int)
@told_plainly
def show(seq: int) -> None:
    """One message: why it was kept aside, the bytes at the place, and what was done for it."""
    with working_house(Settings()) as house:
        shown = show_aside(house, seq)
    click.echo("\n".join(_lines(shown)))


@quarantined.command()
@click.argument("seq", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--because", "reason", required=True, help="What was wrong, and why this is right.")
@told_plainly
def mend(seq: int, file: Path, reason: str) -> None:
    """Record edited bytes for a message; both versions are kept."""
    with working_house(Settings()) as house:
        done = mend_message(house, seq, file.read_bytes(), reason, name=file.name)
    click.echo("\n".join(_told(done)))
    sys.exit(0 if done.outcome == "recorded" else 1)


@click.command("replay-messages")
@click.option("--partner", default="", help="Only this partner's.")
@click.option("--feed", default="", help="Only this feed's.")
@click.option("--from", "since", type=INSTANT, help="Arrived then or later.")
@click.option("--until", type=INSTANT, help="Arrived earlier than that.")
@click.option("--unmapped", is_flag=True, help="Only what had something wrong with it.")
@click.option("--critical", is_flag=True, help="Decide in the critical lane instead of bulk.")
@click.option("--tag", default="mended", show_default=True, help="Kept with what is recorded.")
@told_plainly
def replay(
    partner: str,
    feed: str,
    since: datetime | None,
    until: datetime | None,
    tag: str,
    *,
    unmapped: bool,
    critical: bool,
) -> None:
    """Read what came again by the maps in force; what says the same changes nothing."""
    selection = Selection(partner=partner, feed=feed, since=since, before=until, unmapped=unmapped)
    with working_house(Settings()) as house:
        lane = Lane.CRITICAL if critical else Lane.BULK
        replayed = replay_messages(house, selection, tag=tag, lane=lane)
    click.echo(_counted(replayed))
    sys.exit(1 if replayed.refused else 0)


def _line(aside: Aside) -> str:
    wrong = [fault for fault in aside.faults if fault.refused] or list(aside.faults)
    why = f"{wrong[0].code} at {wrong[0].place}: {wrong[0].detail}" if wrong else ""
    whose = "/".join(part for part in (aside.partner, aside.feed) if part) or "-"
    return f"{aside.seq}  {aside.received_at:%Y-%m-%d %H:%MZ}  {whose}  {aside.outcome}  {why}"


def _lines(shown: AsideShown) -> Iterator[str]:
    message = shown.message
    state = "waits to be mended" if shown.open else "mended"
    yield f"message {message.seq} {message.kind} {message.message_id}: {message.outcome}, {state}"
    yield f"{shown.name}, {shown.bytes} bytes, delivery {message.delivery_id}"
    for each in shown.faults:
        yield f"    {each.fault.code} at {each.fault.place}: {each.fault.detail}"
        yield f"        {_marked(each.found)}"
    for mending in shown.mendings:
        when = f"{mending.at:%Y-%m-%d %H:%MZ}"
        yield f"{when} {mending.actor}: {mending.reason}: {mending.outcome}"
        for fault in mending.faults:
            yield f"    {fault.code} at {fault.place}: {fault.detail}"


def _marked(found: Offending) -> str:
    return f"{found.before}{found.path}{MARK}{found.here}"


def _told(done: Mend) -> Iterator[str]:
    seqs = ", ".join(map(str, done.closed))
    yield f"mended: {seqs}" if seqs else f"message {done.seq} still waits to be mended"
    for message in done.receipt.messages:
        yield f"    {message.outcome} {message.kind} {message.message_id}"
        for fault in message.faults:
            yield f"        {fault.code} at {fault.place}: {fault.detail}"


def _counted(replayed: Replayed) -> str:
    return (
        f"{replayed.deliveries} deliveries read again: {replayed.recorded} messages recorded,"
        f" {replayed.unchanged} unchanged, {replayed.refused} not read;"
        f" {replayed.closed} left the quarantine"
    )


@click.command("gaps")
@click.option("--from", "since", type=INSTANT, help="Arrived then or later.")
@click.option("--until", type=INSTANT, help="Arrived earlier than that.")
@told_plainly
def numbered_gaps(since: datetime | None, until: datetime | None) -> None:
    """Numbers that are missing in the streams of partners who number, and what came late."""
    with working_house(Settings()) as house:
        watch_gaps(house)
        found = gaps(house, since=since, before=until)
    for stream in found:
        whose = "/".join(part for part in (stream.partner, stream.feed) if part) or "-"
        for run in stream.runs:
            missing = ", ".join(map(str, run.gaps)) or "none"
            late = ", ".join(str(each.number) for each in run.late) or "none"
            click.echo(
                f"{whose}  {stream.stream}  {run.first} to {run.last}"
                f"  missing: {missing}  late: {late}"
            )
