"""The board: how much is where on its way from service to invoice, as values.

Counted over everything and kept as one row. Money that several holds keep is counted under each
of their codes, so money by code does not add up to what waits; money by stage does:
each cent is in one of its three columns.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from app.reports.standing.standing import Stage
from app.reports.work.batches import Batch, Closing

NAME = "board"
"""Of the row it is kept in."""
NOT_CLAIMED = (Stage.HELD, Stage.READY)
"""What has arrived and has to be in its customer's batch, unless nothing is billed for it."""
PAPERS_SHOWN = 5
STAGES_SAY = {
    Stage.MOVING: "its freight is on its way, or has not begun",
    Stage.HELD: "the freight has arrived, and something holds the invoice",
    Stage.READY: "a rule lets the invoice go out, and the billing system has not fetched it yet",
    Stage.CLAIMED: "the billing system has fetched it, and has not told the invoice's number yet",
    Stage.PROVISIONAL: "billed ahead of something that is still missing",
    Stage.BILLED: "billed, and nothing more waits",
    Stage.ADJUSTING: "billed, and what came since is still to be billed on top or given back",
    Stage.NO_BILL: "a rule says that nothing is billed",
}
"""What each stage is, for people; in the order in which units go through them."""


class Age(StrEnum):
    """How long a hold has been open, in days; the lower bound is in it."""

    TO_1 = "0-1"
    TO_3 = "1-3"
    TO_7 = "3-7"
    TO_30 = "7-30"
    OVER_30 = "30+"


AGES = {Age.TO_1: 0, Age.TO_3: 1, Age.TO_7: 3, Age.TO_30: 7, Age.OVER_30: 30}
"""From so many days on."""


class Runway(StrEnum):
    """How soon a last day is over."""

    OVER = "over"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "within 7 days"
    MONTH = "within 30 days"
    LATER = "later"


_LEAST = {
    Runway.OVER: -1_000_000,
    Runway.TODAY: 0,
    Runway.TOMORROW: 1,
    Runway.WEEK: 2,
    Runway.MONTH: 8,
    Runway.LATER: 31,
}
"""From so many days left on."""


class InStage(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one stage, of one currency; without one nothing of them is priced."""

    stage: Stage
    verdict: str
    """Of what is ready `release` or `provisional`; empty of any other stage."""
    currency: str
    units: int
    waits_minor: int
    """What may go out, or waits to."""
    held_minor: int
    """What is kept back while the rest goes out or is billed."""
    billed_minor: int


class HeldBy(msgspec.Struct, frozen=True, kw_only=True):
    """Open holds of one code and currency."""

    code: str
    owner: str
    currency: str
    holds: int
    minor: int
    alone: int
    """How many of them alone keep their money."""
    alone_minor: int
    """What ending these would let go."""


class Aged(msgspec.Struct, frozen=True, kw_only=True):
    """Open holds of one age and currency."""

    age: Age
    currency: str
    holds: int
    minor: int


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that have to be billed by a day, and are not; by how soon, and currency."""

    runway: Runway
    currency: str
    lines: int
    minor: int


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer was billed provisionally and nothing has settled."""

    customer: str
    currency: str
    invoices: int
    minor: int
    oldest_at: datetime
    first_expires_at: datetime | None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A missing paper that alone keeps a unit's or line's money."""

    unit: str
    customer: str
    code: str
    document: str
    """Its type."""
    owner: str
    currency: str
    minor: int


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """By what the open holds may be filtered."""

    customers: tuple[str, ...]
    carriers: tuple[str, ...]
    codes: tuple[str, ...]
    owners: tuple[str, ...]
    assigned: tuple[str, ...]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the board shows, and what the work list says above its rows."""

    stages: tuple[InStage, ...]
    held: tuple[HeldBy, ...]
    ages: tuple[Aged, ...]
    cutoffs: tuple[Closing, ...]
    """Of units that have arrived and were not claimed, by their customers' batches."""
    coming: tuple[Batch, ...]
    """The batches of these units that close next, the soonest first."""
    closed: tuple[Batch, ...]
    """The batches that closed without them, the latest first."""
    rights: tuple[Ends, ...]
    """The value at risk: lines that are not billed, by their rights to bill."""
    exposures: tuple[Exposure, ...]
    papers: tuple[Paper, ...]
    """The most money first."""
    unpriced: int
    """Open holds over what has no price."""
    choices: Choices


def runway_of(last_day: date, on: date) -> Runway:
    """How soon a last day is over."""
    left = (last_day - on).days
    return next(each for each, least in reversed(_LEAST.items()) if left >= least)


def days_of(runway: Runway, on: date) -> tuple[date | None, date | None]:
    """The first and the last of the days that run out so soon; None where there is no end."""
    days = [(each, on + timedelta(days=max(least, -1))) for each, least in _LEAST.items()]
    at = [each for each, _ in days].index(runway)
    last = days[at + 1][1] - timedelta(days=1) if at + 1 < len(days) else None
    return (days[at][1] if runway is not Runway.OVER else None), last


def opened_when(age: Age, moment: datetime) -> tuple[datetime | None, datetime]:
    """Holds of this age were opened after the first of these moments, and by the second."""
    ages = list(AGES)
    older = ages[ages.index(age) + 1] if age is not ages[-1] else None
    after = moment - timedelta(days=AGES[older]) if older else None
    return after, moment - timedelta(days=AGES[age])
