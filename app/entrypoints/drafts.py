"""The drafts on disk come into force; what is wrong with them is told on standard error."""

from datetime import datetime

import click

from app.errors import FileError
from app.main import read_drafts
from app.operations.accept_editions import accept_editions
from app.operations.house import House
from app.settings import Settings


def bring_into_force(settings: Settings, house: House, at: datetime | None = None) -> None:
    """Accept the drafts on disk, or say what is wrong with them and go on with what is in force."""
    try:
        accepted = accept_editions(house, read_drafts(settings), at=at)
    except FileError as error:
        click.echo(f"tollgate: {error}", err=True)
        return
    for each in accepted:
        click.echo(f"in force: {each.kind} {each.name}, edition {each.digest[:12]}", err=True)
