"""`tollgate tariffs`: what others publish becomes drafts and messages, and none is accepted."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

import click

from app.authoring.files.card_files import draft_from
from app.authoring.importers.brunel import card_of_brunel, orders_of_brunel
from app.authoring.importers.diesel import Series, index_values, messages_of, missing_weeks
from app.authoring.importers.tariff_400ng import card_of_400ng
from app.authoring.workshop.rate_audit import Audit, audited
from app.entrypoints.plainly import told_plainly
from app.errors import FileError, Mistake, Place

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
OUT = click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True)


@click.group()
def tariffs() -> None:
    """Import published tariffs and index series, and audit what was imported."""


@tariffs.command("from-400ng")
@click.argument("folder", type=FOLDER)
@OUT
@click.option("--mileage", default="DTOD", show_default=True, help="Whose miles count.")
@told_plainly
def from_400ng(folder: Path, into: Path, mileage: str) -> None:
    """Make a rate card of the yearly tables of tariff 400NG."""
    _write(into, card_of_400ng(_reader(folder), mileage))


@tariffs.command("from-brunel")
@click.argument("folder", type=FOLDER)
@OUT
@click.option("--transit-days", is_flag=True, help="Days of transit find a rate too.")
@click.option("--rounded", is_flag=True, help="Weights are rounded to two decimals first.")
@told_plainly
def from_brunel(folder: Path, into: Path, *, transit_days: bool, rounded: bool) -> None:
    """Make a rate card of Brunel University's FreightRates.csv."""
    files = card_of_brunel(_reader(folder), by_transit_days=transit_days, rounded=rounded)
    _write(into, files)


@tariffs.command("audit-brunel")
@click.argument("folder", type=FOLDER)
@click.option("--transit-days", is_flag=True, help="Days of transit find a rate too.")
@click.option("--rounded", is_flag=True, help="Weights are rounded to two decimals first.")
@click.option("--findings", is_flag=True, help="List every order without one rate.")
@told_plainly
def audit_brunel(folder: Path, *, transit_days: bool, rounded: bool, findings: bool) -> None:
    """Rate the orders of OrderList.csv by its card, though the card is refused."""
    read = _reader(folder)
    files = card_of_brunel(read, by_transit_days=transit_days, rounded=rounded)
    card, mistakes = draft_from(folder.name, files.__getitem__)
    assert card is not None, "an imported card has a head"
    orders = tuple(orders_of_brunel(read))
    mine = tuple(order for order in orders if not order.by_customer)
    known_on = max(order.ordered_on for order in orders)
    units = (order.unit() for order in mine)
    audit = audited(card, units, len(orders) - len(mine), known_on)
    for mistake in mistakes if findings else ():
        click.echo(str(mistake))
    for finding in audit.findings if findings else ():
        click.echo(str(finding))
    click.echo(f"the card has {len(mistakes)} mistakes" if mistakes else "the card has no mistake")
    _report(audit)


def _report(audit: Audit) -> None:
    words = {0: "without a rate", 1: "with one rate", 2: "with two rates", 3: "with three or more"}
    for number, orders in audit.with_rates.items():
        click.echo(f"{orders:>7,} {words[number]}")
    click.echo(f"{audit.left_out:>7,} arranged by the customer")
    click.echo(f"priced: {audit.charged}")


@tariffs.command("from-eia")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", required=True, help="The series as the file heads it: D1, ...")
@click.option("--series", default="EIA on-highway diesel", show_default=True)
@click.option("--region", default="US", show_default=True)
@click.option("--put-off", multiple=True, type=click.DateTime(["%Y-%m-%d"]), metavar="MONDAY")
@told_plainly
def from_eia(
    file: Path, column: str, series: str, region: str, put_off: tuple[datetime, ...]
) -> None:
    """Print the weekly values as messages for `tollgate ingest`; missing weeks go to stderr."""
    days: tuple[date, ...] = tuple(moment.date() for moment in put_off)
    which = Series(column=column, name=series, region=region)
    values = index_values(file.read_text(encoding="utf-8"), file.name, which, days)
    for week in missing_weeks(values):
        click.echo(f"no value for the week of {week.isoformat()}", err=True)
    click.echo(messages_of(values), nl=False)


def _reader(folder: Path) -> Callable[[str], str]:
    def read(name: str) -> str:
        try:
            return (folder / name).read_text(encoding="utf-8")
        except OSError as error:
            mistake = Mistake(place=Place(file=name), what="there is no such file")
            raise FileError(f"{folder} cannot be imported", [mistake]) from error

    return read


def _write(into: Path, files: Mapping[str, str]) -> None:
    """A folder of a card that was not there before: no draft is overwritten."""
    if into.exists():
        raise click.ClickException(f"{into} is there already")
    for name, text in files.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(text, encoding="utf-8")
    click.echo(f"written: {into}, {len(files)} files; a draft until it was checked and accepted")
