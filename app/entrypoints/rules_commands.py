"""`tollgate rules`: what the person who writes rules asks before they come into force."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from app.authoring.workshop.activation import not_proved
from app.authoring.workshop.editor_schemas import schemas_of
from app.authoring.workshop.reading_aloud import pack_in_words
from app.authoring.workshop.remarks import remarks_on
from app.errors import NotFoundError, TollgateError
from app.main import open_engine, read_rules
from app.settings import Settings

STANDARD = "standard"


@click.group()
def rules() -> None:
    """Check, read and complete the rules on disk; nothing comes into force by it."""


@rules.command()
def check() -> None:
    """Show every mistake of every file, then try the cases and both keys on the set."""
    settings = Settings()
    try:
        packs, cases = read_rules(settings)
    except TollgateError as error:
        _refuse(error)
    with open_engine(settings) as engine:
        found = not_proved(packs, cases, engine)
    if found:
        _refuse(TollgateError("the rules do not do what their cases say", found))
    remarks = dict.fromkeys(str(each) for pack in packs for each in remarks_on(pack))
    for remark in remarks:
        click.echo(f"note: {remark}")
    for pack in packs:
        own = sum(case.folder == pack.name for case in cases)
        click.echo(f"{pack.name}: {len(pack.rules)} rules, {own} cases, both keys agree")


@rules.command()
@click.argument("customer", default=STANDARD)
def show(customer: str) -> None:
    """Read the rules for a customer, or for everybody, in plain English."""
    try:
        packs, _ = read_rules(Settings())
        pack = {each.name: each for each in packs}.get(customer)
        if pack is None:
            names = ", ".join(each.name for each in packs)
            raise NotFoundError(f"{customer} has no rules of its own; there are: {names}")
    except TollgateError as error:
        _refuse(error)
    click.echo("\n".join(pack_in_words(pack)))


@rules.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rules/.schemas"),
    show_default=True,
    help="The folder to write to.",
)
def schema(out: Path) -> None:
    """Write JSON Schemas by which an editor completes and checks the files."""
    try:
        packs, cases = read_rules(Settings())
    except TollgateError as error:
        _refuse(error)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in schemas_of(packs, cases).items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(f"written: {out / name}")


def _refuse(error: TollgateError) -> NoReturn:
    click.echo(f"tollgate: {error}", err=True)
    sys.exit(1)
