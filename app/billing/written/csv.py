"""An invoice as CSV: a header, then one row for each line. UTF-8, commas, CRLF (RFC 4180).

    number          what the invoice is called outside
    reference       what no two invoices share, and by which a repeated file is noticed
    kind            original, provisional, supplemental, credit, rebill or consolidated
    credits         of a credit, or a line that is one: the reference of what it takes back
    customer, unit  whom and what it bills; of a consolidated invoice, whose line it is
    billed_on       the day, 2026-03-05
    currency        ISO 4217
    total           of the invoice, on each of its rows
    line            counted from 1
    charge          what the invoice calls it: linehaul, fuel_surcharge, ...
    description
    quantity, unit_of_quantity, rate
    amount          exact, a credit's is negative; the rows of an invoice add up to its total
    tax             of a tax line: which tax of whom
    clause          of the contract
    references      everything the unit goes by: `bol B-77120; pro ACME 123`
    decision        the decision that permits it; of a consolidated invoice, its line

Numbers are exact decimals with a point, without thousands and without exponents. A text that a
spreadsheet would take for a formula (it begins with = + - @, a tab or a line break, also after
blanks or in their wide forms) has an apostrophe put before it, as OWASP advises; whoever reads
the file with a program takes one leading apostrophe away.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from app.billing.invoice import Invoice

COLUMNS = (
    "number",
    "reference",
    "kind",
    "credits",
    "customer",
    "unit",
    "billed_on",
    "currency",
    "total",
    "line",
    "charge",
    "description",
    "quantity",
    "unit_of_quantity",
    "rate",
    "amount",
    "tax",
    "clause",
    "references",
    "decision",
)
FORMULA_BEGINS = ("=", "+", "-", "@")
BREAKS = ("\t", "\r", "\n")
UNSEEN = ("C", "Z")
"""Unicode categories of signs that a spreadsheet may pass over: blanks, marks of direction."""
UTF_8_MARK = b"\xef\xbb\xbf"


class Circumstances(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the file says beyond the invoice itself."""

    number: str = ""
    """What the invoice is called outside; empty where the receiver numbers it."""
    header: bool = True
    """Whether the first row names the columns."""
    marked: bool = False
    """Whether the UTF-8 mark stands first, without which some spreadsheets garble accents."""


def written(invoice: Invoice, given: Circumstances) -> bytes:
    """The invoice as a file."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    if given.header:
        writer.writerow(COLUMNS)
    writer.writerows(_rows(invoice, given))
    return (UTF_8_MARK if given.marked else b"") + sheet.getvalue().encode("utf-8")


def _rows(invoice: Invoice, given: Circumstances) -> Iterator[tuple[str, ...]]:
    parts = {part.reference: part for part in invoice.parts}
    for number, line in enumerate(invoice.lines, start=1):
        billed = parts.get(line.release, invoice)
        references = "; ".join(f"{kind} {value}" for kind, value in billed.references)
        yield (
            _text(given.number),
            _text(invoice.reference),
            invoice.kind,
            _text(billed.credits),
            _text(invoice.customer),
            _text(billed.unit),
            invoice.billed_on.isoformat(),
            invoice.currency,
            _number(invoice.total.amount),
            str(number),
            _text(line.code),
            _text(line.description),
            _number(line.quantity),
            _text(line.unit),
            _number(line.rate),
            _number(line.amount.amount),
            _text(line.tax),
            _text(line.clause),
            _text(references),
            _text(billed.decision_id),
        )


def _text(text: str) -> str:
    """The text, kept from being a formula; one that begins with an apostrophe gets a second."""
    seen = (sign for sign in text if unicodedata.category(sign)[0] not in UNSEEN)
    first = unicodedata.normalize("NFKC", next(seen, ""))
    dangerous = text.startswith(BREAKS) or first in FORMULA_BEGINS or text.startswith("'")
    return f"'{text}" if dangerous else text


def _number(value: Decimal) -> str:
    return f"{value:f}"
