"""Many documents of a customer as one invoice, and the proof that it is their sum.

Each line says whose it is, and stays as it was decided; nothing is added up by charge, so that a
line of the invoice is found again in the unit that owes it. A credit is a part like any other,
with negative lines: it takes back what an earlier invoice billed, and what the customer pays is
what is left. Where all parts together come to less than nothing, the whole is a credit balance.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from app.billing.invoice import Invoice, InvoiceLine, InvoicePart
from app.digest import digest_of
from app.family.proof import Proof
from app.money import Money, total
from app.pricing.contract.consolidation import Closing


class ConsolidatedInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice of a period as it is kept: what went out, and its arithmetic."""

    invoice: Invoice
    proofs: tuple[Proof, ...]

    @property
    def adds_up(self) -> bool:
        """Whether every proof holds."""
        return all(proof.holds for proof in self.proofs)


def consolidated(
    tenant: str, closing: Closing, parts: Sequence[Invoice], kept: Sequence[Money]
) -> ConsolidatedInvoice:
    """The invoice of a customer's period.

    Args:
        tenant: whose customer it is.
        closing: the end of the period.
        parts: the documents, all of one customer and in one currency, in the order of its lines.
        kept: what each of them comes to by its release, for the proof.
    """
    customer, currency = parts[0].customer, parts[0].currency
    assert {(each.customer, each.currency) for each in parts} == {(customer, currency)}, (
        "an invoice is one customer's and in one currency"
    )
    invoice = Invoice(
        reference=reference_of(tenant, closing.at, parts),
        kind="consolidated",
        customer=customer,
        unit=_named(parts, closing.on),
        decision_id="",
        currency=currency,
        lines=tuple(line for part in parts for line in _lines(part)),
        total=total((part.total for part in parts), currency),
        billed_on=closing.on,
        references=tuple(dict.fromkeys(each for part in parts for each in part.references)),
        parts=tuple(map(_part, parts)),
    )
    return ConsolidatedInvoice(invoice=invoice, proofs=tuple(_proofs(invoice, kept)))


def reference_of(tenant: str, closes_at: datetime, parts: Sequence[Invoice]) -> str:
    """What no two consolidated invoices share: made from whom, when and what they bill."""
    billed = sorted(part.reference for part in parts)
    whose = (tenant, parts[0].customer, parts[0].currency)
    return digest_of(("consolidation-1", *whose, closes_at, billed))


def part_of(invoice: Invoice, release_id: str) -> Invoice:
    """One of the documents that a consolidated invoice bills, with its own lines."""
    part = next(each for each in invoice.parts if each.reference == release_id)
    return Invoice(
        reference=part.reference,
        kind=part.kind,
        customer=invoice.customer,
        unit=part.unit,
        decision_id=part.decision_id,
        currency=invoice.currency,
        lines=tuple(line for line in invoice.lines if line.release == release_id),
        total=part.total,
        billed_on=part.billed_on,
        references=part.references,
        credits=part.credits,
        credited_number=part.credited_number,
        adjusts=part.adjusts,
        waived=part.waived,
    )


def _named(parts: Sequence[Invoice], day: date) -> str:
    units = len({part.unit for part in parts})
    return f"{units} {'unit' if units == 1 else 'units'} until {day.isoformat()}"


def _lines(part: Invoice) -> Iterator[InvoiceLine]:
    """The lines of a document, each saying whose it is, for forms that have no field for it."""
    kind = "" if part.kind == "original" else f" ({part.kind})"
    whose = part.unit.replace(":", " ", 1)
    for line in part.lines:
        yield msgspec.structs.replace(
            line,
            description=f"{line.description}, {whose}{kind}",
            of_unit=part.unit,
            release=part.reference,
        )


def _part(part: Invoice) -> InvoicePart:
    return InvoicePart(
        reference=part.reference,
        kind=part.kind,
        unit=part.unit,
        decision_id=part.decision_id,
        total=part.total,
        billed_on=part.billed_on,
        references=part.references,
        credits=part.credits,
        credited_number=part.credited_number,
        adjusts=part.adjusts,
        waived=part.waived,
    )


def _proofs(invoice: Invoice, kept: Sequence[Money]) -> Iterator[Proof]:
    """That each document is its lines and what its release says, and the invoice their sum."""
    for part, by_release in zip(invoice.parts, kept, strict=True):
        own = [line.amount for line in invoice.lines if line.release == part.reference]
        added = total(own, invoice.currency)
        yield Proof(
            of="lines",
            says=f"{part.unit} {part.kind}: {_sum(own)} = {added}, released at {by_release}",
            holds=added == part.total == by_release,
        )
    sums = [part.total for part in invoice.parts]
    added = total(sums, invoice.currency)
    yield Proof(of="documents", says=f"{_sum(sums)} = {added}", holds=added == invoice.total)


def _sum(amounts: Sequence[Money]) -> str:
    written = [str(each.amount) for each in amounts]
    return " + ".join(f"({each})" if each.startswith("-") else each for each in written)
