"""What is wrong with a rate card, said so that its author finds the place."""

import msgspec

from app.pricing.agreed.rows import Row


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: in which charge and, where it is a row, in which one."""

    what: str
    charge: str = ""
    row: Row | None = None
    field: str = ""
    word: str = ""
    """The offending text, where there is one."""
    allowed: tuple[str, ...] = ()
    mend: str = ""
