"""What a billing system says of an invoice it was sent."""

from typing import Literal

import msgspec

from app.measures import Instant
from app.money import Money

State = Literal["draft", "posted", "paid", "cancelled"]


class PostedInvoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An invoice as the billing system has it."""

    reference: str
    """The reference it was sent under."""
    external_id: str
    """What the system calls it inside."""
    number: str = ""
    """What it is called outside; empty while it is a draft."""
    state: State
    total: Money
    amount_due: Money
    changed_at: Instant | None = None
    """When the system last changed it, where it says so."""
