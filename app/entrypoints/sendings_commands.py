"""`tollgate sendings`: what is on its way to whom, what was given up, and trying it again."""

from collections.abc import Iterator

import click

from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.infrastructure.storage.rows import KnownSending
from app.operations.sending.known_sendings import DestinationKnown, known_sendings
from app.operations.sending.retry_sending import retry_dead, retry_sending
from app.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
@told_plainly
def sendings(context: click.Context) -> None:
    """Show every destination, and what was given up and why."""
    if context.invoked_subcommand:
        return
    with working_house(Settings(), accept=False) as house:
        known = known_sendings(house, "dead")
    if not known.destinations:
        click.echo("there are no destinations, and nothing was ever on its way")
    for destination in known.destinations:
        click.echo(_destination_line(destination))
    for sending in known.sendings:
        for line in _dead_lines(sending):
            click.echo(line)
    more = sum(each.dead for each in known.destinations) - len(known.sendings)
    if more:
        click.echo(f"... and {more} more that were given up")


@sendings.command()
@click.argument("which", metavar="DESTINATION|SEQ")
@click.option("--because", required=True, help="Why it is tried again; kept with it.")
@told_plainly
def retry(which: str, because: str) -> None:
    """Have one dead letter tried again, or all of a destination's."""
    with working_house(Settings(), accept=False) as house:
        if which.isascii() and which.isdigit():
            found = retry_sending(house, int(which), because)
            click.echo(f"waits again: {found.seq} {found.type} for {found.destination}")
        else:
            count = retry_dead(house, which, because)
            click.echo(f"{count} wait again for {which}")


def _destination_line(known: DestinationKnown) -> str:
    notes = [] if known.configured else ["not among the destinations in force"]
    if known.left_alone_until:
        until = known.left_alone_until.isoformat(timespec="seconds")
        notes.append(f"failed {known.failures} times in a row, left alone until {until}")
    told = f"; {', '.join(notes)}" if notes else ""
    counts = f"{known.waiting} waiting, {known.sent} sent, {known.dead} dead"
    return f"{known.destination}: {counts}{told}"


def _dead_lines(sending: KnownSending) -> Iterator[str]:
    yield (
        f"dead: {sending.seq} {sending.type} {sending.subject} for {sending.destination}, "
        f"{sending.attempts} attempts"
    )
    yield f"    {sending.last_error}"
