"""One invoice of a family: its lines to the cent, as they go out and as they are kept.

A document that went out is never worked out again: whatever takes it back negates its stored
cents, its stored tax and its stored base (a credit that is recomputed differs by a cent sooner or
later).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.measures import Instant
from app.money import EXACT, Money, total
from app.pricing.lines.charge import Charge, Taxed


class DocumentKind(StrEnum):
    """What an invoice is in its family; stored, so never renamed."""

    FINAL = "final"
    """The original invoice, of a unit that waits for nothing."""
    PROVISIONAL = "provisional"
    """The original invoice, ahead of what the unit still waits for."""
    SUPPLEMENTAL = "supplemental"
    """What is owed beyond what was billed."""
    CREDIT = "credit"
    """What is given back of what was billed."""
    REBILL = "rebill"
    """All of it anew, after all of it was taken back."""


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a document."""

    key: str
    """The charge line that it bills or changes, `detention/D-17`: one service, one key."""
    code: str
    description: str
    quantity: Decimal
    """Of a tax: what is taxed. Negative where the line takes back."""
    unit: str
    rate: Decimal
    amount: Money
    """To the cent; quantity times rate need not give it (minimums, discounts)."""
    tax: Taxed | None = None
    clause: str = ""

    def __neg__(self) -> "DocumentLine":
        """The exact negative: cents, quantity and taxed base."""
        tax = self.tax
        return msgspec.structs.replace(
            self,
            quantity=self.quantity.copy_negate(),
            amount=-self.amount,
            tax=msgspec.structs.replace(tax, taxable=-tax.taxable) if tax else None,
        )


class Planned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document that may go out."""

    kind: DocumentKind
    lines: tuple[DocumentLine, ...]
    total: Money
    reverses: str = ""
    """The reference of the document that it takes back whole, line by line."""
    adjusts: str = ""
    """The reference of the document that it changes."""


class FamilyDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document that was claimed, and so went out or is on its way."""

    reference: str
    """What no two documents share: the id of its release."""
    kind: DocumentKind
    lines: tuple[DocumentLine, ...]
    total: Money
    claimed_at: Instant
    decision_id: str
    reverses: str = ""
    adjusts: str = ""
    waived: tuple[str, ...] = ()
    """Of a provisional: the codes of the holds that were waived for it."""
    on_expiry: str = ""
    """Of a provisional: `escalate`, `credit in full` or `final at estimate`."""
    expires_at: Instant | None = None
    settled: str = ""
    """Of a provisional: how it ended; empty while it is open."""

    @property
    def billed_on(self) -> date:
        """The day of the claim, in UTC."""
        return self.claimed_at.date()


def line_of(charge: Charge) -> DocumentLine:
    """A decided charge line as an invoice says it."""
    return DocumentLine(
        key=charge.key,
        code=charge.code,
        description=charge.description,
        quantity=charge.quantity,
        unit=charge.unit,
        rate=charge.rate,
        amount=charge.amount,
        tax=charge.tax,
        clause=charge.clause,
    )


def planned(
    kind: DocumentKind,
    lines: tuple[DocumentLine, ...],
    currency: str,
    *,
    reverses: str = "",
    adjusts: str = "",
) -> Planned:
    """A document whose total is the sum of its lines."""
    added = total((line.amount for line in lines), currency)
    return Planned(kind=kind, lines=lines, total=added, reverses=reverses, adjusts=adjusts)


def merged(first: DocumentLine, second: DocumentLine) -> DocumentLine:
    """Two lines of one service as one: amounts and taxed bases added, never worked out anew."""
    assert first.key == second.key, "only lines of one service are merged"
    tax = second.tax
    if tax is not None and first.tax is not None:
        tax = msgspec.structs.replace(tax, taxable=first.tax.taxable + tax.taxable)
    amount = first.amount + second.amount
    base = EXACT.add(first.quantity, second.quantity) if second.tax else Decimal(1)
    return msgspec.structs.replace(
        second,
        quantity=base,
        rate=second.rate if second.tax else amount.amount,
        amount=amount,
        tax=tax,
    )
