"""What the ledger says of the invoices we had posted."""

from datetime import date
from typing import Literal

import msgspec

from app.money import Money


class Receivable(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="receivable",
    tag_field="entity",
):
    """What is still owed on one of our invoices. Natural key: `receivable`, its number.

    It is said of an invoice and of no unit: what was decided does not hang on who has paid.
    """

    receivable: str
    """What the billing system calls the invoice outside."""
    state: Literal["posted", "paid", "cancelled"]
    amount: Money
    amount_due: Money
    release: str = ""
    """The release that was billed, where the system names it."""
    changed_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a debt in another currency than the invoice, and one of what is paid."""
        if self.amount_due.currency != self.amount.currency:
            raise ValueError(f"of {self.amount} nobody owes {self.amount_due}")
        if self.state == "paid" and self.amount_due.amount != 0:
            raise ValueError(f"a paid invoice has {self.amount_due} due")
