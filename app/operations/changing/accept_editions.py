"""Drafts under rules/ and ratecards/ come into force as editions, stored by their digest.

All or nothing: a set with one mistake is not accepted, and the last good edition stays in
force. Rules that are not in force yet first pass their cases, and both keys agree on them.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from app.authoring.workshop.activation import not_proved
from app.authoring.workshop.case_files import RuleCase
from app.billing.destination import Destinations
from app.digest import canonical, digest, digest_of
from app.errors import FileError, Mistake, Place
from app.evidence.correlation.authority import Authority
from app.evidence.facts.reference import customer_key
from app.evidence.intake.feed import Lane
from app.evidence.intake.profile import Profiles
from app.infrastructure.storage.rows import Due
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.model import RulePack
from app.operations.changing.editions_in_force import accepted_card, destinations_in_force
from app.operations.due_units import EVERYBODY, PRICES
from app.operations.house import House
from app.pricing.agreed.flaw import Flaw
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard
from app.pricing.rating.history import overwritten

STANDARD = "standard"


class Drafts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything people wrote, read and free of mistakes."""

    packs: tuple[RulePack, ...]
    authority: Authority
    profiles: Profiles
    cards: tuple[RateCard, ...]
    contracts: tuple[Contract, ...]
    destinations: Destinations = Destinations()
    """Where partners hear events; with none, nothing is sent."""
    withdrawn: frozenset[str] = frozenset()
    """Rule ids, editions (`card CUSTOMER`) and `destination P/NAME`, gone on purpose."""
    cases: tuple[RuleCase, ...] = ()
    """What the rules must say of made-up units, before they come into force."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that came into force just now."""

    kind: str
    name: str
    digest: str


def accept_editions(
    house: House, drafts: Drafts, *, at: datetime | None = None
) -> tuple[Accepted, ...]:
    """Store what is new and bring it into force; what is in force already stays untouched.

    Raises:
        FileError: a rule or an edition in force is missing from the drafts and nobody said
            that it is withdrawn; an editor that saves half a file must not release money.
            Or a row of a card in force was overwritten, so that a price of the past would
            change. Or a pack does not do what its cases say, or the two keys differ over it.
    """
    moment = at or house.now()
    prove_drafts(house, drafts, moment.date())
    accepted = []
    with house.database.writing(house.tenant) as store:
        if lost := _lost(store, drafts, moment.date()):
            raise FileError("the drafts are not accepted; what is in force stays", lost)
        for kind, name, model in named_drafts(drafts):
            body = canonical(model)
            edition = digest(body)
            store.editions.add(digest=edition, kind=kind, name=name, body=body)
            if store.editions.accept(
                kind=kind, name=name, digest=edition, accepted_at=moment, actor=house.actor
            ):
                accepted.append(Accepted(kind=kind, name=name, digest=edition))
        store.due.add(_due(house, accepted))
    return tuple(accepted)


def _due(house: House, accepted: Iterable[Accepted]) -> Iterable[Due]:
    """What is decided anew: all that is not billed by new rules, by new prices also what is.

    How messages are read changes nothing that was read before.
    """
    kinds = {each.kind for each in accepted}
    customers = {each.name for each in accepted if each.kind in ("card", "contract")}
    spread: list[tuple[str, tuple[str, ...]]] = (
        [(EVERYBODY, ())] if kinds & {"rules", "authority"} else []
    )
    if customers:
        spread.append((PRICES, tuple(map(customer_key, sorted(customers)))))
    for cause, keys in spread:
        yield Due(
            lane=Lane.BULK,
            share="editions",
            keys=keys,
            cause=cause,
            correlation_id=house.correlation_id,
            due_at=house.now(),
        )


def prove_drafts(house: House, drafts: Drafts, on: date) -> None:
    """Refuse what may not come into force; nothing is written.

    Asked before writing: the engine takes a while, and nobody shall wait for the lock.

    Raises:
        FileError: as `accept_editions`.
    """
    with house.database.reading(house.tenant) as store:
        mistakes = _lost(store, drafts, on)
        in_force = store.editions.names_in_force("rules")
    new = [pack for pack in drafts.packs if in_force.get(pack.name) != digest_of(pack)]
    mistakes = mistakes or not_proved(new, drafts.cases, house.first_key)
    if mistakes:
        raise FileError("the drafts are not accepted; what is in force stays", mistakes)


def _lost(store: Store, drafts: Drafts, on: date) -> list[Mistake]:
    """What is in force and would be lost: rules and editions, and prices of the past."""
    return [*_gone_unsaid(store, drafts), *_overwritten(store, drafts, on)]


def _overwritten(store: Store, drafts: Drafts, on: date) -> list[Mistake]:
    """Rows of the cards in force that the drafts say differently or no longer have."""
    in_force = store.editions.names_in_force("card")
    return [
        Mistake(place=_place_of(flaw, card.customer), what=flaw.what, mend=flaw.mend)
        for card in drafts.cards
        if in_force.get(card.customer) != digest_of(card)
        and (before := accepted_card(store, card.customer))
        for flaw in overwritten(before, card, on)
    ]


def _place_of(flaw: Flaw, customer: str) -> Place:
    """Where it stands among the drafts, by the name of the customer's folder."""
    if flaw.row is None:
        return Place(file=f"ratecards/{customer}/card.yaml")
    return Place(file=f"ratecards/{customer}/{flaw.row.table}", line=flaw.row.line)


def _gone_unsaid(store: Store, drafts: Drafts) -> list[Mistake]:
    """What is in force, is missing from the drafts, and is not withdrawn."""
    drafted = {(kind, name): model for kind, name, model in named_drafts(drafts)}
    gone: list[str] = []
    for kind in ("rules", "card", "contract"):
        for name, edition in sorted(store.editions.names_in_force(kind).items()):
            now = drafted.get((kind, name))
            if (kind, name) not in drafted:
                gone.append(f"{kind} {name}")
            elif isinstance(now, RulePack):
                before = msgspec.json.decode(store.editions.body(edition), type=RulePack)
                still = {rule.rule_id for rule in now.rules}
                gone += [r.rule_id for r in before.rules if r.rule_id not in still]
    gone += _unheard(store, drafts)
    return [
        Mistake(
            place=Place(file="rules/withdrawn.yaml"),
            what=f"{name} is in force, and the drafts no longer have it",
            mend="put it back, or list it in this file if it is withdrawn",
        )
        for name in dict.fromkeys(gone)
        if name not in drafts.withdrawn
    ]


def _unheard(store: Store, drafts: Drafts) -> list[str]:
    """The destinations in force that would hear nothing any more."""
    heard = {each.address for each in drafts.destinations.destinations}
    return [
        f"destination {each.address}"
        for each in destinations_in_force(store).destinations
        if each.address not in heard
    ]


def named_drafts(drafts: Drafts) -> Iterable[tuple[str, str, object]]:
    """Kind, name and model of every edition; a withdrawn card or contract is nothing."""
    for entry in sorted(drafts.withdrawn):
        kind, _, customer = entry.partition(" ")
        if kind in {"card", "contract"} and customer:
            yield kind, customer, None
        elif kind == "rules" and customer:
            yield from ((kind, customer, p) for p in drafts.packs if p.name == STANDARD)
    yield from (("rules", pack.name, pack) for pack in drafts.packs)
    yield "authority", STANDARD, drafts.authority
    yield "profiles", STANDARD, drafts.profiles
    yield "destinations", STANDARD, drafts.destinations
    yield from (("card", card.customer, card) for card in drafts.cards)
    yield from (("contract", contract.customer, contract) for contract in drafts.contracts)
