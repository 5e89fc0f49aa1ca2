"""What long work is made of: batches that may be repeated, each telling where the next begins."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

Args = Mapping[str, str]
"""What was asked; texts only, so that every version of the product can read them."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch did."""

    cursor: str | None
    """Where the next one begins; None where nothing is left."""
    done: int
    """Things looked at."""


Act = Callable[[Args, str], Batch]
"""Does the batch that begins at a cursor, empty at first; doing it twice must be harmless."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of long work."""

    name: str
    lane: str
    """Jobs of one lane wait for each other; lanes do not."""
    act: Act


ENDED = frozenset(("done", "failed", "cancelled"))
"""States of a job that will do nothing more."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands."""

    job_id: str
    kind: str
    args: dict[str, str]
    state: str
    """`waiting`, `running`, `done`, `failed` or `cancelled`."""
    done: int = 0
    error: str = ""
    executor: str = ""
    """The process that runs it, or ran it last."""
    started_at: datetime
    changed_at: datetime
