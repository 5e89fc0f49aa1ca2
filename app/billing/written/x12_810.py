"""810, invoice, version 004010.

A line of the invoice is an item (IT1), a charge or allowance (SAC) or a tax (TXI): whichever of
the receiver's three code maps knows its word. An item is one piece at the line's amount, because
quantity times rate need not give what is billed (minimums, discounts); a negative charge is an
allowance of the same amount. So TDS-01 = items + charges - allowances + taxes, to the cent.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from app.billing.invoice import Invoice, InvoiceLine
from app.billing.written.x12 import (
    Circumstances,
    Mistakes,
    decimals,
    interchange,
    look_at,
    parties,
    plain_text,
    references,
    segment,
    word_of,
)

ORIGINAL_NUMBER = "OI"
"""Element 128: the number of the invoice that a credit takes back."""


class Codes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The receiver's codes for our words; a word stands in one of the three."""

    items: Mapping[str, str] = {}
    """Charge word to the product id of IT1-07."""
    item_qualifier: str = "SV"
    """IT1-06 (235), what kind of id that is: `SV` service rendered."""
    charges: Mapping[str, str] = {}
    """Charge word to SAC-02 (1300)."""
    taxes: Mapping[str, str] = {}
    """Tax (`GST of CA`) to TXI-01 (963)."""
    debit: str = "DI"
    """BIG-07 (640) of what is owed."""
    credit: str = "CR"
    """BIG-07 (640) of a credit."""


def written(invoice: Invoice, given: Circumstances, codes: Codes) -> bytes:
    """The invoice as one interchange.

    Raises:
        UnwritableInvoiceError: with everything the form has no code or place for.
    """
    mistakes = Mistakes(invoice, "810")
    look_at(given, invoice, mistakes)
    _look_at_codes(codes, mistakes)
    items, charges, taxes = _sorted(invoice, codes, mistakes)
    body = [
        *_beginning(invoice, given, codes, mistakes),
        *_items(items, codes, mistakes),
        segment("TDS", mistakes.hundredths(invoice.total, "total")),
        *_taxes(taxes, codes, mistakes),
        *_charges(charges, codes, mistakes),
        segment("CTT", str(len(items))),
    ]
    mistakes.stop_if_any()
    return interchange(given, "IN", "810", body)


def _look_at_codes(codes: Codes, mistakes: Mistakes) -> None:
    for name, longest in (("items", 48), ("charges", 4), ("taxes", 2)):
        for word, code in getattr(codes, name).items():
            mistakes.identifier(code, longest, f"{name}.{word}")
    for name in ("item_qualifier", "debit", "credit"):
        mistakes.identifier(getattr(codes, name), 2, name)
    for word in sorted(set(codes.items) & set(codes.charges)):
        mistakes.add(f"items.{word}", "it stands among the charges too", "one of the two")


Numbered = tuple[int, InvoiceLine]
"""A line, and how many lines stand before it."""


def _sorted(
    invoice: Invoice, codes: Codes, mistakes: Mistakes
) -> tuple[list[Numbered], list[Numbered], list[Numbered]]:
    """Items, charges and taxes; a word of none of the maps is noted."""
    items: list[Numbered] = []
    charges: list[Numbered] = []
    taxes: list[Numbered] = []
    every = {**codes.items, **codes.charges}
    for at, line in enumerate(invoice.lines):
        field = f"lines[{at}].code"
        if line.tax:
            mistakes.code_for(word_of(line), codes.taxes, f"lines[{at}].tax", "taxes")
            taxes.append((at, line))
        elif line.code in codes.items:
            items.append((at, line))
        else:
            mistakes.code_for(word_of(line), every, field, "items or charges")
            charges.append((at, line))
    return items, charges, taxes


def _beginning(
    invoice: Invoice, given: Circumstances, codes: Codes, mistakes: Mistakes
) -> Iterator[str]:
    kind = codes.credit if invoice.gives_back else codes.debit
    yield segment("BIG", f"{invoice.billed_on:%Y%m%d}", given.number, "", "", "", "", kind)
    yield segment("CUR", "SE", invoice.currency)
    if invoice.kind == "credit":
        yield segment("REF", ORIGINAL_NUMBER, given.credited_number)
    yield from references("REF", given.exchange, invoice, mistakes)
    yield from parties(given.exchange)


def _items(items: Iterable[Numbered], codes: Codes, mistakes: Mistakes) -> Iterator[str]:
    for number, (at, line) in enumerate(items, start=1):
        mistakes.hundredths(line.amount, f"lines[{at}].amount")
        price = decimals(line.amount.amount)
        qualifier, product = codes.item_qualifier, codes.items[line.code]
        yield segment("IT1", str(number), "1", "EA", price, "", qualifier, product)
        if described := plain_text(line.description, 80):
            yield segment("PID", "F", "", "", "", described)


def _taxes(taxes: Iterable[Numbered], codes: Codes, mistakes: Mistakes) -> Iterator[str]:
    for at, line in taxes:
        mistakes.hundredths(line.amount, f"lines[{at}].amount")
        yield segment("TXI", codes.taxes.get(line.tax, ""), decimals(line.amount.amount))


def _charges(charges: Iterable[Numbered], codes: Codes, mistakes: Mistakes) -> Iterator[str]:
    for at, line in charges:
        cents = mistakes.hundredths(line.amount, f"lines[{at}].amount")
        kind = "A" if cents.startswith("-") else "C"
        code = codes.charges.get(line.code, "")
        described = plain_text(line.description, 80)
        yield segment("SAC", kind, code, "", "", cents.removeprefix("-"), *([""] * 9), described)
