"""The methods by which units are rated: what was decided before is rated as it was then."""

from collections.abc import Collection

import msgspec


class Methods(msgspec.Struct, frozen=True, kw_only=True):
    """What rating does today, each as long as its method is not taken away."""

    shares_proved: bool = True
    """Whether all who share a service find one price, and a service claimed for several is owed
    once; not so before `rating_2`."""
    endings_told: bool = True
    """Whether a card that has ended is told from one that there is not; not so before
    `rating_3`."""
    bills_stand: bool = True
    """Whether what stands of carriers' bills is what they cost; not so before `cost_2`."""


TODAY = Methods()


def methods_of(named: Collection[str]) -> Methods:
    """The methods of a dossier, by the names that it keeps."""
    return Methods(
        shares_proved="rating_2" in named,
        endings_told="rating_3" in named,
        bills_stand="cost_2" in named,
    )
