"""`tollgate entitlements`: what the contracts allow and nobody raised; claimed, or dismissed."""

import sys
from collections.abc import Iterator

import click

from app.digest import canonical
from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.explanation.entitlements_in_words import barred_in_words, entitlement_in_words
from app.operations.entitling.entitlements import EntitlementsKnown, entitlement_of, entitlements
from app.operations.entitling.raise_entitlement import (
    claim_entitlement,
    claim_event,
    dismiss_entitlement,
)
from app.operations.receiving.record_messages import Receipt
from app.settings import Settings


class ListsByDefault(click.Group):
    """A group whose `list` needs no naming: what is no command is the reference to list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


@click.group("entitlements", cls=ListsByDefault)
def entitled() -> None:
    """Charges that the contracts allow and nobody raised."""


@entitled.command("list")
@click.argument("reference", required=False, default="")
@click.option("--customer", default="", help="Only what this customer would be billed.")
@click.option("--json", "as_json", is_flag=True, help="All of it as canonical JSON.")
@told_plainly
def list_found(reference: str, customer: str, *, as_json: bool) -> None:
    """What was found, of one unit or of all: the nearest deadline first, then the sums."""
    with working_house(Settings()) as house:
        known = entitlements(house, reference, customer)
    if as_json:
        click.echo(canonical(known).decode())
    else:
        click.echo("\n".join(_report(known)))


@entitled.command()
@click.argument("name", metavar="ID")
@click.option("--reason", default="", help="Why it is claimed; kept with the claim.")
@click.option("--body", is_flag=True, help="Only write the CloudEvent that raises it.")
@told_plainly
def claim(name: str, reason: str, *, body: bool) -> None:
    """Raise what was found as a claim by the acting person."""
    with working_house(Settings()) as house:
        if body:
            click.echo(canonical(claim_event(house, entitlement_of(house, name), reason)).decode())
            return
        receipt = claim_entitlement(house, name, reason)
    _told(receipt, "claimed", name)


@entitled.command()
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why it is not billable.")
@told_plainly
def dismiss(name: str, reason: str) -> None:
    """Record that it is not billable; it is not shown as found any more."""
    with working_house(Settings()) as house:
        receipt = dismiss_entitlement(house, name, reason)
    _told(receipt, "dismissed", name)


def _told(receipt: Receipt, done: str, name: str) -> None:
    faults = [f"{each.code}: {each.detail}" for m in receipt.messages for each in m.faults]
    if receipt.counted("refused") + receipt.counted("conflict"):
        click.echo(f"tollgate: {name} is not {done}: {'; '.join(faults)}", err=True)
        sys.exit(1)
    click.echo(f"{done}: {name}")


def _report(known: EntitlementsKnown) -> Iterator[str]:
    if not known.owed:
        yield "nothing is found that is not claimed"
    for each in known.owed:
        yield from entitlement_in_words(each.entitlement, each.customer, each.days_left)
    if known.barred:
        yield ""
        yield "Not owed, or dismissed"
        for barred in known.barred:
            yield from barred_in_words(barred)
    if known.sums:
        yield ""
        yield "Can be claimed"
    for found in known.sums:
        whose = found.customer or "unknown"
        yield f"  {whose:<16} {found.charge:<26} {found.count:>4} {found.amount!s:>18}"
    for amount in known.found:
        yield f"  {'in all':<48} {amount!s:>18}"
    for amount in known.lost:
        yield f"  {'can be claimed no more':<48} {amount!s:>18}"
    if known.without_price:
        yield f"  {known.without_price} more may be owed and have no price yet"
