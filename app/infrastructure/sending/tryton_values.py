"""Tryton's JSON: its Decimals, dates and moments, its domains, and an invoice as it answers one.

Shapes: trytond 8.2, `trytond/protocols/jsonrpc.py` and `rest.py`. A moment must have its
microseconds, even zero: without them Tryton answers 500.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from app.billing.posted import PostedInvoice, State
from app.money import payable

STATES: Mapping[str, State] = {
    "draft": "draft",
    "validated": "draft",
    "posted": "posted",
    "paid": "paid",
    "cancelled": "cancelled",
}

INVOICE_FIELDS = (
    "reference", "number", "state", "total_amount", "amount_to_pay", "currency.code", "write_date",
)  # fmt: skip
"""What is asked for wherever an invoice is the answer."""


class TrytonDecimal(msgspec.Struct, frozen=True):
    """`{"__class__": "Decimal", "decimal": "1.25"}`."""

    decimal: Decimal


class TrytonMoment(msgspec.Struct, frozen=True):
    """A moment in UTC, in parts."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int

    def moment(self) -> datetime:
        """The moment it is."""
        return datetime(
            self.year, self.month, self.day,
            self.hour, self.minute, self.second, self.microsecond, UTC,
        )  # fmt: skip


class TrytonCurrency(msgspec.Struct, frozen=True):
    """The currency an invoice is in."""

    code: str


class TrytonInvoice(msgspec.Struct, frozen=True):
    """An invoice with `INVOICE_FIELDS`."""

    id: int
    reference: str | None
    number: str | None
    state: Literal["draft", "validated", "posted", "paid", "cancelled"]
    total_amount: TrytonDecimal
    amount_to_pay: TrytonDecimal
    currency: TrytonCurrency
    write_date: TrytonMoment | None

    def posted(self) -> PostedInvoice:
        """The same in our words.

        Raises:
            ValueError: an amount or a currency that is none.
        """
        currency = self.currency.code
        return PostedInvoice(
            reference=self.reference or "",
            external_id=str(self.id),
            number=self.number or "",
            state=STATES[self.state],
            total=payable(self.total_amount.decimal, currency),
            amount_due=payable(self.amount_to_pay.decimal, currency),
            changed_at=self.write_date.moment() if self.write_date else None,
        )


class TrytonId(msgspec.Struct, frozen=True):
    """A record of which only the id matters."""

    id: int


def decimal_value(number: Decimal) -> dict[str, str]:
    """A Decimal as Tryton wants it."""
    return {"__class__": "Decimal", "decimal": format(number, "f")}


def day_value(day: date) -> dict[str, Any]:
    """A day as Tryton wants it."""
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def moment_value(moment: datetime) -> dict[str, Any]:
    """A moment as Tryton wants it: in UTC and with microseconds."""
    utc = moment.astimezone(UTC)
    return {
        "__class__": "datetime",
        "year": utc.year,
        "month": utc.month,
        "day": utc.day,
        "hour": utc.hour,
        "minute": utc.minute,
        "second": utc.second,
        "microsecond": utc.microsecond,
    }


def domain_value(domain: list[Any]) -> str:
    """A search as the parameter `d`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(domain)).decode()
