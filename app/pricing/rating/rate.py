"""The order of calculation: the card's charges one after the other, each line once.

A charge sees the unit, its load, the market and, where it names a base, the lines of that
base; nothing else of the invoice. What somebody claims and no charge of the card prices
ends as `Unpriced`. What was agreed to be credited comes after all charges, before tax.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.money import zero
from app.pricing.agreed.term import LoadTerm
from app.pricing.lines.charge import Charge, Excluded, Rated, Unpriced
from app.pricing.rating.agreed_credits import agreed_credits
from app.pricing.rating.card import RateCard
from app.pricing.reckoned.methods import TODAY, Methods
from app.pricing.reckoned.occasion import Line, Occasion, unpriced
from app.pricing.reckoned.waiting import excluded
from app.pricing.shapes import OF_WHAT_WAS_CALLED_OFF, SHAPES, Shape
from app.pricing.shapes.not_used import NotUsed
from app.pricing.shapes.tax import Tax
from app.pricing.told.claims import claims
from app.pricing.told.dating import Dated, day_called_off, load_day, rate_day
from app.pricing.told.exchange import Exchanged, NoExchange, exchanged
from app.pricing.told.riding import called_off, load_of, not_used, planned_load

NOTHING_GIVEN_UP: Mapping[tuple[str, str], str] = {}


class _Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One rating under way: what its charges share."""

    unit: BillableUnit
    load: tuple[BillableUnit, ...]
    called_off: tuple[str, ...]
    market: tuple[Fact, ...]
    card: RateCard
    terms: tuple[Shape, ...]
    day: Dated
    """Whose prices count for the unit itself."""
    day_of_load: Dated | None
    """And for what its load is charged together."""
    known_on: date
    disputes: tuple[KnownDispute, ...]
    methods: Methods
    last_known: bool


def price(
    unit: BillableUnit,
    siblings: tuple[BillableUnit, ...],
    market: tuple[Fact, ...],
    card: RateCard | None,
    known_on: date,
    *,
    methods: Methods = TODAY,
    last_known: bool = False,
    given_up: Mapping[tuple[str, str], str] = NOTHING_GIVEN_UP,
) -> Rated:
    """The unit rated by its customer's card.

    Args:
        unit: what is billed.
        siblings: the other units of its load; it may be among them.
        market: index values and exchange rates; which of them counts is the card's to say.
        card: None where no card was found for the customer.
        known_on: the day whose knowledge of prices counts: the day of the decision.
        methods: how it was rated when it was decided; today's way where nothing is said.
        last_known: whether the last published index and exchange rate, and the last day of a card
            that has ended, stand in for what is missing: an estimate, which only a provisional may
            bill; its lines say so.
        given_up: lines that somebody rejected or waived, by charge and subject, and why; they
            are excluded, and nothing is taken of them.
    """
    if card is None:
        customer = unit.text("customer")
        whose = f"customer {customer}" if customer else "a unit whose customer nobody names"
        return _nothing("", "no_card", f"no rate card for {whose}")
    terms, day, load = _what_is_rated(unit, siblings, card)
    if day is None:
        why = f"prices count by the day of {card.rate_date}, which nobody has reported"
        return _nothing(card.currency, "no_date", why)
    ended = card.effective_before is not None and day.day >= card.effective_before
    day_of_load = load_day(load, card.rate_date)
    if last_known:
        day = _until_end(day, card)
        day_of_load = day_of_load and _until_end(day_of_load, card)
    if not card.covers(day.day):
        why = f"{card.name} is not in force on {day.day.isoformat()} ({card.rate_date})"
        problem = "card_ended" if ended and methods.endings_told else "no_card"
        return _nothing(card.currency, problem, why)
    terms = tuple(term for term in terms if term.is_for(unit.kind))
    if card.charges and not terms:
        why = f"no charge of {card.name} is billed with a unit of kind {unit.kind}"
        return _nothing(card.currency, "no_rate", why)
    rating = _Rating(
        unit=unit,
        load=load,
        called_off=tuple(other.unit for other in siblings if called_off(other)),
        market=market,
        card=card,
        terms=terms,
        day=day,
        day_of_load=day_of_load,
        known_on=known_on,
        disputes=disputes_of(unit),
        methods=methods,
        last_known=last_known,
    )
    every = list(_every_line(rating, given_up))
    if last_known and ended:
        every = [_marked(line, day) for line in every]
    unknown = _unknown_claims(unit, card, terms)
    every.extend(_unless_given_up(line, given_up, card) for line in unknown)
    return Rated(
        currency=card.currency,
        charges=tuple(line for line in every if isinstance(line, Charge)),
        unpriced=tuple(line for line in every if isinstance(line, Unpriced)),
        excluded=tuple(line for line in every if isinstance(line, Excluded)),
    )


def _what_is_rated(
    unit: BillableUnit, siblings: tuple[BillableUnit, ...], card: RateCard
) -> tuple[tuple[Shape, ...], Dated | None, tuple[BillableUnit, ...]]:
    """The charges, the day whose prices count, and the load: the service, or its calling off."""
    day = rate_day(unit, card.rate_date)
    if not (_prices_calling_off(card) and not_used(unit)):
        return card.charges, day, load_of(unit, siblings)
    terms = tuple(term for term in card.charges if isinstance(term, OF_WHAT_WAS_CALLED_OFF))
    return terms, day or day_called_off(unit), planned_load(unit, siblings)


def _every_line(rating: _Rating, given_up: Mapping[tuple[str, str], str]) -> Iterator[Line]:
    """One charge after the other, each on the lines that it names as its base."""
    lines: dict[str, tuple[Line, ...]] = {}
    for term in rating.terms:
        priced = _lines_of(rating, term, lines)
        lines[term.charge] = tuple(_unless_given_up(each, given_up, rating.card) for each in priced)
    return _with_credits(lines, rating)


def _lines_of(
    rating: _Rating, term: Shape, lines: Mapping[str, tuple[Line, ...]]
) -> tuple[Line, ...]:
    """The lines of one charge, before anything is given up."""
    card = rating.card
    day = rating.day_of_load if _is_of_load(term) else rating.day
    if day is None:
        why = f"not all shipments of the load have a day of {card.rate_date}"
        return (unpriced(term, "no_date", why),)
    base = tuple(line for code in term.reads for line in lines.get(code, ()))
    if isinstance(term, Tax):
        credited = _about(rating.disputes, term)
        base = (*base, *agreed_credits(credited, base, card.name, card.currency))
    return _priced(_occasion(rating, term, day, base), term, card)


def _until_end(dated: Dated, card: RateCard) -> Dated:
    """The day whose prices count; of a card that has ended the last that it covers."""
    last = card.last_day_by(dated.day)
    if last == dated.day:
        return dated
    carried = f"{dated.told.value}; {card.name} ended, carried forward from {last.isoformat()}"
    return Dated(last, msgspec.structs.replace(dated.told, value=carried))


def _marked(line: Line, dated: Dated) -> Line:
    if not isinstance(line, Charge):
        return line
    formula = f"{line.formula}; card carried forward from {dated.day.isoformat()}"
    return msgspec.structs.replace(line, formula=formula)


def _unless_given_up(line: Line, given_up: Mapping[tuple[str, str], str], card: RateCard) -> Line:
    """The line, or what it would have come to and who gave it up."""
    if isinstance(line, Excluded):
        return line
    code = line.code if isinstance(line, Charge) else line.charge
    why = given_up.get((code, line.subject))
    if why is None:
        return line
    if isinstance(line, Charge):
        return excluded(line, why)
    return Excluded(
        charge=code,
        subject=line.subject,
        why=f"{why}; it had no price: {line.why}",
        amount=zero(card.currency),
        inputs=line.inputs,
    )


def _about(disputes: Iterable[KnownDispute], term: Tax) -> tuple[KnownDispute, ...]:
    """The disputes about charges that the tax is on."""
    return tuple(each for each in disputes if each.charge in term.reads)


def _with_credits(lines: Mapping[str, tuple[Line, ...]], rating: _Rating) -> Iterator[Line]:
    """All lines in the order of the card; what was agreed to be credited stands before tax."""
    terms, card = rating.terms, rating.card
    rated = (line for term in terms if not isinstance(term, Tax) for line in lines[term.charge])
    credited = agreed_credits(rating.disputes, rated, card.name, card.currency)
    for term in terms:
        if isinstance(term, Tax):
            yield from credited
            credited = ()
        yield from lines[term.charge]
    yield from credited


def _nothing(currency: str, problem: str, why: str) -> Rated:
    return Rated(currency=currency, unpriced=(Unpriced(charge="all", problem=problem, why=why),))


def _priced(occasion: Occasion, term: Shape, card: RateCard) -> tuple[Line, ...]:
    """The lines of one charge, in the currency of the card."""
    shape = SHAPES[type(term)]
    if term.currency in {"", card.currency}:
        return shape(occasion, term)
    basis = card.exchange.dated_by if card.exchange else card.rate_date
    together = _is_of_load(term) or bool(getattr(term, "shared_by", ""))
    dated = load_day(occasion.load, basis) if together else rate_day(occasion.unit, basis)
    found = exchanged(
        card.exchange,
        occasion.market,
        term.currency,
        card.currency,
        dated,
        last_known=occasion.last_known,
    )
    abroad = msgspec.structs.replace(occasion, currency=term.currency)
    if isinstance(found, Exchanged):
        return shape(msgspec.structs.replace(abroad, exchange=found), term)
    return tuple(_not_exchanged(term, line, found) for line in shape(abroad, term))


def _not_exchanged(term: Shape, line: Line, missing: NoExchange) -> Unpriced:
    """What would be charged but has no rate of exchange; what has no price at all stays so."""
    if isinstance(line, Unpriced):
        return line
    return unpriced(term, missing.problem, missing.why, line.subject, line.inputs)


def _is_of_load(term: Shape) -> bool:
    return isinstance(term, LoadTerm) and bool(term.allocated_by)


def _occasion(rating: _Rating, term: Shape, dated: Dated, base: tuple[Line, ...]) -> Occasion:
    methods = rating.methods
    borne_together = methods.shares_proved and bool(getattr(term, "shared_by", ""))
    return Occasion(
        unit=rating.unit,
        load=rating.load,
        called_off=rating.called_off,
        market=rating.market,
        card=rating.card.name,
        currency=rating.card.currency,
        lane_order=rating.card.lanes,
        day=dated.day,
        dated_by=dated.told,
        known_on=rating.known_on,
        base=base,
        methods=methods,
        last_known=rating.last_known,
        own_days=_own_days(rating) if borne_together else {},
    )


def _own_days(rating: _Rating) -> dict[str, date | None]:
    """The day whose prices count for each unit of the load; None while it has not come."""
    card = rating.card
    found = {
        each.unit: rate_day(each, card.rate_date) or day_called_off(each) for each in rating.load
    }
    days = {name: dated.day if dated else None for name, dated in found.items()}
    if not rating.last_known:
        return days
    return {name: day and card.last_day_by(day) for name, day in days.items()}


def _prices_calling_off(card: RateCard) -> bool:
    return any(isinstance(term, NotUsed) for term in card.charges)


def _unknown_claims(
    unit: BillableUnit, card: RateCard, terms: tuple[Shape, ...]
) -> tuple[Unpriced, ...]:
    """What was claimed and the card does not know: never free of charge in silence."""
    known = {term.charge for term in terms}
    return tuple(
        Unpriced(
            charge=claim.charge,
            problem="no_rate",
            why=f"{card.name} has no price for {claim.charge}, claimed as {claim.accessorial}",
            subject=claim.accessorial,
            inputs=(claim.told,),
        )
        for claim in claims(unit)
        if claim.charge not in known
    )
