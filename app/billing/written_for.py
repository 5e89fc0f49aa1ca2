"""The invoice of an event in the form that its destination wants. Pure.

Only an event whose body holds an invoice has such a form; every event has one in JSON.
"""

import msgspec

from app.billing.destination import Destination, WrittenAs
from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.billing.written import csv, x12, x12_210, x12_810
from app.errors import UnwritableInvoiceError
from app.measures import Instant


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """What of a body is written; the rest is for who reads JSON."""

    invoice: Invoice
    number: str = ""
    posted: PostedInvoice | None = None

    @property
    def number_outside(self) -> str:
        """What the billing system calls it; empty before one does."""
        return self.posted.number if self.posted else self.number


def written_for(
    destination: Destination, body: bytes, *, control_number: int, written_at: Instant
) -> bytes:
    """The body's invoice, the same bytes for the same event.

    Args:
        destination: whose form it is, and what is agreed with it.
        body: of the event, in JSON.
        control_number: what no two interchanges to this destination share; 1 or more.
        written_at: the moment of the event.

    Raises:
        UnwritableInvoiceError: the form has no place or code for something of it, or there is no
            invoice in the event.
    """
    try:
        found = msgspec.json.decode(body, type=_Body)
    except msgspec.ValidationError as error:
        raise UnwritableInvoiceError(f"the event holds no invoice to write: {error}") from None
    if destination.format is WrittenAs.CSV:
        return csv.written(found.invoice, csv.Circumstances(number=found.number_outside))
    if destination.exchange is None:
        raise UnwritableInvoiceError(f"{destination.address} agrees nothing about X12")
    given = x12.Circumstances(
        exchange=destination.exchange,
        control_number=control_number,
        written_at=written_at,
        number=found.number_outside,
    )
    if destination.format is WrittenAs.X12_810 and destination.codes_810 is not None:
        return x12_810.written(found.invoice, given, destination.codes_810)
    if destination.format is WrittenAs.X12_210 and destination.codes_210 is not None:
        return x12_210.written(found.invoice, given, destination.codes_210)
    raise UnwritableInvoiceError(
        f"{destination.address} has no codes for the form {destination.format}"
    )
