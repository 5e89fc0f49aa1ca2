"""The demo's week behind a console."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from app.access import Person, Role
from app.entrypoints.demo import BILLING, OPENED, decide_week, record_week
from app.entrypoints.demo_billing import billing_turns
from app.entrypoints.drafts import bring_into_force
from app.judgement.decision import Decision
from app.main import open_house, upgrade_database
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up
from app.settings import Settings
from tests.integration.console.visiting import Visitor, visiting

STAFF = Person(name="ann", role=Role.AUDIT)


@dataclass(frozen=True)
class Week:
    """The week, decided, and somebody who looks."""

    house: House
    visitor: Visitor
    decisions: tuple[Decision, ...]


@contextmanager
def looked_at(file: Path) -> Iterator[Week]:
    """The week in a database of its own; whoever acts in it spoils it for others."""
    installed = Settings(database_url=SecretStr(f"sqlite:///{file}"))
    upgrade_database(installed)
    with open_house(installed) as house:
        quiet = Console(file=io.StringIO())
        bring_into_force(installed, house, at=OPENED)
        record_week(house, quiet, billing_turns(BILLING))
        decisions = decide_week(house, quiet)
        catch_up(house)
        with visiting(house, installed) as visitor:
            yield Week(house, visitor, decisions)
