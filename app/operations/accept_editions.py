"""Drafts under rules/ and ratecards/ come into force as editions, stored by their digest.

All or nothing: a set with one mistake is not accepted, and the last good edition stays in
force. Rules that are not in force yet first pass their cases, and both keys agree on them.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from app.authoring.workshop.activation import not_proved
from app.authoring.workshop.case_files import RuleCase
from app.digest import canonical, digest, digest_of
from app.errors import FileError, Mistake, Place
from app.evidence.correlation.authority import Authority
from app.evidence.intake.profile import Profiles
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.model import RulePack
from app.operations.house import House
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard

STANDARD = "standard"


class Drafts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything people wrote, read and free of mistakes."""

    packs: tuple[RulePack, ...]
    authority: Authority
    profiles: Profiles
    cards: tuple[RateCard, ...]
    contracts: tuple[Contract, ...]
    withdrawn: frozenset[str] = frozenset()
    """Rule ids and editions (`card CUSTOMER`) that are gone on purpose."""
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
            Or a pack does not do what its cases say, or the two keys differ over it.
    """
    moment = at or house.now()
    _prove(house, drafts)
    accepted = []
    with house.database.writing(house.tenant) as store:
        if gone := _gone_unsaid(store, drafts):
            raise FileError("the drafts are not accepted; what is in force stays", gone)
        for kind, name, model in _named(drafts):
            body = canonical(model)
            edition = digest(body)
            store.editions.add(digest=edition, kind=kind, name=name, body=body)
            if store.editions.accept(
                kind=kind, name=name, digest=edition, accepted_at=moment, actor=house.actor
            ):
                accepted.append(Accepted(kind=kind, name=name, digest=edition))
    return tuple(accepted)


def _prove(house: House, drafts: Drafts) -> None:
    """Asked before writing: the engine takes a while, and nobody shall wait for the lock."""
    with house.database.reading(house.tenant) as store:
        mistakes = _gone_unsaid(store, drafts)
        in_force = store.editions.names_in_force("rules")
    new = [pack for pack in drafts.packs if in_force.get(pack.name) != digest_of(pack)]
    mistakes = mistakes or not_proved(new, drafts.cases, house.first_key)
    if mistakes:
        raise FileError("the drafts are not accepted; what is in force stays", mistakes)


def _gone_unsaid(store: Store, drafts: Drafts) -> list[Mistake]:
    """What is in force, is missing from the drafts, and is not withdrawn."""
    drafted = {(kind, name): model for kind, name, model in _named(drafts)}
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
    return [
        Mistake(
            place=Place(file="rules/withdrawn.yaml"),
            what=f"{name} is in force, and the drafts no longer have it",
            mend="put it back, or list it in this file if it is withdrawn",
        )
        for name in dict.fromkeys(gone)
        if name not in drafts.withdrawn
    ]


def _named(drafts: Drafts) -> Iterable[tuple[str, str, object]]:
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
    yield from (("card", card.customer, card) for card in drafts.cards)
    yield from (("contract", contract.customer, contract) for contract in drafts.contracts)
