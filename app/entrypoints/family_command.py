"""`tollgate family`: every document of a unit, their balance, and what may follow."""

from collections.abc import Iterator

import click

from app.digest import canonical
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.explanation.billed import billed_report
from app.operations.looking.family import FamilyKnown, known_family
from app.settings import Settings


@click.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="The family as canonical JSON.")
@told_plainly
def family(reference: str, *, as_json: bool) -> None:
    """Show what was billed for a unit: its documents, their balance, and what may follow."""
    with working_house(Settings(), accept=False) as house:
        found = known_family(house, reference)
    click.echo(canonical(found).decode() if as_json else "\n".join(_lines(found)))


def _lines(found: FamilyKnown) -> Iterator[str]:
    yield f"{found.unit}  customer {found.customer or 'unknown'}"
    yield f"{found.state}, balance {found.balance}" if found.balance else "nothing was billed"
    yield from billed_report(found.documents)
    yield ""
    yield from _next(found)
    yield f"may follow: {', '.join(found.next_moves)}"


def _next(found: FamilyKnown) -> Iterator[str]:
    """What the current decision lets out, or that it lets out nothing."""
    if not found.proposal:
        yield "nothing is to be claimed now"
        return
    how = "may be claimed" if found.release_token else f"waits by decision {found.decision_id}"
    for planned in found.proposal:
        yield f"{planned.kind} {planned.total} {how}"
    if found.release_token:
        yield f"release token {found.release_token}"
