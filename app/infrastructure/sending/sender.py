"""What every sender does: send one event, or say why not and whether to try again."""

from datetime import datetime
from typing import Protocol

import msgspec


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way out; the same event always has the same id."""

    event_id: str
    type: str
    """`decision.changed`, `release.claimed`, ...: see `billing/destination.py`."""
    subject: str
    """The unit, feed or message it is about; what is about one arrives in order."""
    body: bytes
    """Canonical JSON."""
    correlation_id: str
    created_at: datetime
    number: int = 0
    """Its place in the order of happening: what no two events of a tenant share."""


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """It arrived."""

    reference: str = ""
    """What the other side calls it, where it says so: an invoice number, a file's name."""
    answer: bytes = b""
    """What the other side said, where that is worth keeping."""


class NotSentError(Exception):
    """It did not arrive, or nobody knows whether it did."""

    def __init__(
        self,
        detail: str,
        *,
        retry: bool,
        after_s: float | None = None,
        most_attempts: int | None = None,
        only_this: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry = retry
        """False where trying again cannot help: a person must look."""
        self.after_s = after_s
        """How long to wait: the other side asked for it, or what was begun may take so long."""
        self.most_attempts = most_attempts
        """Attempts after which it is given up, where that is fewer than for other failures."""
        self.only_this = only_this
        """It says nothing of the other side: only this event waits."""


class Sender(Protocol):
    """Sends to one destination; sending the same event twice must be harmless there or found."""

    def send(self, outgoing: Outgoing) -> Sent:
        """Send it.

        Raises:
            NotSentError: it did not arrive, or nobody knows.
        """
        ...
