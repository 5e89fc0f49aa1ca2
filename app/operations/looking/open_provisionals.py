"""Provisional invoices that nothing has settled, the oldest first, a page at a time.

One whose unit is none any more is among them: the customer has it all the same.
"""

import msgspec

from app.operations.house import House
from app.operations.looking.units import A_PAGE
from app.reports.standing.standing import BilledInvoice


class OpenInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    invoice: BilledInvoice
    gone: bool
    """Whether its unit is none any more."""


class OpenInvoices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them."""

    invoices: tuple[OpenInvoice, ...]
    after: str
    """Where the next page begins; empty on the last."""


def open_provisionals(
    house: House, customer: str | None = None, currency: str = "", after: str = ""
) -> OpenInvoices:
    """The next ones, of one customer and currency or of all; an empty customer is an unknown one.

    Raises:
        RequestError: no page ended with `after`.
    """
    with house.database.reading(house.tenant) as store:
        found = store.standings.open_provisionals(customer, currency, after, A_PAGE + 1)
        there = store.standings.standing_of({each.unit for each in found})
    shown = found[:A_PAGE]
    return OpenInvoices(
        invoices=tuple(OpenInvoice(invoice=each, gone=each.unit not in there) for each in shown),
        after=shown[-1].release_id if len(found) > A_PAGE else "",
    )
