"""A house to work in, with the drafts on disk in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from app.errors import FileError
from app.main import open_house, read_drafts, upgrade_database
from app.operations.changing.accept_editions import accept_editions
from app.operations.house import House
from app.settings import Settings


@contextmanager
def working_house(settings: Settings, *, accept: bool = True) -> Iterator[House]:
    """A house with the drafts on disk in force; mistakes in them leave the last good ones."""
    made_if_new(settings)
    with open_house(settings) as house:
        if accept:
            bring_into_force(settings, house)
        yield house


def bring_into_force(settings: Settings, house: House, at: datetime | None = None) -> None:
    """Accept the drafts on disk, or say what is wrong with them and go on with what is in force."""
    try:
        accepted = accept_editions(house, read_drafts(settings), at=at)
    except FileError as error:
        house.drafts.refused = str(error)
        click.echo(f"tollgate: {error}", err=True)
        return
    house.drafts.refused = ""
    for each in accepted:
        click.echo(f"in force: {each.kind} {each.name}, edition {each.digest[:12]}", err=True)


def made_if_new(settings: Settings) -> None:
    """Make a SQLite file that is not there yet; any other database is upgraded on request."""
    url = settings.database_url.get_secret_value()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        upgrade_database(settings)
