"""What every operation is handed: where to store, whom to ask, who acts, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.infrastructure.storage.database import Database
from app.judgement.rulebook.key import Key
from app.operations.prepared import PREPARED

assert PREPARED, "whoever opens a house reads what is stored, in several threads"


@dataclass
class Drafted:
    """What became of the drafts on disk; the last good ones are in force all the same."""

    refused: str = ""
    """What is wrong with them; empty where they are in force."""


@dataclass(frozen=True)
class House:
    """One tenant's tollgate, put together in `app/main.py`."""

    database: Database
    first_key: Key
    tenant: str
    actor: str
    now: Callable[[], datetime]
    """The only clock; it stamps arrivals and acts and never enters a decision."""
    correlation_id: str = ""
    """The affair in which it acts; every message, row and line of the log carries it."""
    affair_is_named: bool = True
    """Whether somebody named that affair. One that was made up for a question gives way to the
    affair of what is asked about, so that a message and all that follows from it stay together."""
    drafts: Drafted = field(default_factory=Drafted)
    told_time: bool = False
    """Whether the clock is not the real one but stands in the demo's week; pages say so."""

    def at(self, moment: datetime) -> "House":
        """The same at another moment, where what happened is acted out again."""
        return replace(self, now=lambda: moment)

    def in_affair(self, correlation_id: str) -> "House":
        """The same, acting in an affair that was begun elsewhere."""
        if not correlation_id:
            return self
        return replace(self, correlation_id=correlation_id, affair_is_named=True)

    @property
    def named_affair(self) -> str:
        """The affair that somebody named; empty where nobody did."""
        return self.correlation_id if self.affair_is_named else ""
