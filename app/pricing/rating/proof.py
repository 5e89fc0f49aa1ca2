"""What is wrong with a card before anything is priced by it.

Found when the card is read and not first when a shipment meets it: brackets that leave a
hole or overlap at the index's own decimals, rows that tie on one day, a percentage of
something that does not stand above it. What the rows of one table are together, ties and
days without a price, is proved in `table_proof`.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.money import MINOR_UNITS
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.lanes import spot
from app.pricing.agreed.rows import LaneRow, Row, StepRow, in_force, words
from app.pricing.agreed.table_proof import table_flaws
from app.pricing.agreed.term import BilledWith, Term
from app.pricing.lines.wording import rate
from app.pricing.rating.card import RateCard
from app.pricing.shapes.tax import Tax


def flaws_of(card: RateCard) -> tuple[Flaw, ...]:
    """Everything that is wrong with the card, in the order in which it is read."""
    found = list(_head_of(card))
    above: list[str] = []
    for term in card.charges:
        found.extend(_place_in_stack(term, tuple(above)))
        found.extend(_terms(term))
        found.extend(_borne(term, card.charges))
        found.extend(_currency(card, term))
        found.extend(term.flaws_beside(tuple(each for each in card.charges if each != term)))
        for rows in tables_of(term):
            found.extend(_rows(term, rows))
            found.extend(_lanes(card, term, rows))
            found.extend(table_flaws(term, rows))
            found.extend(_steps(term, rows))
        above.append(term.charge)
    found.extend(_tax(card))
    return tuple(found)


def tables_of(term: Term) -> tuple[tuple[Row, ...], ...]:
    """The tables of a charge."""
    values = (getattr(term, name) for name in term.__struct_fields__)
    return tuple(
        value
        for value in values
        if isinstance(value, tuple) and value and all(isinstance(each, Row) for each in value)
    )


def _head_of(card: RateCard) -> Iterator[Flaw]:
    if card.currency not in MINOR_UNITS:
        what = f"currency {card.currency!r} is not known"
        yield Flaw(what=what, field="currency", word=card.currency, allowed=tuple(MINOR_UNITS))
    if card.effective_before is not None and card.effective_before <= card.effective_from:
        yield Flaw(what="the card ends before it begins", field="effective")


def _place_in_stack(term: Term, above: tuple[str, ...]) -> Iterator[Flaw]:
    if term.charge in above:
        yield Flaw(what=f"{term.charge} is priced twice", charge=term.charge, field="charge")
    for code in term.reads:
        if code not in above:
            yield Flaw(
                what=f"no charge {code!r} stands above {term.charge}",
                charge=term.charge,
                field="of" if code in term.of else "not_with",
                word=code,
                allowed=above,
            )


KINDS: tuple[BilledWith, ...] = ("shipment", "order", "storage")


def _borne(term: Term, charges: tuple[Term, ...]) -> Iterator[Flaw]:
    """What is taken of charges of units that do not bear it would never be owed, in silence."""
    for other in charges if not term.billed_with else ():
        kinds = [k for k in KINDS if other.is_for(k) and not term.is_for(k)]
        if other.charge in term.of and kinds:
            what = f"{term.charge} is taken of {other.charge} and not billed with {kinds[0]}"
            yield Flaw(
                what=what,
                charge=term.charge,
                field="of",
                word=other.charge,
                mend=f"say `billed with: [{', '.join(kinds)}]`, and the other kinds that bear it",
            )


def _terms(term: Term) -> Iterator[Flaw]:
    for name in term.__struct_fields__:
        value = getattr(term, name)
        if isinstance(value, Decimal) and value < 0:
            yield Flaw(what=f"{rate(value)} is below zero", charge=term.charge, field=name)
    by = getattr(term, "allocated_by", "") or getattr(term, "shared_by", "")
    tried = (by, *term.shared_instead)
    if term.shared_instead and (not by or len(set(tried)) < len(tried)):
        what = "what else it is shared by follows another basis, each named once"
        yield Flaw(what=what, charge=term.charge, field="otherwise_by")
    yield from term.flaws()


def _currency(card: RateCard, term: Term) -> Iterator[Flaw]:
    """A charge in another currency needs an agreed exchange and stands for itself."""
    if term.currency in {"", card.currency}:
        return
    at: dict[str, Any] = {"charge": term.charge, "field": "currency"}
    if term.currency not in MINOR_UNITS:
        what = f"currency {term.currency!r} is not known"
        yield Flaw(what=what, word=term.currency, allowed=tuple(MINOR_UNITS), **at)
    if card.exchange is None:
        what = f"the card does not say how {term.currency} becomes {card.currency}"
        yield Flaw(what=what, mend="the card says `exchange:` with rate type and day", **at)
    if term.of:
        what = "what is taken of other charges is in the currency of the invoice"
        yield Flaw(what=what, **at)


def _tax(card: RateCard) -> Iterator[Flaw]:
    """Every charge above a tax is taxed or said not to be; below it stands what is taken of it."""
    for place, term in enumerate(card.charges):
        if not isinstance(term, Tax):
            continue
        for other in card.charges[:place]:
            if other.charge not in (*term.of, *term.not_taxed):
                what = f"{other.charge} is neither taxed nor said not to be"
                yield Flaw(what=what, charge=term.charge, field="not_taxed")
        for other in card.charges[place + 1 :]:
            if not isinstance(other, Tax) and term.charge not in other.of:
                what = f"{other.charge} stands below the tax {term.charge} and is not taxed"
                yield Flaw(what=what, charge=other.charge, field="charge")


def _rows(term: Term, rows: tuple[Row, ...]) -> Iterator[Flaw]:
    for row in rows:
        if row.effective_before is not None and row.effective_before < row.effective_from:
            yield Flaw(what=f"{row} ends before it begins", charge=term.charge, row=row)
        for name, value in _numbers(row):
            if value < 0 and not term.credit:
                yield Flaw(
                    what=f"{rate(value)} is below zero",
                    charge=term.charge,
                    row=row,
                    field=name,
                    mend="where a credit is meant, the charge says `credit: yes`",
                )


def _numbers(row: Row) -> Iterator[tuple[str, Decimal]]:
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, Decimal):
            yield name, value
        elif isinstance(value, dict):
            yield from (each for each in value.items() if isinstance(each[1], Decimal))


def _lanes(card: RateCard, term: Term, rows: tuple[Row, ...]) -> Iterator[Flaw]:
    named = False
    for row in rows:
        for name in ("origin", "destination") if isinstance(row, LaneRow) else ():
            cell = getattr(row, name)
            named = named or cell != "*"
            try:
                spot(cell)
            except ValueError as error:
                yield Flaw(
                    what=str(error),
                    charge=term.charge,
                    row=row,
                    field=name,
                    word=cell,
                    allowed=("53214", "532", "West Allis WI", "WI", "country US", "*"),
                )
    if named and not card.lanes:
        yield Flaw(
            what=f"rows of {term.charge} name places, and the card does not say which side decides",
            charge=term.charge,
            field="lanes",
            allowed=("origin first", "destination first"),
        )
    classes = {words(row.freight_class) for row in rows if isinstance(row, LaneRow)}
    if "*" in classes and len(classes) > 1 and not (named or card.lanes):
        yield Flaw(
            what=f"rows of {term.charge} price a class beside any class, and the card does not "
            "say that the more specific row decides",
            charge=term.charge,
            field="lanes",
            allowed=("origin first", "destination first"),
        )


def _steps(term: Term, rows: tuple[Row, ...]) -> Iterator[Flaw]:
    """On each day on which something changes, as it was known: no hole and no overlap."""
    steps = tuple(row for row in rows if isinstance(row, StepRow))
    places = term.step_decimals
    for step in steps:
        for name in ("at_least", "below"):
            bound = getattr(step, name)
            if places is not None and bound is not None and bound % Decimal(1).scaleb(-places):
                what = f"{rate(bound)} has more decimals than the index, which has {places}"
                yield Flaw(what=what, charge=term.charge, row=step, field=name)
        if step.below is not None and step.below <= step.at_least:
            what = f"no number is at least {rate(step.at_least)} and below {rate(step.below)}"
            yield Flaw(what=what, charge=term.charge, row=step, field="below")
    told: set[tuple[int, int]] = set()
    for known_on in sorted({step.known_from for step in steps}):
        for day in sorted(_touched(steps, known_on)):
            current = sorted(in_force(steps, day, known_on), key=lambda step: step.at_least)
            for low, high in pairwise(current):
                if low.below != high.at_least and (low.line, high.line) not in told:
                    told.add((low.line, high.line))
                    yield _break_between(term, low, high, day)


def _touched(steps: tuple[StepRow, ...], known_on: date) -> set[date]:
    """The days on which brackets begin or end and what became known on one day may matter.

    Days before the first that the new rows, or the rows whose numbers they bear, count on
    read as they did before; so a table with many generations is not proved anew for each.
    """
    numbers = {step.row for step in steps if step.known_from == known_on}
    first = min(step.effective_from for step in steps if step.row in numbers)
    begins = {step.effective_from for step in steps}
    ends = {step.effective_before for step in steps if step.effective_before is not None}
    return {day for day in begins | ends if day >= first}


def _break_between(term: Term, low: StepRow, high: StepRow, day: date) -> Flaw:
    if low.below is not None and low.below < high.at_least:
        what = f"nothing holds from {rate(low.below)} to below {rate(high.at_least)}"
    else:
        what = f"rows {low.row} and {high.row} both hold {rate(high.at_least)}"
    return Flaw(
        what=f"{what} on {day.isoformat()}",
        charge=term.charge,
        row=high,
        field="at_least",
        mend="`below` is exclusive: each row begins where the one before it ends",
    )
