"""What the author of a card should see of it, beside that it has no mistakes."""

import msgspec

from app.pricing.rating.card import RateCard


class CardReport(msgspec.Struct, frozen=True, kw_only=True):
    """Lines for reading."""

    break_points: tuple[str, ...] = ()
    """From which weights on the next break is cheaper."""
    boundary_cases: tuple[str, ...] = ()
    """What stands on a boundary, and which side of it counts."""
    notes: tuple[str, ...] = ()
    """What is no mistake, and still worth a look."""


def report_of(card: RateCard) -> CardReport:
    """The report of a card without mistakes."""
    del card
    return CardReport()
