"""Every entitlement of one unit: what the contract allows and nobody raised.

What somebody dismissed is shown with who and why, and found no more; so is what the contract
rules out.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from app.evidence.facts.money import Accessorial
from app.measures import Instant
from app.money import Money, total
from app.pricing.contract.accessorial_events import Subject
from app.pricing.contract.accessorial_life import Life, lives_of
from app.pricing.entitlement.called_off import truck_not_claimed
from app.pricing.entitlement.dwell import unclaimed_dwell
from app.pricing.entitlement.found import Barred, Entitlement, Found
from app.pricing.entitlement.made import Scene
from app.pricing.entitlement.missed import fuel_missed
from app.pricing.entitlement.stored import unbilled_storage
from app.pricing.lines.charge import Rated


def entitlements_of(scene: Scene, rated: Rated, at: Instant) -> Found:
    """What may be claimed for the unit, and what was found and may not.

    Args:
        scene: the unit and what it is priced by.
        rated: the unit as it is priced.
        at: the moment whose word on what was dismissed counts.
    """
    found = tuple(
        chain(
            unclaimed_dwell(scene),
            truck_not_claimed(scene),
            fuel_missed(scene, rated),
            unbilled_storage(scene),
        )
    )
    standing = [each for each in found if isinstance(each, Entitlement)]
    lives = {life.accessorial: life for life in observed(scene, standing, at)}
    open_ones = tuple(each for each in standing if not lives[each.entitlement].given_up)
    dismissed = (
        _dismissed(each, lives[each.entitlement].given_up)
        for each in standing
        if lives[each.entitlement].given_up
    )
    return Found(
        entitlements=open_ones,
        barred=(*(each for each in found if isinstance(each, Barred)), *dismissed),
        together=_together(scene, open_ones, at),
    )


def observed(scene: Scene, found: Iterable[Entitlement], at: Instant) -> tuple[Life, ...]:
    """The life of what nobody claims."""
    return lives_of(
        scene.unit,
        (
            Subject(
                accessorial=each.entitlement,
                charge=each.charge,
                stop=each.subject,
                amount=each.amount,
            )
            for each in found
        ),
        at,
    )


def _dismissed(each: Entitlement, why: str) -> Barred:
    return Barred(
        entitlement=each.entitlement,
        unit=each.unit,
        charge=each.charge,
        subject=each.subject,
        why=why,
        amount=each.amount,
        times=each.times,
    )


def _together(scene: Scene, found: tuple[Entitlement, ...], at: Instant) -> tuple[Money, ...]:
    """What all come to; claims that share a cap come to less than one after the other."""
    amounts = {each.entitlement: each.amount for each in found if each.amount is not None}
    claims = [each.claim for each in found if isinstance(each.claim, Accessorial)]
    if len(claims) > 1:
        rated = scene.priced_with(claims, at)
        named = {claim.accessorial for claim in claims}
        amounts |= {each.subject: each.amount for each in rated.charges if each.subject in named}
    by_currency: dict[str, list[Money]] = defaultdict(list)
    for amount in amounts.values():
        by_currency[amount.currency].append(amount)
    return tuple(total(some, currency) for currency, some in sorted(by_currency.items()))
