"""Which open holds, which units and which rights to bill somebody wants to see."""

from datetime import date, datetime

import msgspec

from app.reports.work.batches import Closes
from app.reports.work.board import Runway


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over open holds; what is empty filters nothing."""

    customer: str = ""
    carrier: str = ""
    code: str = ""
    codes: tuple[str, ...] = ()
    owner: str = ""
    assigned_to: str = ""
    rule_id: str = ""
    currency: str | None = None
    """Empty: those over what has no price; None: whatever it is."""
    opened_by: datetime | None = None
    """Only those that were opened at this moment or before."""
    opened_after: datetime | None = None
    """Only those that were opened after this moment."""
    alone: bool = False
    """Only those that alone keep their money."""
    unpriced: bool = False
    """Only those over what has no price yet."""
    after: tuple[int, str, str, str] | None = None
    """Rank, unit, code and subject of the last one seen; None: from the first."""


class HoldsCounted(msgspec.Struct, frozen=True, kw_only=True):
    """Open holds over money of one currency; without one, over what has no price."""

    currency: str
    holds: int
    minor: int


class WantedUnits(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over units; what is empty filters nothing."""

    stage: str = ""
    verdict: str = ""
    customer: str = ""
    carrier: str = ""
    currency: str | None = None
    """Empty: those of which nothing is priced; None: whatever it is."""
    cutoff: Closes | None = None
    """Of units that have arrived, were not claimed and are to be billed: how soon their batch
    closes."""
    closes: datetime | None = None
    """Of the same units: the moment at which their batch closes."""
    moment: datetime
    """From when on it is looked at."""
    after: str = ""
    """The last unit that was seen; empty: from the first."""


class WantedRights(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over lines that have to be billed by a day; what is empty filters nothing."""

    runway: Runway | None = None
    currency: str = ""
    on: date
    """From which day on it is looked at."""
    after: tuple[date, str, str] | None = None
    """Day, unit and line of the last one seen; None: from the first."""
