"""How long a truck stood at a stop, by the clock that the contract describes."""

from datetime import datetime
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.journey import clock_at
from app.evidence.correlation.unit import StopTimes
from app.pricing.rating.charge import Input

ClockStart = Literal["arrival", "appointment", "appointment, else arrival", "later of both"]
"""When waiting begins; a truck that comes early waits for its appointment at its own cost."""


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about one stop; None where nobody has said."""

    arrived: datetime | None
    departed: datetime | None
    appointment: datetime | None
    """The beginning of the agreed window."""
    appointment_late: datetime | None
    """The last moment at which the truck is in time."""
    told: Input

    def begins(self, start: ClockStart) -> datetime | None:
        """When the clock starts, or None where that cannot be known."""
        match start:
            case "arrival":
                return self.arrived
            case "appointment":
                return self.appointment
            case "appointment, else arrival":
                return self.appointment or self.arrived
            case "later of both":
                if self.arrived is None or self.appointment is None:
                    return self.arrived
                return max(self.arrived, self.appointment)

    def minutes(self, start: ClockStart) -> Fraction | None:
        """Exact minutes between instants, right across a change of daylight saving time."""
        begun = self.begins(start)
        if begun is None or self.departed is None:
            return None
        passed = self.departed - begun
        seconds = passed.days * 86400 + passed.seconds
        return max(Fraction(seconds * 10**6 + passed.microseconds, 60 * 10**6), Fraction(0))


def stay_at(stop: StopTimes) -> Stay:
    """The stop's times as its journey tells them."""
    clock = clock_at(stop)
    early, late = clock.appointment_early, clock.appointment_late
    arrived, departed = clock.arrived_at, clock.departed_at
    return Stay(
        arrived=arrived,
        departed=departed,
        appointment=early or late,
        appointment_late=late or early,
        told=Input(
            name=f"stop {stop.stop}",
            value=(
                f"appointment {_shown(early or late)}, in {_shown(arrived)}, out {_shown(departed)}"
            ),
            fact_ids=stop.fact_ids,
        ),
    )


def _shown(moment: datetime | None) -> str:
    return moment.isoformat(" ", "minutes") if moment is not None else "not known"
