"""How long a truck stood at a stop, by the clock that the contract describes.

Public tariffs start the clock with the arrival, the appointment or the driver's notice (YRC
100, item 500) and end it when the truck may go: it leaves, or its papers are signed.
"""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.journey import clock_at
from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import StopType
from app.evidence.facts.papers import Document, DocumentStatus
from app.pricing.lines.charge import Input

ClockStart = Literal[
    "arrival", "appointment", "appointment, else arrival", "later of both", "notification"
]
"""When waiting begins; a truck that comes early waits for its appointment at its own cost."""

ClockEnd = Literal["departure", "documents signed", "later of both"]
"""When waiting ends: the truck leaves, its bill of lading or delivery receipt is signed."""

SIGNED_AT = {
    StopType.PICKUP: frozenset({"BOL"}),
    StopType.DELIVERY: frozenset({"POD", "DELIVERY_RECEIPT"}),
}
"""The papers whose signature ends the clock, by what happens at the stop."""


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about one stop; None where nobody has said."""

    arrived: datetime | None
    departed: datetime | None
    appointment: datetime | None
    """The beginning of the agreed window."""
    appointment_late: datetime | None
    """The last moment at which the truck is in time."""
    told: Input
    notified: datetime | None = None
    """When the driver said that the truck is ready."""
    signed: datetime | None = None
    """When the papers of the stop were signed."""
    papers: tuple[Input, ...] = ()
    """The signed papers, where they end the clock."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All that the times were read from."""
        return (self.told, *self.papers)

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
            case "notification":
                return self.notified

    def ends(self, end: ClockEnd) -> datetime | None:
        """When the clock ends, or None where that cannot be known."""
        match end:
            case "departure":
                return self.departed
            case "documents signed":
                return self.signed
            case "later of both":
                if self.departed is None or self.signed is None:
                    return None
                return max(self.departed, self.signed)

    def minutes(self, start: ClockStart, end: ClockEnd = "departure") -> Fraction | None:
        """Exact minutes between instants, right across a change of daylight saving time."""
        begun, ended = self.begins(start), self.ends(end)
        if begun is None or ended is None:
            return None
        return max(minutes_between(begun, ended), Fraction(0))


def minutes_between(begun: datetime, ended: datetime) -> Fraction:
    """Exact minutes from one instant to another; below zero where the second is earlier."""
    # Within one zone datetime subtracts what clocks on the wall show.
    passed = ended.astimezone(UTC) - begun.astimezone(UTC)
    seconds = passed.days * 86400 + passed.seconds
    return Fraction(seconds * 10**6 + passed.microseconds, 60 * 10**6)


def stay_at(stop: StopTimes) -> Stay:
    """The stop's times as its journey tells them."""
    clock = clock_at(stop)
    early, late = clock.appointment_early, clock.appointment_late
    arrived, departed = clock.arrived_at, clock.departed_at
    notified = f", notified {_shown(clock.notified_at)}" if clock.notified_at else ""
    return Stay(
        arrived=arrived,
        departed=departed,
        appointment=early or late,
        appointment_late=late or early,
        notified=clock.notified_at,
        told=Input(
            name=f"stop {stop.stop}",
            value=(
                f"appointment {_shown(early or late)}, in {_shown(arrived)}{notified}, "
                f"out {_shown(departed)}"
            ),
            fact_ids=stop.fact_ids,
        ),
    )


def stay_of(unit: BillableUnit, stop: StopTimes, end: ClockEnd) -> Stay:
    """The stop's times, with the signed papers of the stop where they end the clock."""
    stay = stay_at(stop)
    if end == "departure":
        return stay
    signed = [
        (fact.said.signed_at, fact)
        for fact in unit.documents
        if isinstance(fact.said, Document)
        and fact.said.signed_at is not None
        and _is_signed_at(unit, stop, fact)
    ]
    return msgspec.structs.replace(
        stay,
        signed=max((moment for moment, _ in signed), default=None),
        papers=tuple(
            Input(
                name=f"document {getattr(fact.said, 'document', '')}",
                value=f"signed {_shown(moment)}",
                fact_ids=(fact.fact_id,),
            )
            for moment, fact in signed
        ),
    )


def _is_signed_at(unit: BillableUnit, stop: StopTimes, fact: Fact) -> bool:
    """A paper that names no stop belongs to the only stop of its kind, or to none."""
    said, kind = fact.said, clock_at(stop).stop_type
    if not isinstance(said, Document) or kind is None:
        return False
    if said.document_type not in SIGNED_AT[kind] or fact.classifier is not Classifier.ACTUAL:
        return False
    if said.status is DocumentStatus.REJECTED or said.signed is False:
        return False
    if said.stop is not None:
        return said.stop == stop.stop
    return sum(clock_at(each).stop_type is kind for each in unit.stops) == 1


def _shown(moment: datetime | None) -> str:
    return moment.isoformat(" ", "minutes") if moment is not None else "not known"
