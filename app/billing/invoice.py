"""What is billed: the lines a release permits, exactly as they were decided."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from app.judgement.decision import Decision
from app.money import Money, total

Kind = Literal["original", "provisional", "credit"]


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an invoice."""

    key: str
    """The decided line it is; a credit names the line it takes back."""
    code: str
    """What the invoice calls it: linehaul, fuel surcharge, detention, ..."""
    description: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Money
    """The decision's amount to the cent; quantity x rate need not give it (minimums, discounts)."""
    tax: str = ""
    """Of a tax line: which tax of whom, `GST of CA`."""
    clause: str = ""


class Invoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One invoice as it leaves for the billing system."""

    reference: str
    """What no two invoices share: the release's id, made from what is billed."""
    kind: Kind
    customer: str
    unit: str
    decision_id: str
    currency: str
    lines: tuple[InvoiceLine, ...]
    total: Money
    billed_on: date
    """The day of the claim, in UTC."""
    references: tuple[tuple[str, str], ...] = ()
    """Kind and number of everything the unit goes by: bol, pro, customer_po, ..."""
    credits: str = ""
    """Of a credit: the reference of the invoice it takes back."""

    def __post_init__(self) -> None:
        """Keep the promise that the lines are the total."""
        added = total((line.amount for line in self.lines), self.currency)
        assert added == self.total, "the lines of an invoice add up to its total"


def invoice_of(
    decision: Decision,
    *,
    reference: str,
    kind: Kind,
    billed_on: date,
    references: tuple[tuple[str, str], ...] = (),
) -> Invoice:
    """The invoice of a decision that was released: its billed lines, unchanged."""
    assert decision.total is not None, "only a priced decision is billed"
    return Invoice(
        reference=reference,
        kind=kind,
        customer=decision.customer,
        unit=decision.unit,
        decision_id=decision.decision_id,
        currency=decision.total.currency,
        total=decision.total,
        billed_on=billed_on,
        references=references,
        lines=tuple(
            InvoiceLine(
                key=line.key,
                code=line.charge.code,
                description=line.charge.description,
                quantity=line.charge.quantity,
                unit=line.charge.unit,
                rate=line.charge.rate,
                amount=line.charge.amount,
                tax=f"{line.charge.tax.tax} of {line.charge.tax.jurisdiction}"
                if line.charge.tax
                else "",
                clause=line.charge.clause,
            )
            for line in decision.lines
            if line.billed
        ),
    )
