"""Which open holds somebody wants to see."""

from datetime import datetime

import msgspec


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over open holds; what is empty filters nothing."""

    customer: str = ""
    carrier: str = ""
    code: str = ""
    codes: tuple[str, ...] = ()
    owner: str = ""
    assigned_to: str = ""
    rule_id: str = ""
    opened_before: datetime | None = None
    """Only those that are open since before this moment."""
    alone: bool = False
    """Only those that alone keep their money."""
    unpriced: bool = False
    """Only those over what has no price yet."""
    after: tuple[int, str, str, str] | None = None
    """Rank, unit, code and subject of the last one seen; None: from the first."""
