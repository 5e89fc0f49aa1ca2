"""Tax as an external engine determined it, told before the decision that bills it."""

from datetime import date
from decimal import Decimal

import msgspec

from app.measures import refuse_nonsense
from app.money import Money


class DeterminedTax(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One tax on one charge line, or on the part of it that belongs to one jurisdiction."""

    charge: str
    subject: str = ""
    taxable: Money
    jurisdiction: str
    """As the engine names it: `CA-ON`."""
    tax: str
    """What the law calls it: HST, VAT."""
    percent: Decimal
    amount: Money

    def __post_init__(self) -> None:
        """Refuse a percentage nothing can have, and amounts of two currencies."""
        refuse_nonsense("percent", self.percent)
        if self.amount.currency != self.taxable.currency:
            raise ValueError(f"a tax on {self.taxable} is not {self.amount}")


class TaxDetermination(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="tax_determination",
    tag_field="entity",
):
    """What an engine found for the lines of one unit. Natural key: `tax_determination`.

    It counts only while its taxable amounts are those of the invoice.
    """

    tax_determination: str
    """The engine's own number of its answer."""
    engine: str
    determined_on: date
    shipment: str | None = None
    order: str | None = None
    lines: tuple[DeterminedTax, ...] = ()
