"""What one charge may look at when it is priced, and how it writes its line.

Charges do not know each other: whoever needs earlier lines as a base is handed them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.money import rounded_half_up
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import LaneOrder, Term
from app.pricing.lines.charge import Charge, Excluded, Input, Unpriced
from app.pricing.lines.wording import exact_text, money, near_decimal
from app.pricing.reckoned.methods import TODAY, Methods
from app.pricing.told.exchange import Exchanged

Line = Charge | Unpriced | Excluded
"""What pricing a charge comes to."""


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """One unit to be priced for one charge."""

    unit: BillableUnit
    load: tuple[BillableUnit, ...]
    """All units that ride together, this one among them, by name."""
    called_off: tuple[str, ...]
    """Units that the load's list may still name although they were cancelled."""
    market: tuple[Fact, ...]
    card: str
    currency: str
    """In which the charge is priced."""
    exchange: Exchanged | None = None
    """How it comes into the currency of the invoice, where that is another."""
    lane_order: LaneOrder
    day: date
    """The day whose prices count."""
    dated_by: Input
    known_on: date
    """The day whose knowledge of prices counts."""
    base: tuple[Line, ...] = ()
    """The earlier lines that the charge names as its base."""
    methods: Methods = TODAY
    last_known: bool = False
    """Whether the last published value stands in for a missing one: of an estimate only."""
    own_days: Mapping[str, date | None] = {}
    """Of a charge that some units bear together: the day whose prices count for each of them."""


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """A price worked out exactly, before its rounding."""

    quantity: Fraction | Decimal
    unit: str
    rate: Decimal
    exact: Fraction
    text: str
    """The working in numbers, up to the result."""
    method: str
    inputs: tuple[Input, ...] = ()
    rows: tuple[Row, ...] = ()
    rejected: tuple[str, ...] = ()
    subject: str = ""
    description: str = ""


def charged(occasion: Occasion, term: Term, working: Working) -> Charge:
    """The line of the invoice; rounding point `half_up_1` of every charge.

    A charge in another currency is converted before it is rounded, and so rounded once.
    """
    exact, text, into = working.exact, working.text, ""
    currency = occasion.currency
    inputs = (*working.inputs, occasion.dated_by)
    if exchange := occasion.exchange:
        text = f"{text} = {money(exact)} {currency} x {exchange.text}"
        exact, currency = exact * exchange.rate, exchange.into
        into, inputs = f" {currency}", (*inputs, exchange.told)
    amount = rounded_half_up(exact, currency)
    return Charge(
        code=term.charge,
        subject=working.subject,
        description=working.description or term.title,
        quantity=near_decimal(Fraction(working.quantity)),
        unit=working.unit,
        rate=working.rate,
        amount=amount,
        formula=f"{text}{outcome(exact, amount.amount)}{into}",
        inputs=inputs,
        rows=tuple(row.used() for row in working.rows),
        card=occasion.card,
        method=working.method,
        unrounded=exact_text(exact),
        rounding="half_up_1",
        clause=term.clause,
        rejected=working.rejected,
    )


def outcome(exact: Fraction, amount: Decimal) -> str:
    """` = 59.268, rounded 59.27`, or only ` = 59.27` where nothing is rounded."""
    if exact == amount:
        return f" = {money(amount)}"
    return f" = {money(exact)}, rounded {money(amount)}"


def unpriced(
    term: Term, problem: str, why: str, subject: str = "", inputs: Sequence[Input] = ()
) -> Unpriced:
    """The charge has no price, and why."""
    return Unpriced(
        charge=term.charge, problem=problem, why=why, subject=subject, inputs=tuple(inputs)
    )


def told(unit: BillableUnit, name: str, value: object) -> Input:
    """An attribute of the unit as an input, with the fact that told it."""
    return Input(name=name, value=str(value), fact_ids=unit.told_by(name))


def without_base(occasion: Occasion, term: Term) -> Unpriced | None:
    """A base that has no price leaves what is taken of it without one."""
    missing = next((line for line in occasion.base if isinstance(line, Unpriced)), None)
    if missing is None:
        return None
    return unpriced(
        term,
        missing.problem,
        f"it is taken of {missing.charge}, which has no price: {missing.why}",
        inputs=missing.inputs,
    )


def base_charges(occasion: Occasion) -> tuple[Charge, ...]:
    """The priced lines of the base."""
    return tuple(line for line in occasion.base if isinstance(line, Charge))


def base_amount(occasion: Occasion) -> Fraction:
    """The base as it stands on the invoice."""
    return sum((Fraction(line.amount.amount) for line in base_charges(occasion)), Fraction(0))
