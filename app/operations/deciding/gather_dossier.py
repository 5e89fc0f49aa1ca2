"""Everything a decision about one unit depends on, loaded and put into a dossier."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec

from app.dossier import METHODS_NOW, Dossier, DoubtfulFact, LinkedFact, Sibling
from app.errors import ConflictError, NotFoundError
from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.links import (
    OWN_AFFAIR,
    WEAK,
    Correlation,
    Strength,
    UnitLinks,
    correlate,
    followed,
    names_of,
)
from app.evidence.correlation.surroundings import MARKET, SURROUNDING
from app.evidence.correlation.told import natural_key, rank
from app.evidence.correlation.unit import customer_of
from app.evidence.facts.deadline import Deadline
from app.evidence.facts.fact import Classifier, Fact, without_hand
from app.evidence.facts.market import ExchangeRate, IndexValue
from app.evidence.facts.party import Customer
from app.evidence.facts.reference import ReferenceKind, customer_key
from app.evidence.facts.surroundings import AccountingPeriod, FeedStatus
from app.evidence.facts.warehouse import InventoryMovement, StoragePeriod
from app.evidence.facts.work import Waiver
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import (
    authority_in_force,
    customers_billed_by_order,
    editions_for,
)
from app.operations.deciding.family_of import family_of

MARKET_REACH = timedelta(days=35)
"""How long before a unit's first day a published value may still count for it."""


class Neighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """All facts that hang together by the numbers they name, and their units."""

    facts: dict[str, Fact]
    correlation: Correlation


def neighbourhood(store: Store, keys: Collection[str], known_at: datetime | None) -> Neighbourhood:
    """The facts reachable from these reference keys, correlated."""
    facts = _reachable(store, keys, known_at)
    facts |= _suspects(store, facts.values(), known_at)
    by_order = customers_billed_by_order(store, known_at)
    return Neighbourhood(facts=facts, correlation=correlate(facts.values(), by_order))


def _reachable(store: Store, keys: Collection[str], known_at: datetime | None) -> dict[str, Fact]:
    """All facts that hang together by strong numbers, and whatever corrects one of them."""
    facts: dict[str, Fact] = {}
    asked: set[str] = set()
    fresh = set(keys)
    while fresh:
        asked |= fresh
        found = store.facts.naming(fresh, known_at)
        found |= store.facts.correcting(found, known_at)
        found |= store.facts.withdrawn_by(found.values(), known_at)
        facts |= found
        fresh = {key for fact in found.values() for key in _leading_on(fact)} - asked
    return facts


def _suspects(store: Store, facts: Iterable[Fact], known_at: datetime | None) -> dict[str, Fact]:
    """Facts that have nothing but a weak number in common, and everybody they may belong to.

    Weak numbers are not followed otherwise: a customer's order number would drag in half of
    the customer's history.
    """
    weak = {ref.key for fact in facts for ref in fact.references if ref.kind in WEAK}
    found = store.facts.naming(weak, known_at)
    lonely = {name: fact for name, fact in found.items() if not any(followed(fact))}
    if not lonely:
        return {}
    theirs = {ref.key for fact in lonely.values() for ref in fact.references}
    return lonely | _reachable(store, theirs, known_at)


def _leading_on(fact: Fact) -> Iterable[str]:
    """The numbers by which a fact leads to others.

    A storage period leads to its stock; a movement of the stock leads no further, or all
    orders of the warehouse would hang together through what they took out.
    """
    if isinstance(fact.said, InventoryMovement) and fact.said.warehouse:
        return
    yield from followed(fact)
    if isinstance(fact.said, StoragePeriod):
        yield from (ref.key for ref in fact.references if ref.kind is ReferenceKind.STOCK)


def find_unit(store: Store, reference: str, known_at: datetime | None) -> tuple[str, Neighbourhood]:
    """The one unit a person or system means by a number, with its neighbourhood.

    Raises:
        NotFoundError: nobody has reported the number, or only facts that wait for a unit.
        ConflictError: several units go by it; the message lists them.
    """
    value = reference.rsplit(":", 1)[-1]
    keys = store.facts.keys_with_value(value)
    if not keys:
        raise NotFoundError(f"no fact names {reference!r}; ingest the messages about it first")
    near = neighbourhood(store, keys, known_at)
    if not near.facts:
        raise NotFoundError(f"nothing about {reference!r} was known at that moment")
    units = near.correlation.units
    own = [name for name in units if name == reference or name.endswith(f":{_bare(value)}")]
    wanted = [name for name in own if name == reference] or own or _claiming(near, set(keys))
    if len(wanted) > 1:
        raise ConflictError(f"{reference!r} may mean {', '.join(sorted(wanted))}; say which")
    if not wanted:
        waiting = [fact for fact in near.facts.values() if _names(fact, set(keys))]
        raise NotFoundError(
            f"{reference!r} is not a billable unit yet: {len(waiting)} fact(s) name it "
            f"({', '.join(sorted({fact.entity for fact in waiting}))}) and wait for the "
            "shipment, order or storage period they belong to"
        )
    return wanted[0], near


def units_going_by(store: Store, reference: str) -> tuple[str, ...]:
    """The units to which the facts that name a number belong by now; none, one or several."""
    keys = store.facts.keys_with_value(reference.rsplit(":", 1)[-1])
    if not keys:
        return ()
    return tuple(sorted(_claiming(neighbourhood(store, keys, None), set(keys))))


def _bare(value: str) -> str:
    return "".join(sign for sign in value.upper() if sign.isalnum())


def _names(fact: Fact, keys: Collection[str]) -> bool:
    return any(ref.key in keys for ref in fact.references)


def _claiming(near: Neighbourhood, keys: Collection[str]) -> list[str]:
    return [
        name
        for name, links in near.correlation.units.items()
        if any(_names(near.facts[link.fact_id], keys) for link in links.links)
    ]


def gather_dossier(
    store: Store, unit: str, near: Neighbourhood, known_at: datetime | None
) -> Dossier:
    """The unit's facts, its load's other units, the market, and the editions that decide."""
    links = near.correlation.units[unit]
    linked = tuple(
        LinkedFact(
            fact=without_hand(near.facts[link.fact_id]),
            strength=link.strength,
            through=link.through,
        )
        for link in links.links
    )
    doubts = tuple(
        DoubtfulFact(fact=without_hand(near.facts[doubt.fact_id]), doubt=doubt)
        for doubt in links.doubts
    )
    own = [each.fact for each in linked]
    # The stock may have come years ago; the days of a storage period are its own. On the day of
    # a deadline, or of a person's word on a hold, nothing happens to the freight.
    dated = [
        each.fact
        for each in linked
        if each.strength is not Strength.STOCK and not isinstance(each.fact.said, Deadline | Waiver)
    ]
    authority_digest, authority = authority_in_force(store, known_at)
    customer = customer_of(unit, own, authority)
    known = store.facts.naming([customer_key(customer)], known_at) if customer else {}
    known |= store.facts.correcting(known, known_at)
    policy_at = max(fact.recorded_at for fact in (*own, *(each.fact for each in doubts)))
    months = {f"{fact.occurred_at:%Y-%m}" for fact in dated}
    family = family_of(store, unit, known_at)
    if family:
        months.add(f"{policy_at.astimezone(UTC):%Y-%m}")  # what changes now is posted now
    return Dossier(
        methods=METHODS_NOW,
        tenant=store.tenant,
        unit=unit,
        policy_at=policy_at,
        known_on=known_at.date() if known_at else None,
        facts=(*linked, *_of_customer(known.values(), customer)),
        doubts=doubts,
        siblings=_siblings(near, links),
        market=_market(store, dated, known_at),
        surroundings=_surroundings(store, months, known_at),
        billed_as=_billed_as(store, unit, own, known_at),
        family=family,
        editions=editions_for(store, customer, authority_digest, known_at),
    )


def _of_customer(facts: Iterable[Fact], customer: str) -> Iterable[LinkedFact]:
    """Master data of the customer; what names no unit counts for all of them.

    A correction may say of another customer what was said of this one by mistake.
    """
    through = customer_key(customer)
    return (
        LinkedFact(fact=without_hand(fact), strength=Strength.CUSTOMER, through=through)
        for fact in in_force(facts)
        if isinstance(fact.said, Customer) and not any(followed(fact)) and _names(fact, [through])
    )


def _siblings(near: Neighbourhood, links: UnitLinks) -> tuple[Sibling, ...]:
    """The other units on its loads; what they share is split by what they weigh.

    Of stock that lay here the other periods: days that one of them bills are nobody's to claim.
    """
    stock = _stock_of(near, links)
    return tuple(
        Sibling(
            unit=other.unit,
            facts=tuple(
                without_hand(near.facts[link.fact_id])
                for link in other.links
                if not isinstance(near.facts[link.fact_id].said, OWN_AFFAIR)
                and (not stock or isinstance(near.facts[link.fact_id].said, StoragePeriod))
            ),
        )
        for name, other in sorted(near.correlation.units.items())
        if name != links.unit
        and (set(other.load_keys) & set(links.load_keys) or stock & _stock_of(near, other))
    )


def _stock_of(near: Neighbourhood, links: UnitLinks) -> set[str]:
    """The stock that a storage period is over; nothing of other units."""
    return {
        ref.key
        for link in links.links
        if isinstance(near.facts[link.fact_id].said, StoragePeriod)
        for ref in near.facts[link.fact_id].references
        if ref.kind is ReferenceKind.STOCK
    }


def _market(store: Store, own: Iterable[Fact], known_at: datetime | None) -> tuple[Fact, ...]:
    """Published values around the days of the unit, whichever of them the contract names."""
    days = [fact.occurred_at.date() for fact in own]
    first, last = min(days) - MARKET_REACH, max(days)
    published = store.facts.of_entities(MARKET, known_at)
    near = {each: fact for each, fact in published.items() if first <= _published(fact) <= last}
    everything = {**published, **store.facts.correcting(near, known_at)}
    counting = {fact.fact_id for fact in in_force(everything.values())}
    found = (fact for name, fact in near.items() if name in counting)
    return tuple(
        sorted(
            (without_hand(fact) for fact in found if fact.classifier is Classifier.ACTUAL),
            key=lambda fact: fact.fact_id,
        )
    )


def _surroundings(
    store: Store, months: Collection[str], known_at: datetime | None
) -> tuple[Fact, ...]:
    """Those of the months that are closed, and silent feeds, by each source's last word.

    A month that is open and a feed that is heard are how things are: they are left out, so that
    the same decision comes back when the month is opened again.
    """
    last: dict[tuple[str, str], Fact] = {}
    told = store.facts.of_entities(SURROUNDING, known_at)
    found = in_force({**told, **store.facts.correcting(told, known_at)}.values())
    for fact in sorted((each for each in found if each.entity in SURROUNDING), key=rank):
        last[fact.source.system, natural_key(fact)[1]] = fact
    stopping = (fact for fact in last.values() if _stops(fact, months))
    return tuple(sorted(map(without_hand, stopping), key=lambda fact: fact.fact_id))


def _stops(fact: Fact, months: Collection[str]) -> bool:
    said = fact.said
    if isinstance(said, AccountingPeriod):
        return said.closed and said.accounting_period in months
    return isinstance(said, FeedStatus) and said.silent


def _billed_as(
    store: Store, unit: str, own: Iterable[Fact], known_at: datetime | None
) -> tuple[str, ...]:
    """Other names of the unit that were released by that moment."""
    others = sorted(names_of(own) - {unit})
    return tuple(name for name in others if store.releases.of_unit(name, known_at))


def _published(fact: Fact) -> date:
    assert isinstance(fact.said, IndexValue | ExchangeRate), "the market publishes these"
    return fact.said.published_on if isinstance(fact.said, IndexValue) else fact.said.on
