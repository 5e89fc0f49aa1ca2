"""The order of calculation: the card's charges one after the other, each line once.

A charge sees the unit, its load, the market and, where it names a base, the lines of that
base; nothing else of the invoice. What somebody claims and no charge of the card prices
ends as `Unpriced`.
"""

from datetime import date

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.pricing.rating.card import RateCard
from app.pricing.rating.charge import Charge, Excluded, Rated, Unpriced
from app.pricing.rating.claims import claims
from app.pricing.rating.dating import Dated, load_day, rate_day
from app.pricing.rating.loads import called_off, load_of
from app.pricing.rating.occasion import Line, Occasion, unpriced
from app.pricing.rating.shapes import SHAPES, Shape
from app.pricing.rating.term import LoadTerm


def price(
    unit: BillableUnit,
    siblings: tuple[BillableUnit, ...],
    market: tuple[Fact, ...],
    card: RateCard | None,
    known_on: date,
) -> Rated:
    """The unit rated by its customer's card.

    Args:
        unit: what is billed.
        siblings: the other units of its load; it may be among them.
        market: index values; which of them counts is the card's to say.
        card: None where no card was found for the customer.
        known_on: the day whose knowledge of prices counts: the day of the decision.
    """
    if card is None:
        customer = unit.text("customer")
        whose = f"customer {customer}" if customer else "a unit whose customer nobody names"
        return _nothing("", "no_card", f"no rate card for {whose}")
    dated = rate_day(unit, card.rate_date)
    if dated is None:
        why = f"prices count by the day of {card.rate_date}, which nobody has reported"
        return _nothing(card.currency, "no_date", why)
    if not card.covers(dated.day):
        why = f"{card.name} is not in force on {dated.day.isoformat()} ({card.rate_date})"
        return _nothing(card.currency, "no_card", why)
    terms = tuple(term for term in card.charges if term.is_for(unit.kind))
    if card.charges and not terms:
        why = f"no charge of {card.name} is billed with a unit of kind {unit.kind}"
        return _nothing(card.currency, "no_rate", why)
    lines: dict[str, tuple[Line, ...]] = {}
    load = load_of(unit, siblings)
    off = tuple(other.unit for other in siblings if called_off(other))
    of_load = load_day(load, card.rate_date)
    for term in terms:
        day = of_load if _is_of_load(term) else dated
        if day is None:
            why = f"not all shipments of the load have a day of {card.rate_date}"
            lines[term.charge] = (unpriced(term, "no_date", why),)
            continue
        base = tuple(line for code in term.of for line in lines.get(code, ()))
        occasion = _occasion(unit, load, off, market, card, day, known_on, base)
        lines[term.charge] = SHAPES[type(term)](occasion, term)
    every = [
        *(line for some in lines.values() for line in some),
        *_unknown_claims(unit, card, terms),
    ]
    return Rated(
        currency=card.currency,
        charges=tuple(line for line in every if isinstance(line, Charge)),
        unpriced=tuple(line for line in every if isinstance(line, Unpriced)),
        excluded=tuple(line for line in every if isinstance(line, Excluded)),
    )


def _nothing(currency: str, problem: str, why: str) -> Rated:
    return Rated(currency=currency, unpriced=(Unpriced(charge="all", problem=problem, why=why),))


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
