"""Invoices to send: each test has references of its own, as the systems are shared."""

import itertools
from datetime import date
from decimal import Decimal

import msgspec

from app.billing.invoice import Invoice, InvoiceLine, Kind
from app.billing.posted import PostedInvoice
from app.money import Money, total

_numbers = itertools.count(1)


def line(
    key: str,
    amount: str,
    *,
    quantity: str = "1",
    rate: str = "",
    tax: str = "",
    currency: str = "USD",
) -> InvoiceLine:
    return InvoiceLine(
        key=key,
        code=key.split("/", maxsplit=1)[0],
        description=key.replace("_", " ").capitalize(),
        quantity=Decimal(quantity),
        unit="mi",
        rate=Decimal(rate or amount),
        amount=Money(Decimal(amount), currency),
        tax=tax,
    )


LINES = (
    line("linehaul", "296.34", quantity="20.00", rate="49.39"),  # less a discount
    line(
        "fuel_surcharge", "25.03", quantity="2.5", rate="10.01"
    ),  # 25.025, which Tryton makes 25.02
    line("detention", "112.50", quantity="1.5", rate="75"),
    line("tax/gst", "21.69", quantity="433.87", rate="5", tax="GST of CA"),
)
TOTAL = Decimal("455.56")


def invoice(
    *lines: InvoiceLine, customer: str = "ACME", kind: Kind = "original", credits_: str = "",
    reference: str = "",
) -> Invoice:  # fmt: skip
    lines = lines or LINES
    currency = lines[0].amount.currency
    number = next(_numbers)
    return Invoice(
        reference=reference or f"rel-{number:04}",
        kind=kind,
        customer=customer,
        unit=f"shipment S-{number}",
        decision_id=f"d{number}",
        currency=currency,
        lines=tuple(lines),
        total=total((each.amount for each in lines), currency),
        billed_on=date(2026, 11, 2),
        references=(("bol", f"B-{number}"), ("customer_po", "PO 7")),
        credits=credits_,
    )


def credit_of(original: Invoice) -> Invoice:
    """Everything taken back: the exact negatives."""
    lines = tuple(msgspec.structs.replace(each, amount=-each.amount) for each in original.lines)
    made = invoice(*lines, kind="credit", credits_=original.reference, customer=original.customer)
    return msgspec.structs.replace(made, unit=original.unit)


class NobodyElse:
    """Nobody else has begun to create the invoice; what is taken away is remembered."""

    def __init__(self) -> None:
        self.withdrew: list[PostedInvoice] = []

    def was_begun(self) -> bool:
        return False

    def begins(self) -> None:
        """It may."""

    def withdraws(self, draft: PostedInvoice, kept: PostedInvoice) -> None:
        assert (draft.reference, draft.total) == (kept.reference, kept.total)
        self.withdrew.append(draft)


class Begun(NobodyElse):
    """Somebody has begun to create it before."""

    def was_begun(self) -> bool:
        return True


nobody_else = NobodyElse()
