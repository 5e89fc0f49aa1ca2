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


def price(
    unit: BillableUnit,
    siblings: tuple[BillableUnit, ...],
    market: tuple[Fact, ...],
    card: RateCard | None,
    known_on: date,
    *,
    shares_proved: bool = True,
    endings_told: bool = True,
    last_known: bool = False,
    bills_stand: bool = False,
    given_up: Mapping[tuple[str, str], str] = NOTHING_GIVEN_UP,
) -> Rated:
    """The unit rated by its customer's card.

    Args:
        unit: what is billed.
        siblings: the other units of its load; it may be among them.
        market: index values and exchange rates; which of them counts is the card's to say.
        card: None where no card was found for the customer.
        known_on: the day whose knowledge of prices counts: the day of the decision.
        shares_proved: whether all who share a service find one price, and a service claimed for
            several is owed once; not so before `rating_2`.
        endings_told: whether a card that has ended is told from one that there is not; not so
            before `rating_3`.
        last_known: whether the last published index and exchange rate, and the last day of a card
            that has ended, stand in for what is missing: an estimate, which only a provisional may
            bill; its lines say so.
        bills_stand: whether what stands of carriers' bills is what they cost; not so before
            `cost_2`.
        given_up: lines that somebody rejected or waived, by charge and subject, and why; they
            are excluded, and nothing is taken of them.
    """
    if card is None:
        customer = unit.text("customer")
        whose = f"customer {customer}" if customer else "a unit whose customer nobody names"
        return _nothing("", "no_card", f"no rate card for {whose}")
    terms, dated = card.charges, rate_day(unit, card.rate_date)
    load = load_of(unit, siblings)
    if _prices_calling_off(card) and not_used(unit):
        terms = tuple(term for term in card.charges if isinstance(term, OF_WHAT_WAS_CALLED_OFF))
        dated = dated or day_called_off(unit)
        load = planned_load(unit, siblings)
    if dated is None:
        why = f"prices count by the day of {card.rate_date}, which nobody has reported"
        return _nothing(card.currency, "no_date", why)
    ended = card.effective_before is not None and dated.day >= card.effective_before
    dated = _until_end(dated, card) if last_known else dated
    if not card.covers(dated.day):
        why = f"{card.name} is not in force on {dated.day.isoformat()} ({card.rate_date})"
        problem = "card_ended" if ended and endings_told else "no_card"
        return _nothing(card.currency, problem, why)
    terms = tuple(term for term in terms if term.is_for(unit.kind))
    if card.charges and not terms:
        why = f"no charge of {card.name} is billed with a unit of kind {unit.kind}"
        return _nothing(card.currency, "no_rate", why)
    lines: dict[str, tuple[Line, ...]] = {}
    disputes = disputes_of(unit)
    off = tuple(other.unit for other in siblings if called_off(other))
    of_load = load_day(load, card.rate_date)
    if last_known and of_load is not None:
        of_load = _until_end(of_load, card)
    for term in terms:
        day = of_load if _is_of_load(term) else dated
        if day is None:
            why = f"not all shipments of the load have a day of {card.rate_date}"
            lines[term.charge] = (unpriced(term, "no_date", why),)
            continue
        base = tuple(line for code in term.reads for line in lines.get(code, ()))
        if isinstance(term, Tax):
            base = (*base, *agreed_credits(_about(disputes, term), base, card.name, card.currency))
        occasion = _occasion(unit, load, off, market, card, day, known_on, base)
        if last_known:
            occasion = msgspec.structs.replace(occasion, last_known=True)
        if bills_stand:
            occasion = msgspec.structs.replace(occasion, bills_stand=True)
        if not shares_proved:
            occasion = msgspec.structs.replace(occasion, shares_proved=False)
        elif getattr(term, "shared_by", ""):
            days = _own_days(load, card)
            if last_known:
                days = {name: day and card.last_day_by(day) for name, day in days.items()}
            occasion = msgspec.structs.replace(occasion, own_days=days)
        priced = _priced(occasion, term, card)
        lines[term.charge] = tuple(_unless_given_up(line, given_up, card) for line in priced)
    every = list(_with_credits(lines, terms, disputes, card))
    if last_known and ended:
        every = [_marked(line, dated) for line in every]
    every.extend(
        _unless_given_up(line, given_up, card) for line in _unknown_claims(unit, card, terms)
    )
    return Rated(
        currency=card.currency,
        charges=tuple(line for line in every if isinstance(line, Charge)),
        unpriced=tuple(line for line in every if isinstance(line, Unpriced)),
        excluded=tuple(line for line in every if isinstance(line, Excluded)),
    )


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


def _with_credits(
    lines: Mapping[str, tuple[Line, ...]],
    terms: Iterable[Shape],
    disputes: tuple[KnownDispute, ...],
    card: RateCard,
) -> Iterator[Line]:
    """All lines in the order of the card; what was agreed to be credited stands before tax."""
    rated = (line for term in terms if not isinstance(term, Tax) for line in lines[term.charge])
    credited = agreed_credits(disputes, rated, card.name, card.currency)
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


def _occasion(
    unit: BillableUnit,
    load: tuple[BillableUnit, ...],
    off: tuple[str, ...],
    market: tuple[Fact, ...],
    card: RateCard,
    dated: Dated,
    known_on: date,
    base: tuple[Line, ...],
) -> Occasion:
    return Occasion(
        unit=unit,
        load=load,
        called_off=off,
        market=market,
        card=card.name,
        currency=card.currency,
        lane_order=card.lanes,
        day=dated.day,
        dated_by=dated.told,
        known_on=known_on,
        base=base,
    )


def _own_days(load: tuple[BillableUnit, ...], card: RateCard) -> dict[str, date | None]:
    """The day whose prices count for each unit of the load; None while it has not come."""
    found = {each.unit: rate_day(each, card.rate_date) or day_called_off(each) for each in load}
    return {name: dated.day if dated else None for name, dated in found.items()}


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
