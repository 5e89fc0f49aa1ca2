"""What is answered to the question what would release a unit."""

import msgspec

from app.measures import Instant
from app.money import Money


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that has to be said or done, and who sees to it."""

    says: str
    ends: str
    """The hold it is for."""
    subject: str = ""
    owner: str
    ask: str = ""
    system: str
    """The kind of system that would tell it."""
    due_at: Instant
    assumes: str = ""
    """The value it was worked out with, where only the source can tell the real one."""


class UnlockSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Steps which together let the unit go out, none of them needlessly."""

    steps: tuple[Step, ...]
    due_at: Instant
    """When the first of its holds is due."""
    unlocks: Money
    """What could be billed with it and cannot be now; exact if what is assumed comes true."""


class Need(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hold of a unit for which no set of facts could be proved.

    Something else has to change first (a price, a contract, a code map, a rule), or a value
    has to be told that nobody may make up.
    """

    code: str
    subject: str = ""
    says: str
    owner: str
    way_out: str
    due_at: Instant
    changes: str = ""
    """What has to be changed where no fact can end it; empty where facts may."""


class Unlocking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What would release a unit: proved sets of facts, and what facts alone cannot do."""

    decision_id: str
    sets: tuple[UnlockSet, ...] = ()
    """With each of them the unit is released for good, whole."""
    provisional: tuple[UnlockSet, ...] = ()
    """With each of them a held unit may go out ahead of what it still waits for."""
    needs: tuple[Need, ...] = ()
    given_up: bool = False
    """The search ended at its bound; there may be more."""
    tried: int = 0
    """How often the unit was decided again in the search."""
