"""What rating returns: charge lines with their whole working, and what has no price."""

from decimal import Decimal

import msgspec

from app.money import Money, total, zero


class Input(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value a charge was computed from, and the facts that reported it."""

    name: str
    value: str
    fact_ids: tuple[str, ...] = ()


class RowUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The row of the rate card behind a price: which file, line and row, since when."""

    table: str
    line: int
    row: str
    effective_from: str = ""
    known_from: str = ""


class Taxed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of a tax line: which tax of whom, and on what."""

    tax: str
    jurisdiction: str
    percent: Decimal
    taxable: Money
    of: tuple[str, ...]
    """The lines taxed, by charge and subject."""


class Charge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the invoice, recomputable from what stands in it.

    `amount` is `unrounded` after `rounding`, the only rounding of the line.
    """

    code: str
    """What the invoice calls it: linehaul, fuel surcharge, detention, ..."""
    subject: str = ""
    """The service event it bills: an accessorial id, a stop; empty for the unit itself."""
    description: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Money
    formula: str
    """The working as a sentence of numbers: `20.00 cwt x 49.39 = 987.80, less 70% = 296.34`."""
    inputs: tuple[Input, ...]
    rows: tuple[RowUsed, ...]
    card: str
    method: str
    """The named, versioned calculation method: `cwt_deficit_on_net_1`."""
    unrounded: str
    """The exact result before rounding, a decimal or a fraction `n/d`."""
    rounding: str
    clause: str
    """The clause of the contract that allows it."""
    rejected: tuple[str, ...] = ()
    """Other candidates that were worked out, and why they lost."""
    tax: Taxed | None = None
    """Given: the line is a tax, no service of ours."""
    of_package: bool = False
    """Its subject is a package that the service itself moves, and no extra service event."""

    of_dispute: str = ""
    """Given: the line is what was agreed to be credited in this dispute, no service of ours."""

    @property
    def key(self) -> str:
        """What the line is called inside its unit: the charge, and the service event it bills."""
        return f"{self.code}/{self.subject}" if self.subject else self.code

    @property
    def is_extra_service(self) -> bool:
        """Whether it bills something beyond the service, which somebody may have to approve."""
        return (
            bool(self.subject) and not self.of_package and not self.of_dispute and self.tax is None
        )


class Unpriced(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something billable for which no price could be found, and why.

    `problem` is one of: no_card, no_rate, ambiguous_rate, no_index, no_exchange_rate,
    no_weight, no_distance, no_times, fault_unknown, no_allocation_basis, no_date, no_quantity,
    not_complete (a stop that counts is still ahead, a container is still out), no_tax_rate (a
    place, a rate or a determination that the tax needs), exemption_expired, no_dimensions
    (nobody measured a package), no_cost (a carrier's invoice that the price follows),
    period_open (stock may still come and go), card_ended (the card was in force before the day
    that counts; before `rating_3` that was no_card), credit_without_line (the line of an agreed
    credit is not there), credit_exceeds_line (the agreed credits of a line are more than it).
    """

    charge: str
    problem: str
    why: str
    subject: str = ""
    inputs: tuple[Input, ...] = ()
    rows: tuple[RowUsed, ...] = ()
    """The rows between which the card does not decide."""


class Excluded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A charge that the contract rules out although it was worked out, shown for the record."""

    charge: str
    subject: str
    why: str
    amount: Money
    inputs: tuple[Input, ...] = ()


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """A unit after rating."""

    currency: str
    """Empty when there is no card."""
    charges: tuple[Charge, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    @property
    def total(self) -> Money | None:
        """The sum of all lines, or None when no card gives a currency."""
        if not self.currency:
            return None
        return total((charge.amount for charge in self.charges), self.currency)

    @property
    def before_tax(self) -> Money | None:
        """The price: all lines that are no tax and no agreed credit.

        It is what was quoted, and what a margin is of; what is credited later changes neither.
        """
        if not self.currency:
            return None
        of_services = (each for each in self.charges if not each.tax and not each.of_dispute)
        return total((each.amount for each in of_services), self.currency)

    @property
    def agreed_credits(self) -> Money | None:
        """What was agreed to be credited before tax, as a positive amount; None: nothing was."""
        credited = [-each.amount for each in self.charges if each.of_dispute]
        return total(credited, self.currency) if credited else None

    def sum_of(self, code: str) -> Money:
        """The sum of the lines of one charge; zero when there are none."""
        amounts = [charge.amount for charge in self.charges if charge.code == code]
        return total(amounts, self.currency) if amounts else zero(self.currency)
