"""210, motor carrier freight details and invoice, version 004010: we are the carrier who bills.

Each line of the invoice is a loop (LX, L5, L0, L1). Where the receiver has codes for the line's
unit, L0 says how much was rated and L1 at which rate; else the line is its amount alone. B3-07,
the sum of L1-04 and L3-05 are the invoice's total, in cents and with its sign.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

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

SHIPMENT = "shipment"
LONGEST_RATE = 9
"""Characters of element 60, and of 220 with two more."""


class UnitCodes(msgspec.Struct, frozen=True):
    """How the receiver writes one unit of ours."""

    quantity: str
    """L0-03 (221): of a hundredweight, a mile, a pallet, ..."""
    rate: str
    """L1-03 (122): `PH` per hundredweight, `PM` per mile, ..."""


class Codes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The receiver's codes for our words."""

    charges: Mapping[str, str]
    """Charge word, and tax (`GST of CA`), to L1-08 (150)."""
    units: Mapping[str, UnitCodes] = {}
    """Unit to its two codes; a line of another unit is its amount alone."""
    payment: str = "PP"
    """B3-04 (146), who pays the freight."""
    credit: str = "CA"
    """B3-08 (202) of a credit: it takes the invoice back."""
    provisional: str = ""
    """B3-08 (202) of a provisional invoice; empty where the receiver has no word for it."""
    supplemental: str = "BD"
    """B3-08 (202) of what is owed beyond an earlier invoice: balance due."""
    rebill: str = "RB"
    """B3-08 (202) of an invoice billed anew after all of it was taken back."""
    credited: str = "OI"
    """N9-01 (128) of the number of the invoice that a credit takes back."""


def written(invoice: Invoice, given: Circumstances, codes: Codes) -> bytes:
    """The invoice as one interchange.

    Raises:
        UnwritableInvoiceError: with everything the form has no code or place for.
    """
    mistakes = Mistakes(invoice, "210")
    look_at(given, invoice, mistakes)
    mistakes.identifier(given.exchange.scac, 4, "scac")
    _look_at_codes(codes, mistakes)
    total = mistakes.hundredths(invoice.total, "total")
    body = [
        _b3(invoice, given, codes, total, mistakes),
        segment("C3", invoice.currency),
        *_credited(invoice, given, codes),
        *references("N9", given.exchange, invoice, mistakes),
        *parties(given.exchange),
        *(part for at in range(len(invoice.lines)) for part in _loop(invoice, at, codes, mistakes)),
        segment("L3", "", "", "", "", total),
    ]
    mistakes.stop_if_any()
    return interchange(given, "IM", "210", body)


def _look_at_codes(codes: Codes, mistakes: Mistakes) -> None:
    for word, code in codes.charges.items():
        mistakes.identifier(code, 3, f"charges.{word}")
    for word, unit in codes.units.items():
        mistakes.identifier(unit.quantity, 2, f"units.{word}.quantity")
        mistakes.identifier(unit.rate, 2, f"units.{word}.rate")
    mistakes.identifier(codes.payment, 2, "payment")
    mistakes.identifier(codes.credit, 2, "credit")
    mistakes.identifier(codes.supplemental, 2, "supplemental")
    mistakes.identifier(codes.rebill, 2, "rebill")
    mistakes.identifier(codes.credited, 3, "credited")
    if codes.provisional:
        mistakes.identifier(codes.provisional, 2, "provisional")


def _b3(
    invoice: Invoice, given: Circumstances, codes: Codes, total: str, mistakes: Mistakes
) -> str:
    kinds = {
        "original": "",
        "provisional": codes.provisional,
        "supplemental": codes.supplemental,
        "credit": codes.credit,
        "rebill": codes.rebill,
        "consolidated": codes.credit if invoice.gives_back else "",
    }
    return segment(
        "B3",
        "",
        given.number,
        _shipment(invoice, mistakes),
        codes.payment,
        "",
        f"{invoice.billed_on:%Y%m%d}",
        total,
        kinds[invoice.kind],
        "",
        "",
        given.exchange.scac,
    )


def _shipment(invoice: Invoice, mistakes: Mistakes) -> str:
    """B3-03 names one shipment; an invoice for several names none there."""
    numbers = tuple(dict.fromkeys(value for kind, value in invoice.references if kind == SHIPMENT))
    if len(numbers) != 1:
        return ""
    return mistakes.identifier(numbers[0], 30, f"references.{SHIPMENT}")


def _credited(invoice: Invoice, given: Circumstances, codes: Codes) -> Iterator[str]:
    if invoice.kind == "credit":
        yield segment("N9", codes.credited, given.credited_number)


def _loop(invoice: Invoice, at: int, codes: Codes, mistakes: Mistakes) -> Iterator[str]:
    line, number = invoice.lines[at], str(at + 1)
    code = mistakes.code_for(word_of(line), codes.charges, f"lines[{at}].code", "charges")
    cents = mistakes.hundredths(line.amount, f"lines[{at}].amount")
    quantity, quantity_code, rate, rate_code = _rated(line, codes)
    yield segment("LX", number)
    yield segment("L5", number, plain_text(line.description, 50))
    yield segment("L0", number, quantity, quantity_code)
    yield segment("L1", number, rate, rate_code, cents, "", "", "", code)


def _rated(line: InvoiceLine, codes: Codes) -> tuple[str, str, str, str]:
    """Quantity and rate with their codes, where both can be said exactly; else nothing."""
    unit = codes.units.get(line.unit)
    if unit is None or not (_fits(line.quantity, LONGEST_RATE + 2) and _fits(line.rate)):
        return "", "", "", ""
    return decimals(line.quantity), unit.quantity, decimals(line.rate), unit.rate


def _fits(value: Decimal, longest: int = LONGEST_RATE) -> bool:
    """Whether a number of type R can stand in so many digits."""
    digits = decimals(value).lstrip("-").replace(".", "")
    return value >= 0 and len(digits) <= longest
