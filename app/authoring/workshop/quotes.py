"""A price for a shipment that nobody has reported: made-up facts, rated as a stored unit would be.

The facts are folded into a unit and go through `app.pricing.rating.rate.price` like any other;
they are stored nowhere. Whoever asks says what is needed and no more: what is not said is not
known, and a charge that needs it has no price.
"""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from app.evidence.correlation.authority import Authority
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price

ASKED = "quote"
"""The instance of a system that tells made-up facts; no real one is called so."""

PLANNER = "tms"
"""Whose word it is that a shipment was called off."""

NOBODY = Authority(owners=())
"""Where one voice speaks there is nothing to settle."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is assumed for a quote."""

    said: Said
    at: datetime
    """When it happens; with an offset, as every moment of a fact."""
    where: str
    """Where it was asked: an option, or a file and line."""
    classifier: Classifier = Classifier.ACTUAL
    revision: int = 0
    system: str = ASKED
    """The role in which it is told, where that matters."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Shipments to be priced together, as they may ride on one load."""

    shipments: Mapping[str, tuple[Told, ...]]
    """By number."""
    market: tuple[Told, ...] = ()
    """Index values and exchange rates."""


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """One shipment after rating, and the facts by which it was rated."""

    unit: str
    rated: Rated
    facts: Mapping[str, Fact]
    """By id, those of the market among them."""


def quote(request: Request, card: RateCard, known_on: date) -> tuple[Quoted, ...]:
    """Every shipment of the request by the card, as its prices were known on a day."""
    market = tuple(map(fact_of, request.market))
    units = {
        number: unit_of(f"shipment:{number}", map(fact_of, told), NOBODY)
        for number, told in request.shipments.items()
    }
    return tuple(
        _quoted(unit, tuple(units.values()), market, card, known_on) for unit in units.values()
    )


def _quoted(
    unit: BillableUnit,
    together: tuple[BillableUnit, ...],
    market: tuple[Fact, ...],
    card: RateCard,
    known_on: date,
) -> Quoted:
    facts = {fact_id: fact for each in together for fact_id, fact in each.facts.items()}
    return Quoted(
        unit=unit.unit,
        rated=price(unit, together, market, card, known_on),
        facts=facts | {fact.fact_id: fact for fact in market},
    )


def fact_of(told: Told) -> Fact:
    """What is assumed, in the envelope every fact travels in."""
    return identified(
        Fact(
            fact_id="",
            tenant=ASKED,
            actor="",
            source=Source(system=told.system, instance=ASKED, message_id=told.where),
            classifier=told.classifier,
            quality=Quality.MANUAL,
            occurred_at=told.at,
            recorded_at=told.at,
            revision=told.revision,
            said=told.said,
        )
    )


def source_of(fact: Fact) -> str:
    """Who said it, for reading: the message, or the place where a quote asked for it."""
    if fact.source.instance == ASKED:
        return f"asked: {fact.source.message_id}"
    return str(fact.source)
