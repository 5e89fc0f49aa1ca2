"""Stored units rated again, by the card in force or by one that is not: nothing is stored.

A unit is rated from its dossier exactly as a decision about it would be; only the card may be
another.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import msgspec

from app.decide import prepare
from app.dossier import Dossier, Editions
from app.errors import NotFoundError
from app.evidence.facts.fact import Fact
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import dossier_of
from app.operations.looking.look_up import units_in
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard


class RatedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A stored unit after rating."""

    unit: str
    customer: str
    card: str
    """The name of the card; empty where there is none."""
    rated: Rated
    facts: Mapping[str, Fact]
    """Every fact it was rated by, by id: its own, its load's, the market's."""


def rate_unit(
    store: Store,
    reference: str,
    *,
    card: RateCard | None = None,
    known_on: date | None = None,
    known_at: datetime | None = None,
) -> RatedUnit:
    """The unit that goes by this number, rated by the card in force or by the one given.

    Args:
        store: what is known.
        reference: a number of the unit.
        card: instead of the customer's card in force.
        known_on: the day whose knowledge of prices counts; None: all that the card says.
        known_at: as facts and editions were known then.

    Raises:
        NotFoundError: no unit goes by it, or it is another customer's than the card.
        ConflictError: several do.
    """
    dossier = dossier_of(store, reference, known_at)
    editions = editions_by_digest(store, dossier.editions)
    if known_on is not None:
        dossier = msgspec.structs.replace(dossier, known_on=known_on)
    rated = _rated(dossier, editions if card is None else _with(editions, card))
    if card is not None and rated.customer != card.customer:
        whose = rated.customer or "a customer whom nobody names"
        raise NotFoundError(f"{rated.unit} is of {whose}, and {card.name} is {card.customer}'s")
    return rated


class Repriced(msgspec.Struct, frozen=True, kw_only=True):
    """One stored unit under two cards."""

    unit: str
    old: Rated
    new: Rated

    @property
    def lost(self) -> tuple[str, ...]:
        """What had a price and has none."""
        return _lost(self.old, self.new)

    @property
    def gained(self) -> tuple[str, ...]:
        """What had no price and has one."""
        return _lost(self.new, self.old)

    @property
    def changed(self) -> bool:
        """Whether its money changes, or what has a price."""
        return bool(self.old.total != self.new.total or self.lost or self.gained)


def repriced_units(store: Store, old: RateCard, new: RateCard) -> Iterator[Repriced]:
    """Every stored unit of the cards' customer under both, by name."""
    for unit in units_in(store):
        dossier = dossier_of(store, unit)
        editions = editions_by_digest(store, dossier.editions)
        before = _rated(dossier, _with(editions, old))
        if before.customer == old.customer:
            after = _rated(dossier, _with(editions, new))
            yield Repriced(unit=before.unit, old=before.rated, new=after.rated)


def _with(editions: Editions, card: RateCard) -> Editions:
    return msgspec.structs.replace(editions, card=card)


def _rated(dossier: Dossier, editions: Editions) -> RatedUnit:
    question = prepare(dossier, editions)
    return RatedUnit(
        unit=question.unit.unit,
        customer=question.unit.text("customer"),
        card=editions.card.name if editions.card else "",
        rated=question.rated,
        facts={
            fact.fact_id: fact
            for fact in (
                *(linked.fact for linked in dossier.facts),
                *(fact for sibling in dossier.siblings for fact in sibling.facts),
                *dossier.market,
            )
        },
    )


def _lost(old: Rated, new: Rated) -> tuple[str, ...]:
    """What the old lines price and the new ones leave without a price."""
    priced = {(each.code, each.subject) for each in old.charges}
    missing = {(each.charge, each.subject) for each in new.unpriced}
    if any(each.charge == "all" for each in new.unpriced):
        missing |= priced
    return tuple(" ".join(each).strip() for each in sorted(priced & missing))
