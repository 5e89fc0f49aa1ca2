"""`tollgate rates correct` and `tollgate adjustments`: what was billed by a wrong price."""

from datetime import datetime

import click

from app.digest import canonical
from app.entrypoints.correction_report import CorrectionReport, adjustment_lines, sums_as_json
from app.entrypoints.plainly import told_plainly
from app.entrypoints.rates_commands import DAY
from app.explanation.correction import Correction
from app.explanation.correction_sums import Sums
from app.judgement.decision import Decision
from app.main import open_house, read_drafts
from app.operations.changing.accept_editions import Drafts
from app.operations.deciding.accept_correction import accept_correction
from app.operations.house import House
from app.operations.looking.plan_correction import (
    PRICES,
    Asked,
    new_editions,
    plan_correction,
)
from app.operations.looking.proposed_adjustments import proposed_adjustments
from app.settings import Settings

NOTHING = (
    "every card and contract is in force as it is drafted: there is nothing to correct; "
    "`tollgate adjustments` lists what is proposed already"
)


@click.command()
@click.option("--customer", default="", help="Only this customer's units.")
@click.option("--from", "service_from", type=DAY, help="Only services from this day on.")
@click.option("--before", "service_before", type=DAY, help="Only services before this day.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON each, the sums last.")
@click.option("--accept", is_flag=True, help="Bring the drafts into force and decide the units.")
@told_plainly
def correct(
    customer: str,
    service_from: datetime | None,
    service_before: datetime | None,
    *,
    as_json: bool,
    accept: bool,
) -> None:
    """List what the drafts do to units that are billed or decided, and propose adjustments.

    Nothing is stored and nothing comes into force without --accept. Looked at are the customers
    whose card or contract differs from the edition in force: what is not billed yet, and what was
    billed in the last 550 days.

    A price of a past month is never overwritten. It is corrected by a new row with a number of its
    own for the same lane, band or step: `effective from` the first day of the month, `effective
    before` the first day after it, and `known from` the day on which the right price was agreed.
    Of two rows for one thing the one known last counts, on the days of its own.

    --accept brings all drafts into force, and decides the listed units right away; the others of
    these customers are decided in the background. What goes out waits for its claim, or for the
    approval that the rules ask for. Repeated, it finds nothing more.
    """
    settings = Settings()
    asked = Asked(
        customer=customer,
        service_from=service_from.date() if service_from else None,
        service_before=service_before.date() if service_before else None,
    )
    drafts = read_drafts(settings)
    with open_house(settings) as house:
        differing = new_editions(house, drafts)
        if not any(kind in PRICES and customer in {"", name} for kind, name in differing):
            click.echo(NOTHING, err=True)
        units = _shown(house, drafts, asked, as_json=as_json)
        if accept:
            _accepted(house, drafts, units, as_json=as_json)
        for kind, name in differing:
            state = "in force" if accept else "a draft that is not in force"
            click.echo(f"{state}: {kind} {name}", err=True)


def _shown(house: House, drafts: Drafts, asked: Asked, *, as_json: bool) -> dict[str, str]:
    """Print the plan; the decision that each unit is to have is returned."""
    sums, report = Sums(), CorrectionReport()
    found: dict[str, str] = {}
    for each in plan_correction(house, drafts, asked):
        if isinstance(each, Correction):
            sums.add(each)
            if not each.changed:
                continue
            found[each.unit] = each.decision_id
        if as_json:
            click.echo(canonical(each))
        else:
            report.add(each)
    for line in [sums_as_json(sums)] if as_json else report.lines(sums):
        click.echo(line)
    return found


def _accepted(house: House, drafts: Drafts, planned: dict[str, str], *, as_json: bool) -> None:
    """Decide what changes, and say where it came out otherwise than it was listed."""
    for decision in accept_correction(house, drafts, planned):
        if as_json:
            click.echo(canonical(_decided(decision)))
        else:
            click.echo(f"decided: {decision.unit} {decision.verdict} {decision.decision_id}")
        if planned.get(decision.unit) != decision.decision_id:
            said = "more was said of it since it was listed"
            click.echo(f"otherwise than listed: {decision.unit}; {said}", err=True)


def _decided(decision: Decision) -> dict[str, str]:
    return {
        "decided": decision.unit,
        "decision_id": decision.decision_id,
        "verdict": decision.verdict.value,
    }


@click.command()
@click.option("--customer", default="", help="Only this customer's units.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON each.")
@told_plainly
def adjustments(customer: str, *, as_json: bool) -> None:
    """List what is to go out after invoices and is not claimed: what it waits for, since when."""
    with open_house(Settings()) as house:
        found = proposed_adjustments(house, customer)
        lines = map(canonical, found) if as_json else adjustment_lines(tuple(found))
        for line in lines:
            click.echo(line)
