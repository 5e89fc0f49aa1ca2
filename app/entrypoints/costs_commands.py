"""`tollgate costs`: what carriers bill against what was expected, and why something waits."""

from collections.abc import Iterator
from datetime import datetime

import click

from app.entrypoints.demo_report import aligned
from app.entrypoints.drafts import working_house
from app.entrypoints.moments import INSTANT
from app.entrypoints.plainly import told_plainly
from app.operations.looking.costs import ComparedCost, CostsKnown, look_at_costs
from app.pricing.cost.bills import Bill
from app.settings import Settings

_OF_BILLS = ("bill", "carrier", "type", "amount", "stands", "why")
_OF_CHARGES = ("carrier", "charge", "expected", "billed", "apart", "percent", "verdict")


@click.command()
@click.argument("reference")
@click.option("--known-at", type=INSTANT, help="As known then: 2026-03-05T12:00Z.")
@told_plainly
def costs(reference: str, known_at: datetime | None) -> None:
    """Show what carriers bill for a unit, what stands of it, and how it matches."""
    with working_house(Settings()) as house, house.database.reading(house.tenant) as store:
        known = look_at_costs(store, reference, known_at)
    for line in cost_lines(known):
        click.echo(line)


def cost_lines(known: CostsKnown) -> Iterator[str]:
    """The costs of a unit as lines of plain text."""
    yield f"{known.unit}: costs {known.cost_total or 'what nobody can say'}"
    for said in known.estimates:
        yield f"  {said.kind}: {said.carrier} {said.number}, {said.total}"
    if known.bills:
        bills = aligned(_OF_BILLS, [*map(_bill, known.bills)], right={3})
        yield from (f"  {line}" for line in bills)
    else:
        yield "  no carrier has billed anything"
    if known.compared:
        compared = aligned(_OF_CHARGES, [*map(_compared, known.compared)], right={2, 3, 4, 5})
        yield from (f"  {line}" for line in compared)
        yield from (f"  {line}" for line in dict.fromkeys(map(_tolerance, known.compared)))
    elif known.bills:
        yield "  nothing was tendered or accrued, so there is nothing to compare"
    for code, subject, say in known.holds:
        yield f"  held: {code}{f' {subject}' if subject else ''}: {say}"
    if not known.holds:
        yield "  nothing about the costs holds the invoice"


def _bill(bill: Bill) -> tuple[str, ...]:
    standing = f"{bill.standing} {bill.tier}".strip()
    waits = f"{standing}, waits for a person" if bill.undecided else standing
    return (
        bill.said.number,
        bill.trail.carrier,
        bill.bill_class.value.replace("_", " "),
        str(bill.total),
        waits,
        bill.why,
    )


def _compared(each: ComparedCost) -> tuple[str, ...]:
    verdict = "held" if each.held_by else "approved" if each.approved else "matches"
    return (
        each.carrier,
        each.charge.replace("_", " ") or "in all",
        str(each.expected or "unknown"),
        str(each.invoiced or "unknown"),
        str(each.variance or "unknown"),
        "-" if each.percent is None else f"{each.percent}%",
        verdict,
    )


def _tolerance(each: ComparedCost) -> str:
    """`tolerated of ABFL in all: 25.00 USD above, 25.00 USD below; rules/...csv:6`."""
    what = f"tolerated of {each.carrier} {each.charge.replace('_', ' ') or 'in all'}"
    if not each.row:
        return f"{what}: no row says, so nothing is"
    must = str(each.limits.get("must_hold"))
    return f"{what}: {_side(each, 'above', must)}, {_side(each, 'below', must)}; {each.row}"


def _side(each: ComparedCost, side: str, must: str) -> str:
    """`25.00 USD and 5% above`."""
    amount, percent = each.limits.get(f"{side}_amount"), each.limits.get(f"{side}_percent")
    if must == "amount_only":
        return f"{amount} {side}"
    return f"{amount} {'or' if must == 'either' else 'and'} {percent}% {side}"
