"""`tollgate value-at-risk`: what has to be billed by when, and whose turn it is."""

from collections.abc import Iterator

import click

from app.digest import canonical
from app.entrypoints.demo_report import aligned
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.explanation.at_risk import By, RiskRow, Unclocked, ValueAtRisk
from app.operations.looking.value_at_risk import value_at_risk
from app.settings import Settings

HEAD = ("by", "", "what runs out", "customer", "hold", "owner", "lines", "value")
SPANS = tuple(each.value for each in By)
APART = ("customer", "unit", "line", "hold", "owner", "value")


@click.command(name="value-at-risk")
@click.option("--customer", default="", help="Only this customer's.")
@click.option("--by", type=click.Choice(SPANS), default=By.DAY.value, help="Days together.")
@click.option("--json", "as_json", is_flag=True, help="Everything, line by line, as JSON.")
@told_plainly
def show_value_at_risk(customer: str, by: str, *, as_json: bool) -> None:
    """Show what is decided and not released, by the day until which it has to be billed."""
    with working_house(Settings(), accept=False) as house:
        risk = value_at_risk(house, customer, by)
    click.echo(canonical(risk).decode() if as_json else "\n".join(risk_report(risk)))


def risk_report(risk: ValueAtRisk) -> Iterator[str]:
    """The table by date, the sums, and apart what no clock runs for."""
    if risk.rows:
        yield from aligned(HEAD, [_row(each) for each in risk.rows], right={6, 7})
        yield ""
    for each in risk.totals:
        yield f"{each.of}: {each.value} in {each.lines} line(s)"
    if risk.without_clock:
        yield ""
        yield "No clock runs for"
        yield from aligned(APART, [_apart(each) for each in risk.without_clock], right={5})
    if not risk.rows and not risk.without_clock:
        yield "nothing that was decided waits to be released"


def _row(row: RiskRow) -> tuple[str, ...]:
    return (
        row.period,
        "over" if row.over else "",
        "right to bill" if row.runs == "right" else "cut-off",
        row.customer,
        row.hold or "only to be claimed",
        row.owner,
        str(row.lines),
        str(row.value),
    )


def _apart(one: Unclocked) -> tuple[str, ...]:
    return (
        one.customer,
        one.unit,
        one.line or "no price yet",
        one.hold or "only to be claimed",
        one.owner,
        str(one.value or ""),
    )
