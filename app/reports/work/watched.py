"""What whoever watches the installation is told of everything that is stored, as one value.

Counted by a loop and kept as one row, from which every process answers Prometheus: nothing is
counted when it is asked for. Moments are kept, not ages, so that what is old grows older even
where nobody counts any more.

    missed cut-off     the customer's batch has closed, and nobody had claimed what was in time
    late POD           delivered for 48 hours, and the proof that it needs has not come
    blocked invoice    claimed for 24 hours, told to the billing system, and no number has come back
    right ending       an open hold on what may be billed for at most 7 more days
    provisional        open, and it runs out within 24 hours or has run out
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from app.reports.standing.standing import Stage

NAME = "watched"
"""Of the row it is kept in."""
LATE_POD = timedelta(hours=48)
BLOCKED = timedelta(hours=24)
RIGHT_ENDS = timedelta(days=7)
RUNS_OUT = timedelta(hours=24)
PROOF_HOLDS = ("POD_MISSING", "POD_UNSIGNED_OR_EXCEPTION")
WAITING_FOR_BILLING = (Stage.MOVING, Stage.HELD, Stage.READY)


class HeldMoney(msgspec.Struct, frozen=True, kw_only=True):
    """What the open holds of one code come to in one currency.

    Money that several holds keep is counted under each of their codes: what is told of a code is
    what waits for it, and codes do not add up.
    """

    code: str
    currency: str
    """Empty where nothing is priced."""
    holds: int
    minor_units: int


class RightEnding(msgspec.Struct, frozen=True, kw_only=True):
    """What may be billed for a few more days only, by currency; each unit once."""

    currency: str
    units: int
    minor_units: int


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits, by whose it is."""

    name: str
    waiting: int
    since: datetime | None = None
    """Since when the oldest could have been done."""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """What is on its way to one destination."""

    name: str
    waiting: int = 0
    dead: int = 0
    since: datetime | None = None
    """When the oldest that waits may be, or could have been, tried."""
    left_alone: bool = False
    """Whether it failed so often that it is left alone for now."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that alarms and dashboards know of what is stored."""

    units: Mapping[str, int] = {}
    """By stage."""
    held: tuple[HeldMoney, ...] = ()
    missed_cutoffs: int = 0
    late_pods: int = 0
    blocked_invoices: int = 0
    rights_ending: tuple[RightEnding, ...] = ()
    provisionals_running_out: int = 0
    quarantined: Queue = Queue(name="quarantine", waiting=0)
    deciding: tuple[Queue, ...] = ()
    """By lane."""
    stuck: int = 0
    """Due rows that failed so often that a person must look."""
    noting: int = 0
    """Units of which it is still to be noted where they stand."""
    destinations: tuple[Destination, ...] = ()
