"""Stored editions, found by customer and moment, or by digest for a replay."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from app.billing.destination import Destinations
from app.digest import digest, digest_of
from app.dossier import Editions, EditionsUsed
from app.errors import DeploymentError
from app.evidence.correlation.authority import Authority
from app.evidence.intake.profile import Profiles
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.model import RulePack
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard

STANDARD = "standard"
WITHDRAWN = digest_of(None)
"""The digest of nothing: what is in force for a customer whose card or contract is gone."""
EDITIONS_KEPT = 128
T = TypeVar("T", bound=msgspec.Struct)


def profiles_in_force(store: Store) -> Profiles:
    """How partners' messages are read now."""
    return _decoded(store, _needed(store, "profiles", STANDARD, None), Profiles)


def destinations_in_force(store: Store) -> Destinations:
    """Where partners hear events now; nowhere while no edition was accepted."""
    found = store.editions.in_force("destinations", STANDARD, None)
    return _decoded(store, found, Destinations) if found else Destinations()


def authority_in_force(store: Store, at: datetime | None) -> tuple[str, Authority]:
    """The digest and the edition of whose word counts."""
    found = _needed(store, "authority", STANDARD, at)
    return found, _decoded(store, found, Authority)


def editions_for(store: Store, customer: str, authority: str, at: datetime | None) -> EditionsUsed:
    """The editions that decide about this customer's units."""
    own_rules = store.editions.in_force("rules", customer, at) if customer else None

    def of_customer(kind: str) -> str:
        found = store.editions.in_force(kind, customer, at) if customer else None
        return found if found and found != WITHDRAWN else ""

    return EditionsUsed(
        rules=own_rules or _needed(store, "rules", STANDARD, at),
        authority=authority,
        card=of_customer("card"),
        contract=of_customer("contract"),
    )


def customers_billed_by_order(store: Store, at: datetime | None) -> frozenset[str]:
    """The customers whose contracts make the order, not the shipment, the billable unit."""
    contracts = store.editions.names_in_force("contract", at)
    return frozenset(
        customer
        for customer, edition in contracts.items()
        if edition != WITHDRAWN and _decoded(store, edition, Contract).billable_unit == "order"
    )


def accepted_card(store: Store, customer: str, at: datetime | None = None) -> RateCard | None:
    """The customer's rate card in force; None where none was accepted, or it was withdrawn."""
    found = store.editions.in_force("card", customer, at)
    return _decoded(store, found, RateCard) if found and found != WITHDRAWN else None


def editions_by_digest(store: Store, used: EditionsUsed) -> Editions:
    """The very editions a dossier names, never the working tree's."""
    return Editions(
        rules=_decoded(store, used.rules, RulePack),
        authority=_decoded(store, used.authority, Authority),
        card=_decoded(store, used.card, RateCard) if used.card else None,
        contract=_decoded(store, used.contract, Contract) if used.contract else None,
    )


def pack_by_digest(store: Store, edition: str) -> RulePack:
    """The very pack of rules of that digest."""
    return _decoded(store, edition, RulePack)


def _needed(store: Store, kind: str, name: str, at: datetime | None) -> str:
    found = store.editions.in_force(kind, name, at)
    if found is None:
        when = f" at {at.isoformat()}" if at else ""
        raise DeploymentError(f"no {kind} were in force{when}; nothing can be decided")
    return found


def _decoded(store: Store, edition: str, model: type[T]) -> T:
    """The edition, read from the store and checked against its digest once in a process.

    An edition never changes: one decoded copy serves every decision, however large the card.
    """
    known = _known.get((edition, model))
    if known is None:
        body = store.editions.body(edition)
        if digest(body) != edition:
            raise DeploymentError(f"the stored edition {edition} is not what its digest says")
        known = _known[edition, model] = msgspec.json.decode(body, type=model)
        for oldest in list(_known)[:-EDITIONS_KEPT]:
            _known.pop(oldest, None)
    found: T = known
    return found


_known: dict[tuple[str, type], Any] = {}
