"""A unit priced for good: without what was given up, and with what nobody claims beside it."""

import msgspec

from app.measures import Instant
from app.pricing.contract.accessorial_life import Life, given_up, lives_of, subjects_of
from app.pricing.entitlement.finder import entitlements_of
from app.pricing.entitlement.found import NOTHING_FOUND, Found
from app.pricing.entitlement.made import Scene
from app.pricing.lines.charge import Rated


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """The extra services of a unit: the life of each, and what nobody claims."""

    lives: tuple[Life, ...] = ()
    found: Found = NOTHING_FOUND


NOTHING_EXTRA = Extra()


def standing_of(scene: Scene, at: Instant) -> tuple[Rated, Extra]:
    """The unit rated as it stands at that moment, and its extra services.

    A service that was rejected or waived is excluded; whether it was depends on what it comes
    to, so it is priced before.
    """
    rated = scene.priced(scene.unit)
    lives = lives_of(scene.unit, subjects_of(scene.unit, rated), at, scene.billed)
    if without := given_up(lives, rated):
        rated = scene.priced(scene.unit, without)
    return rated, Extra(lives=lives, found=entitlements_of(scene, rated, at))
