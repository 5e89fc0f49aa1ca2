"""Drafts under rules/ and ratecards/ come into force as editions, stored by their digest.

All or nothing for each kind: a set with one mistake is not accepted, and the last good
edition stays in force.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from app.digest import canonical, digest
from app.evidence.correlation.authority import Authority
from app.evidence.intake.profile import Profiles
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


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that came into force just now."""

    kind: str
    name: str
    digest: str


def accept_editions(
    house: House, drafts: Drafts, *, at: datetime | None = None
) -> tuple[Accepted, ...]:
    """Store what is new and bring it into force; what is in force already stays untouched."""
    moment = at or house.now()
    accepted = []
    with house.database.writing(house.tenant) as store:
        for kind, name, model in _named(drafts):
            body = canonical(model)
            edition = digest(body)
            store.editions.add(digest=edition, kind=kind, name=name, body=body)
            if store.editions.accept(
                kind=kind, name=name, digest=edition, accepted_at=moment, actor=house.actor
            ):
                accepted.append(Accepted(kind=kind, name=name, digest=edition))
    return tuple(accepted)


def _named(drafts: Drafts) -> Iterable[tuple[str, str, object]]:
    yield from (("rules", pack.name, pack) for pack in drafts.packs)
    yield "authority", STANDARD, drafts.authority
    yield "profiles", STANDARD, drafts.profiles
    yield from (("card", card.customer, card) for card in drafts.cards)
    yield from (("contract", contract.customer, contract) for contract in drafts.contracts)
