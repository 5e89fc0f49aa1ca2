"""What is billed: the lines a release permits, exactly as they were decided or taken back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from app.family.document import DocumentKind, FamilyDocument
from app.money import Money, total

Kind = Literal["original", "provisional", "supplemental", "credit", "rebill", "consolidated"]


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
    of_unit: str = ""
    """On a consolidated invoice: the unit whose line it is."""
    release: str = ""
    """On a consolidated invoice: the part it belongs to."""


class InvoicePart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document that a consolidated invoice bills: a release."""

    reference: str
    """The release's id."""
    kind: Kind
    unit: str
    decision_id: str
    total: Money
    billed_on: date
    """The day of the claim, in UTC."""
    references: tuple[tuple[str, str], ...] = ()
    credits: str = ""
    """Of a credit: the release whose lines it takes back, or some of them."""
    credited_number: str = ""
    """What the billing system calls the invoice of that release, where it had told."""
    adjusts: str = ""
    waived: tuple[str, ...] = ()


class Invoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One invoice as it leaves for the billing system."""

    reference: str
    """What no two invoices share: the release's id, made from what is billed."""
    kind: Kind
    customer: str
    unit: str
    """Of a consolidated invoice: how many units it bills, and until when."""
    decision_id: str
    """Empty on a consolidated invoice, whose parts each have their own."""
    currency: str
    lines: tuple[InvoiceLine, ...]
    total: Money
    billed_on: date
    """The day of the claim, in UTC; of a consolidated invoice the customer's day of its close."""
    references: tuple[tuple[str, str], ...] = ()
    """Kind and number of everything the unit goes by: bol, pro, customer_po, ..."""
    credits: str = ""
    """Of a credit: the reference of the invoice it takes back, or a part of it."""
    credited_number: str = ""
    """What the billing system calls the invoice that is credited, once it has told."""
    adjusts: str = ""
    """Of a supplemental invoice: the reference of the invoice it adds to."""
    waived: tuple[str, ...] = ()
    """Of a provisional invoice: what it still waits for, as codes of holds."""
    parts: tuple[InvoicePart, ...] = ()
    """Of a consolidated invoice: the documents it bills."""

    def __post_init__(self) -> None:
        """Keep the promise that the lines are the total, and so are the parts."""
        added = total((line.amount for line in self.lines), self.currency)
        assert added == self.total, "the lines of an invoice add up to its total"
        parts = total((part.total for part in self.parts), self.currency)
        assert not self.parts or parts == self.total, "its parts add up to its total"

    @property
    def gives_back(self) -> bool:
        """Whether it is a credit, or parts that together come to less than nothing."""
        return self.kind == "credit" or self.total.amount < 0


_KINDS: Mapping[DocumentKind, Kind] = {
    DocumentKind.FINAL: "original",
    DocumentKind.PROVISIONAL: "provisional",
    DocumentKind.SUPPLEMENTAL: "supplemental",
    DocumentKind.CREDIT: "credit",
    DocumentKind.REBILL: "rebill",
}


def invoice_of(
    document: FamilyDocument,
    *,
    customer: str,
    unit: str,
    references: tuple[tuple[str, str], ...] = (),
    credited_number: str = "",
) -> Invoice:
    """The invoice of a document that was claimed: its lines, unchanged."""
    changes = document.reverses or document.adjusts
    return Invoice(
        reference=document.reference,
        kind=_KINDS[document.kind],
        customer=customer,
        unit=unit,
        decision_id=document.decision_id,
        currency=document.total.currency,
        total=document.total,
        billed_on=document.billed_on,
        references=references,
        credits=changes if document.kind is DocumentKind.CREDIT else "",
        credited_number=credited_number,
        adjusts=changes if document.kind is not DocumentKind.CREDIT else "",
        waived=document.waived,
        lines=tuple(
            InvoiceLine(
                key=line.key,
                code=line.code,
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                rate=line.rate,
                amount=line.amount,
                tax=f"{line.tax.tax} of {line.tax.jurisdiction}" if line.tax else "",
                clause=line.clause,
            )
            for line in document.lines
        ),
    )
