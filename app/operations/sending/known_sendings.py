"""What is on its way to whom, what has arrived and what was given up, for people who ask."""

from datetime import datetime

import msgspec

from app.infrastructure.storage.rows import KnownSending, SendingState
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import destinations_in_force
from app.operations.house import House

AT_MOST = 100


class DestinationKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One destination, and how it is going."""

    destination: str
    configured: bool
    """False where the destinations in force do not name it: what waits for it waits for ever."""
    waiting: int
    sent: int
    dead: int
    failures: int
    """In a row, up to now."""
    left_alone_until: datetime | None = None
    """Nothing is sent to it before."""


class SendingsKnown(msgspec.Struct, frozen=True, kw_only=True):
    """Every destination, and the sendings that were asked for."""

    destinations: tuple[DestinationKnown, ...]
    sendings: tuple[KnownSending, ...]
    """The oldest first."""


def known_sendings(
    house: House,
    state: SendingState,
    destination: str = "",
    *,
    after: int = 0,
    at_most: int = AT_MOST,
) -> SendingsKnown:
    """How it goes with every destination, and the sendings in a state.

    Args:
        house: where to look.
        state: which sendings are listed.
        destination: whose; empty for everybody's.
        after: only what stands behind this place: the last one of an earlier answer.
        at_most: so many.
    """
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        return SendingsKnown(
            destinations=_destinations(store, moment),
            sendings=store.sendings.listed(state, destination, after=after, at_most=at_most),
        )


def _destinations(store: Store, moment: datetime) -> tuple[DestinationKnown, ...]:
    counted = {(each.destination, each.state): each.count for each in store.sendings.counted()}
    configured = {each.address for each in destinations_in_force(store).destinations}
    return tuple(
        _known(store, address, counted, moment, configured=address in configured)
        for address in sorted(configured | {address for address, _ in counted})
    )


def _known(
    store: Store,
    address: str,
    counted: dict[tuple[str, SendingState], int],
    moment: datetime,
    *,
    configured: bool,
) -> DestinationKnown:
    circuit = store.sendings.circuit(address)
    return DestinationKnown(
        destination=address,
        configured=configured,
        waiting=counted.get((address, "waiting"), 0),
        sent=counted.get((address, "sent"), 0),
        dead=counted.get((address, "dead"), 0),
        failures=circuit.failures,
        left_alone_until=circuit.open_until if circuit.is_open(moment) else None,
    )
