"""Fuel surcharge by a published index: percent, a rate a mile, or a formula.

Which publication counts on which day is the contract's: a tariff may say "updated every
Monday, effective the next day through the following Monday". A missing week is no price
unless the card says for how many weeks the last value is carried forward. The table is a
step function; nothing is interpolated and no formula replaces it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from app.evidence.facts.fact import Fact
from app.evidence.facts.market import IndexValue
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import StepRow
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.loads import allocated
from app.pricing.reckoned.lookup import step_row
from app.pricing.reckoned.mileage import Miles, billed_miles
from app.pricing.reckoned.occasion import (
    Line,
    Occasion,
    Working,
    base_amount,
    base_charges,
    charged,
    unpriced,
    without_base,
)

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Week = Literal[
    "Monday to Sunday",
    "Tuesday to Monday",
    "Wednesday to Tuesday",
    "Thursday to Wednesday",
    "Friday to Thursday",
    "Saturday to Friday",
    "Sunday to Saturday",
]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class FuelStep(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """What one bracket of the index costs; a table may serve both ways of charging."""

    percent: Decimal | None = None
    per_mile: Decimal | None = None


class Fuel(LoadTerm, frozen=True, kw_only=True, omit_defaults=True, tag="fuel"):
    """Which index, when it counts, and what is made of it."""

    series: str
    region: str
    published: Weekday
    effective: Week
    """The days for which a publication counts; they begin on or after its day."""
    basis: Literal["percent", "per mile", "formula"]
    index_decimals: int = 3
    """The decimals with which the index is published; the table must cover each value."""
    carry_forward_weeks: int = 0
    """For how many missing weeks the last value stands in; 0: for none."""
    mileage: str = ""
    peg: Decimal | None = None
    """The index from which on the formula charges, in its currency a gallon."""
    miles_per_gallon: Decimal | None = None
    zero_below_peg: bool = False
    method: Literal["fuel_1"] = "fuel_1"
    steps: tuple[FuelStep, ...] = ()

    @property
    def step_decimals(self) -> int:
        """The decimals of the index."""
        return self.index_decimals

    def flaws(self) -> Iterator[Flaw]:
        """A basis without what it needs."""
        at: dict[str, Any] = {"charge": self.charge}
        if self.basis == "percent" and not self.of:
            yield Flaw(what="a percentage names what it is taken of", field="of", **at)
        if self.basis == "percent" and self.allocated_by:
            why = "a percentage is taken of the shipment's own lines and not allocated"
            yield Flaw(what=why, field="allocated_by", **at)
        if self.basis != "percent" and not self.mileage:
            yield Flaw(what="miles need a mileage source", field="mileage", **at)
        if self.basis != "formula" and not self.steps:
            yield Flaw(what="brackets of the index are needed", field="steps", **at)
        if self.basis == "formula" and (self.peg is None or not self.miles_per_gallon):
            yield Flaw(what="the formula needs a peg and miles per gallon", field="basis", **at)


class _Index(msgspec.Struct, frozen=True):
    """The index value that counts."""

    price: Decimal
    told: Input
    last_known: str = ""
    """The day of a value that counts for an estimate only."""


def fuel(occasion: Occasion, term: Fuel) -> tuple[Line, ...]:
    """The fuel surcharge of the unit, or its share of the load's."""
    index = _index(occasion, term)
    if isinstance(index, Unpriced):
        return (index,)
    return tuple(_marked(line, index) for line in _lines(occasion, term, index))


def _marked(line: Line, index: _Index) -> Line:
    """The line, which says in its working where its index stands in for a missing one."""
    if not isinstance(line, Charge) or not index.last_known:
        return line
    formula = f"{line.formula}; index carried forward from {index.last_known}"
    return msgspec.structs.replace(line, formula=formula)


def _lines(occasion: Occasion, term: Fuel, index: _Index) -> tuple[Line, ...]:
    if term.basis == "percent":
        return (_percent(occasion, term, index),)
    miles = billed_miles(occasion, term, term.mileage, of_load=bool(term.allocated_by))
    if isinstance(miles, Unpriced):
        return (miles,)
    by = _per_mile if term.basis == "per mile" else _formula
    working = by(occasion, term, index, miles)
    if isinstance(working, Unpriced):
        return (working,)
    charge = charged(occasion, term, working)
    if not term.allocated_by:
        return (charge,)
    return (allocated(occasion, term, charge, term.allocated_by),)


def publication_for(term: Fuel, day: date) -> date:
    """The nominal publication day of the value that counts on a day."""
    begins = WEEKDAYS.index(term.effective.split()[0])
    return _last(WEEKDAYS.index(term.published), _last(begins, day))


def _last(weekday: int, day: date) -> date:
    """The last such weekday up to and including the day."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def _index(occasion: Occasion, term: Fuel) -> _Index | Unpriced:
    """The value that counts; a publication put off by a holiday keeps its nominal day."""
    wanted = publication_for(term, occasion.day)
    for week in range(term.carry_forward_weeks + 1):
        nominal = wanted - timedelta(weeks=week)
        found = [
            (fact, fact.said)
            for fact in occasion.market
            if isinstance(fact.said, IndexValue)
            and (fact.said.series, fact.said.region) == (term.series, term.region)
            and _last(WEEKDAYS.index(term.published), fact.said.published_on) == nominal
        ]
        if found:
            return _last_word(term, found, wanted)
    if occasion.last_known and (found := _last_published(occasion, term, wanted)):
        return _last_word(term, found, wanted, last_known=True)
    why = (
        f"no {term.series} {term.region} published for {wanted.isoformat()}, "
        f"which counts on {occasion.day.isoformat()}"
    )
    return unpriced(term, "no_index", why)


def _last_published(occasion: Occasion, term: Fuel, wanted: date) -> list[tuple[Fact, IndexValue]]:
    """What was said of the last week before, however long ago."""
    before = [
        (fact, fact.said)
        for fact in occasion.market
        if isinstance(fact.said, IndexValue)
        and (fact.said.series, fact.said.region) == (term.series, term.region)
        and fact.said.published_on < wanted
    ]
    last = max((said.published_on for _, said in before), default=wanted)
    return [(fact, said) for fact, said in before if said.published_on == last]


def _last_word(
    term: Fuel, found: list[tuple[Fact, IndexValue]], wanted: date, *, last_known: bool = False
) -> _Index | Unpriced:
    """The latest revision; two revisions of one rank that differ are no price."""
    latest = max(fact.revision for fact, _ in found)
    words = sorted(
        ((fact.fact_id, said) for fact, said in found if fact.revision == latest),
        key=lambda word: word[0],
    )
    said = words[0][1]
    prices = sorted({other.price for _, other in words})
    if len(prices) > 1:
        shown = " and ".join(rate(price) for price in prices)
        why = f"{term.series} {term.region} of {wanted.isoformat()} is reported as {shown}"
        return unpriced(term, "ambiguous_rate", why)
    carried = "" if said.published_on >= wanted else ", carried forward"
    if last_known:
        carried = f", last known, carried forward from {said.published_on.isoformat()}"
    told = Input(
        name=f"{term.series} {term.region}",
        value=f"{rate(said.price)}, published {said.published_on.isoformat()}{carried}",
        fact_ids=tuple(fact_id for fact_id, _ in words),
    )
    return _Index(said.price, told, said.published_on.isoformat() if last_known else "")


def _step(occasion: Occasion, term: Fuel, index: _Index) -> FuelStep | Unpriced:
    what = f"{term.series} {rate(index.price)}"
    return step_row(occasion, term, term.steps, index.price, what)


def _percent(occasion: Occasion, term: Fuel, index: _Index) -> Line:
    if missing := without_base(occasion, term):
        return missing
    step = _step(occasion, term, index)
    if isinstance(step, Unpriced):
        return step
    if step.percent is None:
        return unpriced(term, "no_rate", f"{step} has no percent", inputs=(index.told,))
    base = base_amount(occasion)
    codes = " and ".join(term.of)
    working = Working(
        quantity=base,
        unit=f"of {codes}",
        rate=step.percent,
        exact=base * Fraction(step.percent) / 100,
        text=f"{rate(step.percent)}% of {codes} {money(base)}",
        method=term.method,
        inputs=(
            index.told,
            *(_base_input(line.code, line.amount) for line in base_charges(occasion)),
        ),
        rows=(step,),
    )
    return charged(occasion, term, working)


def _base_input(code: str, amount: object) -> Input:
    return Input(name=code, value=str(amount))


def _per_mile(occasion: Occasion, term: Fuel, index: _Index, miles: Miles) -> Working | Unpriced:
    step = _step(occasion, term, index)
    if isinstance(step, Unpriced):
        return step
    if step.per_mile is None:
        return unpriced(term, "no_rate", f"{step} has no rate a mile", inputs=(index.told,))
    return Working(
        quantity=miles.exact,
        unit="mi",
        rate=step.per_mile,
        exact=miles.exact * Fraction(step.per_mile),
        text=f"{number(miles.exact)} mi x {rate(step.per_mile)}",
        method=term.method,
        inputs=(index.told, miles.told),
        rows=(step,),
    )


def _formula(occasion: Occasion, term: Fuel, index: _Index, miles: Miles) -> Working | Unpriced:
    """`(index - peg) / miles per gallon` for each mile."""
    if term.peg is None or not term.miles_per_gallon:
        why = "the formula needs a peg and miles per gallon"
        return unpriced(term, "no_rate", why, inputs=(index.told,))
    above = Fraction(index.price) - Fraction(term.peg)
    if above < 0 and not term.zero_below_peg:
        why = f"the index {rate(index.price)} is below the peg {rate(term.peg)}"
        return unpriced(term, "no_rate", f"{why} on {occasion.day.isoformat()}")
    above = max(above, Fraction(0))
    return Working(
        quantity=miles.exact,
        unit="mi",
        rate=index.price,
        exact=above / Fraction(term.miles_per_gallon) * miles.exact,
        text=(
            f"({rate(index.price)} - {rate(term.peg)}) / {rate(term.miles_per_gallon)} "
            f"x {number(miles.exact)} mi" + ("" if above else ", not below zero")
        ),
        method=term.method,
        inputs=(index.told, miles.told),
    )
