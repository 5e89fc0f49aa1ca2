"""Everything that the contracts allow and nobody raised, over all units."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date

import msgspec

from app.decide import Question, prepare
from app.dossier import Dossier
from app.errors import NotFoundError
from app.infrastructure.storage.store import Store
from app.money import Money, total
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import dossier_of
from app.operations.house import House
from app.operations.looking.look_up import units_in
from app.pricing.entitlement.found import Barred, Entitlement
from app.pricing.entitlement.standing import Extra

LAST = date.max


class Owed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entitlement, and whose it is."""

    customer: str
    """Who would be billed."""
    days_left: int | None = None
    """Until it can be claimed no more; below zero afterwards, None without a claim window."""
    entitlement: Entitlement


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer would be billed of one charge."""

    customer: str
    charge: str
    count: int
    amount: Money


class EntitlementsKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found, the nearest deadline first."""

    owed: tuple[Owed, ...]
    barred: tuple[Barred, ...] = ()
    """What the contracts rule out, and what was dismissed: with why, and in no sum."""
    sums: tuple[Sum, ...] = ()
    """Of what can still be claimed and has a price."""
    found: tuple[Money, ...] = ()
    """All that can still be claimed, by currency; less than the sums where claims share a cap."""
    lost: tuple[Money, ...] = ()
    """What can be claimed no more, by currency."""
    without_price: int = 0
    """How many may be owed and have no price yet; they are in no sum."""


def entitlements(house: House, reference: str = "", customer: str = "") -> EntitlementsKnown:
    """Everything found: of one unit, of one customer, or of all.

    Args:
        house: who asks where.
        reference: a number of the unit; empty: of all units.
        customer: only what this customer would be billed.

    Raises:
        NotFoundError: no unit goes by the reference.
        ConflictError: several do.
    """
    today = house.now().astimezone(UTC).date()
    with house.database.reading(house.tenant) as store:
        names = (reference,) if reference else units_in(store)
        questions = [question_of(store, name) for name in names]
    mine = [each for each in questions if customer in {"", each.unit.text("customer")}]
    return _known(mine, today)


def question_of(store: Store, reference: str) -> Question:
    """The unit that goes by this number, priced and with all that was found of it."""
    dossier = dossier_of(store, reference)
    return prepare(dossier, editions_by_digest(store, dossier.editions))


def extra_services(house: House, decision_id: str) -> Extra:
    """The extra services of the unit of a stored decision, from its very dossier.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision_id)
        dossier = msgspec.json.decode(store.decisions.dossier(row.dossier_digest), type=Dossier)
        editions = editions_by_digest(store, dossier.editions)
    return prepare(dossier, editions).extra


def entitlement_of(house: House, name: str) -> Entitlement:
    """One entitlement by its id.

    Raises:
        NotFoundError: nothing is found under it: it was claimed, dismissed, or never there.
    """
    unit = name.partition("/")[0]
    with house.database.reading(house.tenant) as store:
        found = question_of(store, unit).extra.found
    for each in found.entitlements:
        if each.entitlement == name:
            return each
    gone = next((each.why for each in found.barred if each.entitlement == name), "")
    others = ", ".join(each.entitlement for each in found.entitlements) or "nothing"
    raise NotFoundError(f"there is no entitlement {name!r}; {gone or f'found of it is {others}'}")


def _known(questions: Iterable[Question], today: date) -> EntitlementsKnown:
    owed: list[Owed] = []
    barred: list[Barred] = []
    together: list[Money] = []
    for question in questions:
        found = question.extra.found
        mine = [_owed(question, each, today) for each in found.entitlements]
        owed.extend(mine)
        barred.extend(found.barred)
        still = [each for each in mine if _can_be_claimed(each)]
        # Claims that share a cap come to less together; what came too late shares none.
        together.extend(found.together if len(still) == len(mine) else _amounts(still))
    ordered = tuple(sorted(owed, key=_first_deadline))
    still_owed = [each for each in ordered if _can_be_claimed(each)]
    too_late = [each for each in ordered if not _can_be_claimed(each)]
    return EntitlementsKnown(
        owed=ordered,
        barred=tuple(sorted(barred, key=lambda each: each.entitlement)),
        sums=_sums(still_owed),
        found=_totals(together),
        lost=_totals(_amounts(too_late)),
        without_price=sum(1 for each in still_owed if each.entitlement.amount is None),
    )


def _owed(question: Question, each: Entitlement, today: date) -> Owed:
    left = (each.deadline.last_day - today).days if each.deadline else None
    customer = question.unit.text("customer")
    return Owed(customer=customer, days_left=left, entitlement=each)


def _can_be_claimed(each: Owed) -> bool:
    return each.days_left is None or each.days_left >= 0


def _first_deadline(each: Owed) -> tuple[date, str]:
    deadline = each.entitlement.deadline
    return (deadline.last_day if deadline else LAST, each.entitlement.entitlement)


def _amounts(owed: Iterable[Owed]) -> list[Money]:
    amounts = (each.entitlement.amount for each in owed)
    return [amount for amount in amounts if amount is not None]


def _totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    by_currency: dict[str, list[Money]] = defaultdict(list)
    for amount in amounts:
        by_currency[amount.currency].append(amount)
    return tuple(total(some, currency) for currency, some in sorted(by_currency.items()))


def _sums(owed: Iterable[Owed]) -> tuple[Sum, ...]:
    amounts: dict[tuple[str, str, str], list[Money]] = defaultdict(list)
    for each in owed:
        if (amount := each.entitlement.amount) is not None:
            amounts[each.customer, each.entitlement.charge, amount.currency].append(amount)
    return tuple(
        Sum(customer=customer, charge=charge, count=len(some), amount=total(some, currency))
        for (customer, charge, currency), some in sorted(amounts.items())
    )
