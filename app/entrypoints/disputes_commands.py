"""`tollgate disputes`: what customers dispute, what was granted, and how long it took."""

from collections.abc import Iterator
from datetime import timedelta

import click

from app.digest import canonical
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.operations.looking.disputes import DisputeShown, DisputesShown, known_disputes
from app.settings import Settings


@click.command()
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has resolved.")
@click.option("--customer", default="", help="Only this customer's.")
@click.option("--json", "as_json", is_flag=True, help="The whole list as canonical JSON.")
@told_plainly
def disputes(customer: str, *, only_open: bool, as_json: bool) -> None:
    """Show every dispute, the oldest first: its line, what is claimed and granted, its times."""
    with working_house(Settings(), accept=False) as house:
        found = known_disputes(house, only_open=only_open, customer=customer)
    click.echo(canonical(found).decode() if as_json else "\n".join(_lines(found)))


def _lines(found: DisputesShown) -> Iterator[str]:
    if not found.disputes:
        yield "there is no such dispute"
        return
    for each in found.disputes:
        yield from _dispute(each)
    yield (
        f"{len(found.disputes)} disputes: {found.open} open, {found.credited} credited, "
        f"{found.rejected} rejected, {found.withdrawn} withdrawn"
    )
    for sums in found.sums:
        yield f"claimed {sums.claimed}, of it open {sums.claimed_open}; granted {sums.granted}"
    yield (
        f"to the first answer P50 {_span(found.to_answer_p50_s)}, P90 "
        f"{_span(found.to_answer_p90_s)}; to the resolution P50 {_span(found.to_resolve_p50_s)}, "
        f"P90 {_span(found.to_resolve_p90_s)}"
    )


def _dispute(shown: DisputeShown) -> Iterator[str]:
    where = f"{shown.unit or 'no unit yet'} {shown.line}"
    how = shown.state if shown.open else shown.outcome
    granted = f", granted {shown.granted} by {shown.granted_by}" if shown.granted else ""
    yield (
        f"{shown.dispute}  {shown.customer or 'unknown'}  {where}  {shown.reason}  "
        f"{shown.amount}  {how}{granted}"
    )
    again = f", opened again {shown.reopened} times" if shown.reopened else ""
    yield (
        f"    opened {shown.opened_at:%Y-%m-%d %H:%M%z}, {shown.age_days} days; answered after "
        f"{_span(shown.to_answer_s)}, resolved after {_span(shown.to_resolve_s)}{again}"
    )
    if shown.unclear:
        yield f"    ! {shown.unclear}"
    if shown.resolved_in_vain:
        yield "    ! somebody who may not has resolved it; that counts for nothing"


def _span(seconds: int | None) -> str:
    return "-" if seconds is None else str(timedelta(seconds=seconds))
