"""What must be known of one Tryton to invoice in it: where it is, and its codes for ours."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Dated = Literal["when posted", "when billed"]


class TrytonSettings(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="tryton"
):
    """One Tryton. The key of its user application is a secret and no part of this."""

    url: str
    """`https://tryton.example.com`, without the database."""
    database: str
    company: str = ""
    """The name of the company that invoices; needed where the user sees several."""
    parties: Mapping[str, str]
    """Our customer to the code of the party in Tryton."""
    journal: str
    """The code of the revenue journal."""
    receivable_account: str
    """The code of the account that customers owe on."""
    revenue_account: str
    """The code of the account of whatever has none of its own in `revenue_accounts`."""
    revenue_accounts: Mapping[str, str] = {}
    """Charge code to the code of its revenue account."""
    tax_accounts: Mapping[str, str] = {}
    """`GST of CA` to the code of the account the tax is owed on."""
    rate_digits: int = 4
    """Digits after the point of a unit price: `price_decimal` in Tryton's configuration."""
    dated: Dated = "when posted"
    """Which day an invoice bears. Tryton refuses a day before that of an invoice it has numbered,
    and a day to come; `when posted` leaves the day to Tryton, so that a late one still goes."""
    timeout_seconds: int = 30
