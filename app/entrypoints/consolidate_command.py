"""`tollgate consolidate`: periods that have ended become invoices, or what would be in them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from app.digest import canonical
from app.entrypoints.demo_report import aligned
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.operations.releasing.close_consolidation import (
    Period,
    close_periods,
    consolidation_preview,
)
from app.settings import Settings

HEAD = ("", "unit", "kind", "amount", "release")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--customer", default="", help="Only this customer's.")
@click.option("--until", type=DAY, help="The last day of a period, as the customer counts it.")
@click.option("--preview", is_flag=True, help="Show what waits, and close nothing.")
@click.option("--json", "as_json", is_flag=True, help="Everything, line by line, as JSON.")
@told_plainly
def consolidate(customer: str, until: datetime | None, *, preview: bool, as_json: bool) -> None:
    """Close what has ended: one invoice for each customer's period; a worker does it by itself."""
    day = until.date() if until else None
    with working_house(Settings(), accept=False) as house:
        act = consolidation_preview if preview else close_periods
        periods = act(house, customer, day)
    if as_json:
        click.echo(canonical(periods).decode())
    else:
        click.echo("\n".join(consolidation_report(periods)))


def consolidation_report(periods: Sequence[Period]) -> Iterator[str]:
    """Each invoice with what it bills, and its sum."""
    for each in periods:
        state = "closed" if each.closed else "would be"
        yield (
            f"{each.customer}, {each.invoice.unit}, closes at {each.closes_at.isoformat()}: "
            f"{state} {each.invoice.total}"
        )
        yield from aligned(HEAD, _rows(each), right={3})
        yield ""
    if not periods:
        yield "nothing waits for a close that is asked for"


def _rows(period: Period) -> list[tuple[str, ...]]:
    return [
        (str(number), part.unit, part.kind, str(part.total), part.reference)
        for number, part in enumerate(period.invoice.parts, start=1)
    ]
