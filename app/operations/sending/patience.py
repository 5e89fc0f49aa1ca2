"""How long to wait before trying again, and when to leave a destination alone. Pure.

Waits double, from the destination's first to its longest. So that what failed together does not
come back together, each is spread by up to a quarter either way; by how much is taken from the
digest of what is sent, so that the same history gives the same moments.

A destination that fails so often in a row that it is down is left alone: nothing that is sent to it
then uses up attempts. After a while one event is let through; if it arrives, all do.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from app.billing.destination import Destination
from app.digest import digest_of
from app.infrastructure.storage.rows import Circuit

LONGEST_ASKED = timedelta(days=1)
"""However long the other side asks us to wait: by then we ask again."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How one attempt ended, as far as it says something of the destination."""

    at: datetime
    down: bool
    """False where it arrived, or was refused for good: the destination works."""
    asked: timedelta | None = None
    """How long it asked to be left alone."""


def asked_to_wait(after_s: float | None) -> timedelta | None:
    """What the other side asked for, within reason."""
    if after_s is None:
        return None
    return timedelta(seconds=min(max(after_s, 0.0), LONGEST_ASKED.total_seconds()))


def wait_before(destination: Destination, what: str, attempts: int) -> timedelta:
    """How long to wait after so many failed attempts, one or more, of the same thing."""
    assert attempts > 0, "before the first attempt nothing waits"
    doubled = destination.first_wait_s * 2.0 ** min(attempts - 1, 40)
    return timedelta(seconds=min(doubled, destination.longest_wait_s) * _spread(what, attempts))


def circuit_after(
    destination: Destination, circuit: Circuit, answers: Iterable[Answered]
) -> Circuit:
    """How the destination is answering after these, in the order in which they came."""
    for answered in answers:
        circuit = _after(destination, circuit, answered)
    return circuit


def is_down(destination: Destination, circuit: Circuit) -> bool:
    """Whether it failed so often in a row that at most one event at a time is let through."""
    return circuit.failures >= destination.opens_after


def _after(destination: Destination, circuit: Circuit, answered: Answered) -> Circuit:
    if not answered.down:
        # Whoever asked to be left alone is, even if what was on its way arrives.
        asked = circuit.is_open(answered.at) and not is_down(destination, circuit)
        return Circuit(open_until=circuit.open_until if asked else None)
    failures = circuit.failures + 1
    found = Circuit(failures=failures, open_until=circuit.open_until)
    until = [circuit.open_until] if circuit.open_until else []
    if is_down(destination, found):
        times = failures - destination.opens_after + 1
        until.append(answered.at + wait_before(destination, destination.address, times))
    if answered.asked is not None:
        until.append(answered.at + answered.asked)
    return Circuit(failures=failures, open_until=max(until, default=None))


def _spread(what: str, attempts: int) -> float:
    """From 0.75 to 1.25, always the same for the same."""
    return 0.75 + int(digest_of((what, attempts))[:8], 16) / 0xFFFFFFFF / 2
