"""Which units are to be decided because of what was said, and where they stand in line.

What is said of freight leads to its units by its numbers. What is said of a customer, a market, a
month or a feed concerns every unit that is not billed yet: that is spread out later, in the bulk
lane, and never by the sender's request.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.evidence.correlation.links import followed, reference_of
from app.evidence.correlation.surroundings import MARKET, SURROUNDING
from app.evidence.facts.fact import Fact
from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.facts import correction_key
from app.infrastructure.storage.rows import Due

FACTS, EVERYBODY, CUSTOMER, PRICES = "facts", "everybody", "customer", "prices"
"""Why units are due: facts name them, everybody's are, or all of one customer's.

By prices those are due as well that were billed before: they may have been billed wrongly. Prices
without keys are everybody's: what the market published was corrected.
"""

LOOK_BACK = timedelta(days=550)
"""18 months: after that nobody can sue for freight charges (49 U.S.C. 14705)."""

_EVERYBODYS = frozenset((*SURROUNDING, *MARKET))
_NAMING_NONE = _EVERYBODYS | {"customer", "receivable", "assignment"}
"""What leads to no unit by its numbers; who works on one changes no decision about it."""


def due_for(
    facts: Iterable[Fact], *, lane: Lane, share: str, correlation_id: str, moment: datetime
) -> tuple[Due, ...]:
    """The rows that one message makes: one for the units it names, one for what is spread."""
    said = tuple(facts)
    spread = due_spread(said, share=share, correlation_id=correlation_id, moment=moment)
    about = tuple(dict.fromkeys(key for fact in said for key in _naming_units(fact)))
    if not about:
        return spread
    named = Due(
        lane=lane,
        share=share,
        keys=about,
        cause=FACTS,
        correlation_id=correlation_id,
        due_at=moment,
    )
    return (named, *spread)


def due_spread(
    facts: Iterable[Fact],
    *,
    share: str,
    correlation_id: str,
    moment: datetime,
    taken_back: bool = False,
) -> tuple[Due, ...]:
    """The rows for what is said of more than the units that it names.

    What the market published for the first time was missing until then, so that nothing was billed
    by it; where it is corrected or taken back, something may have been.
    """
    said = tuple(facts)
    found: list[tuple[str, tuple[str, ...]]] = []
    if customers := _customers(said):
        found.append((CUSTOMER, customers))
    if any(fact.entity in MARKET and (taken_back or fact.supersedes) for fact in said):
        found.append((PRICES, ()))
    elif any(fact.entity in _EVERYBODYS for fact in said):
        found.append((EVERYBODY, ()))
    return tuple(
        Due(
            lane=Lane.BULK,
            share=share,
            keys=keys,
            cause=cause,
            correlation_id=correlation_id,
            due_at=moment,
        )
        for cause, keys in found
    )


def due_unit(unit: str, customer: str, *, correlation_id: str, moment: datetime) -> Due:
    """One unit of a customer, to be decided when nothing critical waits."""
    return Due(
        lane=Lane.BULK,
        share=f"customer {customer}",
        keys=(reference_of(unit).key,),
        cause=FACTS,
        correlation_id=correlation_id,
        due_at=moment,
    )


def _naming_units(fact: Fact) -> Iterable[str]:
    """The numbers that lead to the fact's units; weak ones only where it has no others.

    Whoever shares nothing but a weak number with the units found is found from there.
    """
    correction = (correction_key(fact.supersedes),) if fact.supersedes else ()
    if fact.entity in _NAMING_NONE:
        return correction  # what it corrects may have been said of another customer
    if fact.entity == "withdrawal":  # its message leads to what it withdraws
        return tuple(ref.key for ref in fact.references)
    stock = tuple(ref.key for ref in fact.references if ref.kind is ReferenceKind.STOCK)
    leading = (*followed(fact), *stock) or tuple(ref.key for ref in fact.references)
    return (*leading, *correction)


def _customers(facts: Iterable[Fact]) -> tuple[str, ...]:
    named = (
        ref.key
        for fact in facts
        if fact.entity == "customer"
        for ref in fact.references
        if ref.kind is ReferenceKind.CUSTOMER
    )
    return tuple(dict.fromkeys(named))
