"""By which door bytes came, and whose turn it takes to decide what they touch."""

from collections.abc import Iterable

import msgspec

from app.evidence.intake.feed import Lane
from app.evidence.intake.received import Received

MENDED = "mended"
"""The tag of what a person handed in for a message that was kept aside."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """By which door bytes came, as far as it is known."""

    partner: str = ""
    feed: str = ""
    correlation_id: str = ""
    """What the sender calls the whole affair; made from the bytes where it says nothing."""
    replay: str = ""
    """The tag of a replay; empty for what a partner sends by itself."""
    lane: Lane | None = None
    """Only where it is not the feed's own."""


def share_of(came: Came, received: Iterable[Received]) -> str:
    """Whose turn it takes to decide what these bytes touch; empty where they touch nothing.

    A replay takes turns of its own: it never makes the partner's new messages wait or come later.
    """
    if came.replay:
        return f"replay {came.replay}"
    said = next((each.facts[0] for each in received if each.facts), None)
    return came.partner or (said.source.instance if said else "")
