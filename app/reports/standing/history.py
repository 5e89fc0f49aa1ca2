"""Everything that happened to one unit, as values."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.family.document import DocumentKind, FamilyDocument
from app.judgement.decision import Decision
from app.pricing.contract.contract import Contract


class About(msgspec.Struct, frozen=True, kw_only=True):
    """By what everything about a unit is taken together."""

    unit: str
    customer: str
    carrier: str
    mode: str
    lane: str
    rules: str


class DecisionTook(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was the answer from a moment on."""

    decision: Decision
    at: datetime
    correlation_id: str = ""
    gone: bool = False
    """Whether the unit was none any more from then on."""


class FactReceived(msgspec.Struct, frozen=True):
    """A fact of the unit, and when it came."""

    fact: Fact
    at: datetime


class DocumentClaimed(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the unit's family, and what the billing system calls it."""

    document: FamilyDocument
    number: str = ""
    invoiced_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def is_open_provisional(self) -> bool:
        """Whether it is a provisional invoice that nothing has ended."""
        return self.document.kind is DocumentKind.PROVISIONAL and not self.document.settled

    @property
    def changed_at(self) -> datetime:
        """The last thing that happened to it."""
        moments = (self.document.claimed_at, self.invoiced_at, self.settled_at)
        return max(each for each in moments if each is not None)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that happened to one unit, as stored."""

    unit: BillableUnit
    """Folded from the facts that the current decision saw."""
    contract: Contract | None
    rules: str
    """The digest of the rules by which it was decided last."""
    facts: tuple[FactReceived, ...]
    """What was said of the unit itself, and whatever people noted beside it."""
    taken: tuple[DecisionTook, ...]
    """In the order in which they were taken."""
    billed: tuple[DocumentClaimed, ...] = ()
    """Every document that was claimed, in order."""
    known_documents: int = 0
    """How many of them the current decision knew of."""


class Days(msgspec.Struct, frozen=True):
    """A customer's calendar."""

    zone: str

    def of(self, moment: datetime) -> date:
        """The customer's day of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """The moment at which a day of the customer ends."""
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.zone))

    def maybe(self, moment: datetime | None) -> date | None:
        """The same of a moment that may not have come."""
        return None if moment is None else self.of(moment)
