"""The rules in force, for the people who write them: by customer, by rule, and what they do now."""

import msgspec

from app.errors import NotFoundError
from app.infrastructure.storage.rows import Acceptance
from app.infrastructure.storage.store import Store
from app.judgement.rulebook.model import Kind, RulePack
from app.operations.changing.editions_in_force import STANDARD, WITHDRAWN, pack_by_digest
from app.operations.house import House
from app.operations.looking.rule_totals import rule_counted
from app.remembered import Remembered
from app.reports.rules.effects import AfterUnit, RuleEffects
from app.reports.rules.pages import ShownPack, ShownRule, pack_shown

PACKS_SHOWN = 64
UNITS_AT_ONCE = 25
REQUIRE = Kind.REQUIRE.value
_shown: Remembered[RulePack, ShownPack] = Remembered(PACKS_SHOWN)


class PackInForce(msgspec.Struct, frozen=True, kw_only=True):
    """Which pack decides for a customer, and since when."""

    customer: str
    """`standard`: for everybody without rules of their own."""
    accepted: Acceptance
    pack: ShownPack

    @property
    def is_own(self) -> bool:
        """Whether the customer has a pack of its own."""
        return self.customer == self.accepted.name


class RuleInForce(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the pack that decides for a customer."""

    of: PackInForce
    rule: ShownRule
    effects: RuleEffects


def packs_in_force(house: House) -> tuple[PackInForce, ...]:
    """The pack of every customer, the one for everybody first."""
    with house.database.reading(house.tenant) as store:
        accepted = _accepted(store)
        return tuple(_pack(store, accepted, customer) for customer in _customers(store, accepted))


def pack_in_force(house: House, customer: str) -> PackInForce:
    """The pack that decides for a customer.

    Raises:
        NotFoundError: nothing was ever accepted for such a customer.
    """
    with house.database.reading(house.tenant) as store:
        return _known_pack(store, customer)


def customers_in_force(house: House) -> tuple[str, ...]:
    """Everybody for whom something is in force, by name."""
    with house.database.reading(house.tenant) as store:
        return _customers(store, _accepted(store))[1:]


def rule_in_force(
    house: House, customer: str, rule_id: str, after: AfterUnit | None = None
) -> RuleInForce:
    """One rule, what it does now among the customer's units, and a part of those.

    Of the pack for everybody, the units of all customers count.

    Raises:
        NotFoundError: there is no such customer, or its pack has no such rule.
    """
    with house.database.reading(house.tenant) as store:
        pack = _known_pack(store, customer)
        rule = pack.pack.rule(rule_id)
        if rule is None:
            raise NotFoundError(f"the rules for {customer} have no rule {rule_id}")
        whose = "" if customer == STANDARD else customer
        effects = _effects(house, store, rule, whose, after)
        return RuleInForce(of=pack, rule=rule, effects=effects)


def _effects(
    house: House, store: Store, rule: ShownRule, whose: str, after: AfterUnit | None
) -> RuleEffects:
    told, at_once = store.rule_firings, UNITS_AT_ONCE + 1
    units_of = told.units_held if rule.kind == REQUIRE else told.units_permitted
    units = units_of(rule.rule_id, whose, after, at_once)
    last = units[UNITS_AT_ONCE - 1] if len(units) == at_once else None
    counted = rule_counted(house, store, rule, whose)
    return RuleEffects(
        placed_ever=counted.placed_ever,
        now=counted.now,
        units=units[:UNITS_AT_ONCE],
        after=AfterUnit(last.minor or 0, last.unit) if last else None,
        counted_at=counted.at,
    )


def _known_pack(store: Store, customer: str) -> PackInForce:
    accepted = _accepted(store)
    if customer not in _customers(store, accepted):
        raise NotFoundError(f"nothing is in force for a customer {customer}")
    return _pack(store, accepted, customer)


def _accepted(store: Store) -> dict[str, Acceptance]:
    return {each.name: each for each in store.editions.acceptances_in_force("rules")}


def _customers(store: Store, accepted: dict[str, Acceptance]) -> tuple[str, ...]:
    """Everybody for whom rules, a contract or a card is in force."""
    names = {
        name
        for kind in ("contract", "card")
        for name, edition in store.editions.names_in_force(kind).items()
        if edition != WITHDRAWN
    }
    return (STANDARD, *sorted((names | accepted.keys()) - {STANDARD}))


def _pack(store: Store, accepted: dict[str, Acceptance], customer: str) -> PackInForce:
    in_force = accepted.get(customer) or accepted.get(STANDARD)
    common = accepted.get(STANDARD)
    if in_force is None or common is None:
        raise NotFoundError("no rules are in force yet; accept some first")
    pack, standard = (pack_by_digest(store, each.digest) for each in (in_force, common))
    shown = _shown.of(pack, lambda: pack_shown(pack, standard), also=common.digest)
    return PackInForce(customer=customer, accepted=in_force, pack=shown)
