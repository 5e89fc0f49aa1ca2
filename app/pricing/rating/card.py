"""The rate card: what was agreed with a customer about prices, complete with its tables."""

from datetime import date, timedelta

import msgspec

from app.pricing.agreed.term import LaneOrder
from app.pricing.shapes import Shape
from app.pricing.told.dating import RateDate
from app.pricing.told.exchange import Exchange


class RateCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One customer's prices.

    Stored for good as canonical JSON, so it only grows, as do its terms and rows: a field
    may be added with a default; nothing is renamed, removed or given another meaning. A
    changed calculation is a new `method`.
    """

    name: str
    customer: str
    currency: str
    agreed_in: str
    """The agreement, by the name under which people find it."""
    effective_from: date
    effective_before: date | None = None
    rate_date: RateDate
    lanes: LaneOrder = ""
    """Which side of a lane decides first; needed as soon as a row names a place."""
    exchange: Exchange | None = None
    """By which rate charges in another currency are converted."""
    charges: tuple[Shape, ...]
    """In the order of the invoice; a percentage stands below what it is taken of."""

    def covers(self, day: date) -> bool:
        """Whether the card is in force on the day."""
        ended = self.effective_before is not None and day >= self.effective_before
        return self.effective_from <= day and not ended

    def last_day_by(self, day: date) -> date:
        """The day; of a card that has ended by then the last that it covers."""
        if self.effective_before is None or day < self.effective_before:
            return day
        return self.effective_before - timedelta(days=1)
